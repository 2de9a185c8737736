"""Writing to one person about one event: a letter, and what their calendar is to be told with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from services.notifications.invitations import CalendarPart, Step, calendar_parts
from services.notifications.letters import calendar as calendar_letters
from services.notifications.letters.letter import Context, Enclosed, Letter
from services.notifications.mailing import MailKind, Recipient, queue
from services.notifications.models import Event, Registration
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import Snapshot
from shared.database import UnitOfWork
from shared.ical import Person as CalendarPerson

Writer = Callable[[Context, Enclosed], Letter]


@dataclass(frozen=True, slots=True)
class Correspondence:
    """All mails of one change to one person. ``event`` is the event as it is now."""

    uow: UnitOfWork
    settings: NotificationsSettings
    registration: Registration
    event: Snapshot

    @classmethod
    def about(cls, uow: UnitOfWork, settings: NotificationsSettings, registration: Registration, event: Event) -> Self:
        return cls(uow, settings, registration, event.told)

    def write(
        self, kind: MailKind, letter: Writer, steps: Sequence[Step] = (), *, may_be_one_file: bool = False
    ) -> None:
        """The letter, with the first message for the calendar; each further one in a mail of its own."""
        parts = self._parts(steps, self.registration.email, may_be_one_file=may_be_one_file)
        first = parts[0] if parts else None
        self._queue(kind, letter(self._context, _enclosed(parts)), self.registration.email, first)
        self._write_rest(parts[1:], self.registration.email)

    def tell_calendar(self, steps: Sequence[Step], email: str) -> None:
        """Messages for the calendar alone, to an address that may no longer be the registration's."""
        self._write_rest(self._parts(steps, email), email)

    def _write_rest(self, parts: Sequence[CalendarPart], email: str) -> None:
        for part in parts:
            kind, letter = _letter_of(part.steps[0], self._context)
            self._queue(kind, letter, email, part)

    def _parts(self, steps: Sequence[Step], email: str, *, may_be_one_file: bool = False) -> list[CalendarPart]:
        attendee = CalendarPerson(self.registration.name, email)
        return calendar_parts(
            steps, self.event, attendee, self._reader, self.settings, self.uow.now, may_be_one_file=may_be_one_file
        )

    def _queue(self, kind: MailKind, letter: Letter, email: str, part: CalendarPart | None) -> None:
        registration = self.registration
        recipient = Recipient(registration.person_id, registration.name, email, registration.event_id, registration.id)
        queue(self.uow, self.settings, kind, recipient, letter, self._reader, part)

    @property
    def _reader(self) -> Reader:
        return Reader.of(self.registration.locale, self.settings)

    @property
    def _context(self) -> Context:
        return Context(self._reader, self.registration, self.event, self.settings.base_url, self.uow.now)


def _enclosed(parts: Sequence[CalendarPart]) -> Enclosed:
    steps = [step for part in parts for step in part.steps]
    requests = sum(step.method == "REQUEST" for step in steps)
    is_file = any(part.method is None for part in parts)
    return Enclosed(requests=requests, cancellations=len(steps) - requests, is_file=is_file)


def _letter_of(step: Step, context: Context) -> tuple[MailKind, Letter]:
    if step.method == "CANCEL":
        return MailKind.INVITATION_CANCELLED, calendar_letters.cancellation(context, step.facts)
    is_update = step.invitation.sequence > 0
    return MailKind.INVITATION, calendar_letters.invitation(context, step.facts, is_update=is_update)
