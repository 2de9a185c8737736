"""What a mail holds for the calendar: a message that it acts on, or files to open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from services.notifications.entries import EntrySource
from services.notifications.invitations import Method, Step
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import Snapshot
from shared.ical import Entry, Person, calendar_file, entry_bytes, invitation

MOST_INVITATIONS = 3
"""Sessions for which a confirmation sends an invitation each; more come as one file."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A step, and the entry that tells a calendar of it."""

    step: Step
    entry: Entry
    invite: str
    """How it gets into calendars by mail: ``request`` or ``attachment``."""


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """What one mail holds. Without a method it is a file to import, with all its ``steps``.

    A message is about one entry (RFC 5546, 3.2), so several are as many ``contents``, in the order of ``steps``.
    """

    contents: tuple[str, ...]
    method: Method | None
    steps: tuple[Step, ...]


def noted(steps: Sequence[Step], event: Snapshot, reader: Reader, settings: NotificationsSettings) -> list[Noted]:
    """Those steps of one event that calendars are told of by mail, in their reader's language."""
    source = EntrySource(event, reader, settings.base_url)
    return [
        Noted(step, source.entry(step.invitation, step.facts, step.invitation.changed_at), step.invitation.mailed_as)
        for step in steps
        if step.invitation.mailed_as != "none"
    ]


@dataclass(frozen=True, slots=True)
class CalendarWriter:
    """Writes to one address."""

    organizer: Person
    attendee: Person
    now: datetime

    @classmethod
    def to(cls, name: str, email: str, settings: NotificationsSettings, now: datetime) -> Self:
        return cls(Person(settings.organiser, settings.mail_from), Person(name, email), now)

    def for_mails(self, told: Sequence[Noted], *, may_be_one_file: bool = False) -> list[CalendarPart]:
        """A part for each step, in a mail each, for Outlook reads only the first entry of a mail.

        Where there are many, or the event sends no invitations, all that comes or changes is one file. What is
        cancelled stays a message: in a file without a method most clients would keep the entry.
        """
        requests, cancellations = _by_method(told)
        if self._invites_itself:
            return _files(requests)
        if _as_attachment(told):
            return [*_files(requests), *([self._message(cancellations)] if cancellations else [])]
        if may_be_one_file and len(requests) > MOST_INVITATIONS:
            return [*_files(requests), *(self._message([one]) for one in cancellations)]
        return [self._message([one]) for one in told]

    def for_one_mail(self, told: Sequence[Noted]) -> CalendarPart | None:
        """All that one mail tells; None if there is nothing to tell.

        One session is invited to, more are a file. Of what is cancelled each entry is a message and a file of its own:
        in a file without a method most clients would keep the entry.
        """
        requests, cancellations = _by_method(told)
        if requests:
            is_message = len(requests) == 1 and not self._invites_itself and not _as_attachment(requests)
            return self._message(requests) if is_message else _file(requests)
        return self._message(cancellations) if cancellations and not self._invites_itself else None

    @property
    def _invites_itself(self) -> bool:
        """Who registers with the address that invites cannot be invited by it: clients ignore that."""
        return self.attendee.email.casefold() == self.organizer.email.casefold()

    def _message(self, told: Sequence[Noted]) -> CalendarPart:
        method = told[0].step.method
        contents = tuple(
            invitation(
                one.entry, method=method, organizer=self.organizer, attendee=self.attendee, dtstamp=self.now
            ).decode()
            for one in told
        )
        return CalendarPart(contents, method, _steps(told))


def _by_method(told: Sequence[Noted]) -> tuple[list[Noted], list[Noted]]:
    """Requests and cancellations."""
    requests = [one for one in told if one.step.method == "REQUEST"]
    return requests, [one for one in told if one.step.method == "CANCEL"]


def _as_attachment(told: Sequence[Noted]) -> bool:
    return any(one.invite == "attachment" for one in told)


def _steps(told: Sequence[Noted]) -> tuple[Step, ...]:
    return tuple(one.step for one in told)


def _files(told: Sequence[Noted]) -> list[CalendarPart]:
    """One, or none if there is nothing to put into it."""
    return [_file(told)] if told else []


def _file(told: Sequence[Noted]) -> CalendarPart:
    entries = [one.entry for one in told]
    content = calendar_file([entry_bytes(entry) for entry in entries], {entry.time_zone for entry in entries})
    return CalendarPart((content.decode(),), None, _steps(told))
