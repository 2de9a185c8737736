"""Writing to one person about one event: a letter, and what their calendar is to be told with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from services.notifications.calendar_parts import CalendarPart, CalendarWriter, noted
from services.notifications.invitations import Step
from services.notifications.letters import calendar as calendar_letters
from services.notifications.letters import events as event_letters
from services.notifications.letters.letter import Context, Enclosed, Letter
from services.notifications.mailing import MailKind, Recipient, queue
from services.notifications.models import Event, Registration
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import Snapshot
from shared.database import UnitOfWork
from shared.languages import Content

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

    def write_of_cancelled_event(self, reason: Content | None, steps: Sequence[Step]) -> None:
        """The event will not take place; ``reason`` is what the organiser wrote."""
        self.write(
            MailKind.EVENT_CANCELLED,
            lambda context, enclosed: event_letters.cancelled(context, enclosed, reason),
            steps,
        )

    def write(
        self, kind: MailKind, letter: Writer, steps: Sequence[Step] = (), *, may_be_one_file: bool = False
    ) -> None:
        """The letter, with the first message for the calendar; each further one in a mail of its own."""
        parts = self._parts(steps, self.registration.email, may_be_one_file=may_be_one_file)
        first = parts[0] if parts else None
        self._queue(kind, letter(self._context, enclosed(parts)), self.registration.email, first)
        self._write_rest(parts[1:], self.registration.email)

    def tell_calendar(self, steps: Sequence[Step], email: str) -> None:
        """Messages for the calendar alone, to an address that may no longer be the registration's."""
        self._write_rest(self._parts(steps, email), email)

    def _write_rest(self, parts: Sequence[CalendarPart], email: str) -> None:
        for part in parts:
            kind, letter = _letter_of(part, self._context)
            self._queue(kind, letter, email, part)

    def _parts(self, steps: Sequence[Step], email: str, *, may_be_one_file: bool = False) -> list[CalendarPart]:
        writer = CalendarWriter.to(self.registration.name, email, self.settings, self.uow.now)
        told = noted(steps, self.event, self._reader, self.settings)
        return writer.for_mails(told, may_be_one_file=may_be_one_file)

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


def enclosed(parts: Sequence[CalendarPart]) -> Enclosed:
    """What a letter says of the parts that it comes with."""
    steps = [step for part in parts for step in part.steps]
    requests = sum(step.method == "REQUEST" for step in steps)
    is_file = any(part.method is None for part in parts)
    files = len(parts[0].contents) if parts and parts[0].method == "CANCEL" else 0
    return Enclosed(requests=requests, cancellations=len(steps) - requests, is_file=is_file, files=files)


def _letter_of(part: CalendarPart, context: Context) -> tuple[MailKind, Letter]:
    """A letter for what the calendar alone is told."""
    sessions = [step.facts for step in part.steps]
    if part.method == "CANCEL":
        return MailKind.INVITATION_CANCELLED, calendar_letters.cancellation(context, sessions)
    if part.method is None:
        return MailKind.INVITATION, calendar_letters.file(context, sessions)
    is_update = part.steps[0].invitation.sequence > 0
    return MailKind.INVITATION, calendar_letters.invitation(context, sessions[0], is_update=is_update)
