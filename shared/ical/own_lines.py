"""The lines of an invitation that are one person's own, written without the rest, which all who are invited share."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from icalendar import Event
from icalendar.parser import Contentline
from icalendar.prop import vCalAddress

from shared.ical.entries import Entry
from shared.ical.text import lines_of, mailto, text

_OWN = frozenset({b"UID", b"SEQUENCE", b"DTSTAMP", b"LAST-MODIFIED", b"CREATED", b"ATTENDEE"})
_LONGEST = 74
"""Octets of a line before it is folded, so that with the blank that begins the next there are 75 at most."""
_BEHIND_A_LINE = re.compile(rb"(?<=\r\n)(?! )")
_NAME = re.compile(rb"[A-Z-]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOMEBODY = mailto("somebody@example.org")

Pieces = tuple[tuple[bytes, bytes], ...]
"""Of an entry, in their order: the name of a line that is somebody's own, and what follows until the next."""


def for_anybody(entry: Entry) -> Entry:
    """The same for all whose entries differ by their own lines alone."""
    created_at = None if entry.created_at is None else _EPOCH
    return replace(entry, uid="-", sequence=0, last_modified=_EPOCH, created_at=created_at)


def pieces_of(event: Event) -> Pieces:
    """An entry for anybody, in pieces around the places of own lines."""
    event.add("attendee", _SOMEBODY)
    pieces = [[b"", b""]]
    for line in _BEHIND_A_LINE.split(lines_of(event)):
        name = _NAME.match(line)
        if name and name[0] in _OWN:
            pieces.append([name[0], b""])
        else:
            pieces[-1][1] += line
    return tuple((name, shared) for name, shared in pieces)


def put_together(pieces: Pieces, entry: Entry, attendee: vCalAddress, dtstamp: datetime) -> bytes:
    """The lines of the entry, with those of one person."""
    own = {b"": b"", **dict(_own_lines(entry, attendee, dtstamp))}
    return b"".join(own[name] + shared for name, shared in pieces)


def _own_lines(entry: Entry, attendee: vCalAddress, dtstamp: datetime) -> Iterator[tuple[bytes, bytes]]:
    yield b"UID", _line(f"UID:{text(entry.uid).to_ical().decode()}")
    yield b"SEQUENCE", _line(f"SEQUENCE:{entry.sequence}")
    yield b"DTSTAMP", _line(f"DTSTAMP:{_stamp(dtstamp)}")
    yield b"LAST-MODIFIED", _line(f"LAST-MODIFIED:{_stamp(entry.last_modified)}")
    if entry.created_at is not None:
        yield b"CREATED", _line(f"CREATED:{_stamp(entry.created_at)}")
    yield b"ATTENDEE", _line(Contentline.from_parts("ATTENDEE", attendee.params, attendee))


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _line(line: str) -> bytes:
    return _folded(line.encode()) + b"\r\n"


def _folded(line: bytes) -> bytes:
    """As icalendar folds: between characters, and never behind a backslash or a circumflex (RFC 6868)."""
    if len(line) <= _LONGEST:
        return line
    end = _LONGEST
    while line[end] & 0xC0 == 0x80:  # inside a character of UTF-8
        end -= 1
    if line[end - 1] in b"\\^":
        end -= 1
    return line[:end] + b"\r\n " + _folded(line[end:])
