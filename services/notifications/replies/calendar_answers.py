"""What a calendar program says in an answer (iTIP, RFC 5546, 3.2.3 and 3.2.7).

Only what Exchange, too, leaves in place is relied upon: it drops ORGANIZER and writes time zones by Windows' names.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from icalendar import Calendar, Event, vDDDTypes

from shared.text import many_lines, normalised_email, one_line

LARGEST_CALENDAR = 64 * 1024
"""Bytes; an answer of one entry has a few hundred, with the organiser's description a few thousand."""
LONGEST_COMMENT = 1_000
LONGEST_UID = 255
MOST_SEQUENCE = 2**31 - 1

Kind = Literal["answer", "counter", "delegation"]
_METHODS = ("REPLY", "COUNTER")
_ANSWERS = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """One person's answer about one entry.

    ``answer`` is ``accepted``, ``tentative`` or ``declined``; empty for a counter-proposal without one and for a
    delegation, whose ``delegate`` is who would come instead. ``starts_at`` and ``ends_at`` are what a counter-proposal
    asks for, if it says it in a way that can be understood.
    """

    kind: Kind
    uid: str
    attendee: str
    answer: str
    sequence: int
    stamped_at: datetime
    comment: str = ""
    delegate: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class UnreadableAnswerError(Exception):
    """It says that it is an answer, and lacks what an answer needs."""


def read_calendar(content: bytes) -> CalendarAnswer | None:
    """The answer in an iCalendar object; None if it is something else, such as an invitation.

    Raises :class:`UnreadableAnswerError`.
    """
    method = _method(content)
    if method not in _METHODS:
        return None
    if len(content) > LARGEST_CALENDAR:
        raise UnreadableAnswerError("too large")
    entry = _entry(content.decode("utf-8", errors="replace"))
    return _answer(entry, method)


def _method(content: bytes) -> str:
    """Read without a parser, so that invitations and foreign calendars cost nothing."""
    for line in content[:LARGEST_CALENDAR].splitlines():
        name, colon, value = line.partition(b":")
        if colon and name.strip().upper() == b"METHOD":
            return value.strip().upper().decode("ascii", errors="replace")
    return ""


def _entry(text: str) -> Event:
    try:
        calendar = Calendar.from_ical(text)
    except Exception as error:  # the parser raises many kinds, and tells each of them in the text that is passed on
        raise UnreadableAnswerError(type(error).__name__) from error
    entries = [part for part in getattr(calendar, "subcomponents", ()) if isinstance(part, Event)]
    if not entries:
        raise UnreadableAnswerError("no entry")
    return entries[0]


def _answer(entry: Event, method: str) -> CalendarAnswer:
    attendee = _only_attendee(entry)
    parameters = attendee.params
    partstat = str(parameters.get("PARTSTAT", "")).upper()
    delegate = _address(_first(parameters.get("DELEGATED-TO")))
    kind: Kind = "answer" if method == "REPLY" else "counter"
    if kind == "answer" and (partstat == "DELEGATED" or delegate):
        kind = "delegation"
    answer = _ANSWERS.get(partstat, "") if kind != "delegation" else ""
    if kind == "answer" and not answer:
        raise UnreadableAnswerError("no answer")
    return CalendarAnswer(
        kind=kind,
        uid=_uid(entry),
        attendee=_address(attendee),
        answer=answer,
        sequence=_sequence(entry),
        stamped_at=_stamp(entry),
        comment=_comment(entry),
        delegate=delegate,
        starts_at=_proposed(entry, "DTSTART") if kind == "counter" else None,
        ends_at=_proposed(entry, "DTEND") if kind == "counter" else None,
    )


def _only_attendee(entry: Event) -> Any:
    """An answer speaks for one person (RFC 5546, 3.2.3): for whom, nobody could say of several."""
    found = entry.get("ATTENDEE")
    listed = found if isinstance(found, list) else [found]
    if len(listed) != 1 or not hasattr(listed[0], "params"):
        raise UnreadableAnswerError("not one attendee")
    return listed[0]


def _uid(entry: Event) -> str:
    uid = str(entry.get("UID", "")).strip()
    if not uid or len(uid) > LONGEST_UID:
        raise UnreadableAnswerError("no UID")
    return plain_line(uid)


def _sequence(entry: Event) -> int:
    """0 where it is left out (RFC 5545, 3.8.7.4)."""
    value = _first(entry.get("SEQUENCE", 0))
    if not isinstance(value, int) or not 0 <= value <= MOST_SEQUENCE:
        raise UnreadableAnswerError("no SEQUENCE")
    return int(value)


def _stamp(entry: Event) -> datetime:
    """In UTC, as DTSTAMP always is (RFC 5545, 3.8.7.2)."""
    stamp = _date_and_time(entry, "DTSTAMP")
    moment = _in_utc(stamp.replace(tzinfo=stamp.tzinfo or UTC)) if stamp else None
    if moment is None:
        raise UnreadableAnswerError("no DTSTAMP")
    return moment


def _proposed(entry: Event, name: str) -> datetime | None:
    """In UTC; None for whole days and for a time in a zone that nobody knows."""
    time = _date_and_time(entry, name)
    return _in_utc(time) if time and time.tzinfo else None


def _date_and_time(entry: Event, name: str) -> datetime | None:
    found = _first(entry.get(name))
    value = found.dt if isinstance(found, vDDDTypes) else None
    return value if isinstance(value, datetime) else None


def _in_utc(time: datetime) -> datetime | None:
    try:
        return time.astimezone(UTC)
    except OverflowError:  # in the first or the last hours that there are
        return None


def _comment(entry: Event) -> str:
    found = entry.get("COMMENT", [])
    parts = found if isinstance(found, list) else [found]
    return shown("\n".join(str(part) for part in parts))


def shown(text: str) -> str:
    """Text of others, fit to be kept and shown: without control characters and bounded."""
    printable = "".join(sign if sign == "\n" or sign.isprintable() else " " for sign in many_lines(text))
    return printable.strip()[:LONGEST_COMMENT]


def plain_line(text: str) -> str:
    """On one line, and without what no database and no page takes."""
    return one_line("".join(sign if sign.isprintable() else " " for sign in text))


def _address(value: object) -> str:
    """Of ``mailto:…``, in whatever case."""
    text = plain_line(str(value or ""))
    return normalised_email(text[7:] if text[:7].lower() == "mailto:" else text)[:254]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value
