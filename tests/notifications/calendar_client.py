"""A small model of a calendar program: what it does with what comes by mail (RFC 5546, 2.1.5 and 3.2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from tests.notifications.parts import calendar_in


@dataclass(frozen=True)
class Told:
    """One entry as one calendar tells it; ``method`` is empty for a file to import."""

    method: str
    uid: str
    sequence: int
    status: str
    attendees: tuple[str, ...]
    names: tuple[str, ...]
    """Of the attendees."""
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    link: str

    @property
    def shown(self) -> tuple[datetime, datetime, str, str, str]:
        """What its owner sees of it."""
        return (self.starts_at, self.ends_at, self.summary, self.location, self.link)


@dataclass
class CalendarClient:
    """Knows each entry by its UID. An older SEQUENCE never replaces a newer one, not even one that was cancelled.

    Of one SEQUENCE it keeps what came first, for not every program looks at DTSTAMP.
    """

    known: dict[str, Told] = field(default_factory=dict)

    def take(self, told: Told) -> None:
        known = self.known.get(told.uid)
        if known is None or known.sequence < told.sequence:
            self.known[told.uid] = told

    @property
    def entries(self) -> dict[str, Told]:
        """Those that its owner sees, by UID."""
        return {uid: told for uid, told in self.known.items() if told.status != "CANCELLED"}


def told_in(message: EmailMessage) -> list[Told]:
    """What a mail tells calendars; what stands in it twice, for clients of both kinds, once."""
    files = [part for part in message.iter_attachments() if part.get_content_type() == "application/ics"]
    return [told for file in files for told in _told_by(calendar_in(file))]


def _told_by(calendar: Any) -> Iterator[Told]:
    for entry in calendar.walk("VEVENT"):
        found = entry.get("ATTENDEE", [])
        attendees = found if isinstance(found, list) else [found]
        yield Told(
            method=str(calendar.get("METHOD", "")),
            uid=str(entry["UID"]),
            sequence=int(entry["SEQUENCE"]),
            status=str(entry["STATUS"]),
            attendees=tuple(str(one) for one in attendees),
            names=tuple(str(one.params["CN"]) for one in attendees),
            starts_at=entry["DTSTART"].dt,
            ends_at=entry["DTEND"].dt,
            summary=str(entry["SUMMARY"]),
            location=str(entry.get("LOCATION", "")),
            link=str(entry.get("CONFERENCE", "")),
        )
