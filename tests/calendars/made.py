"""Every calendar that any test of this process makes, or a system that it starts, read in the end by ical.js and
libical: no test can forget it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from shared.ical import calendars
from tests.calendars import in_processes
from tests.calendars.lines import require_good_lines
from tests.calendars.readers import ReadEntry, UnreadableError, read_files_with_both

_AT_ONCE = 500
"""Calendars for which the readers are started once."""

Made = dict[bytes, str]
"""Calendars, each with the test that made it first."""


@contextmanager
def kept(folder: Path) -> Iterator[Made]:
    """The calendars that are made meanwhile in this process, and in the end those of systems that it started, which
    leave them in the ``folder``."""
    made: Made = {}
    whole = calendars._whole

    def keep(*parts: bytes) -> bytes:
        content = whole(*parts)
        made.setdefault(content, os.environ.get("PYTEST_CURRENT_TEST", "no test"))
        return content

    with patch.object(calendars, "_whole", keep), patch.dict(os.environ, {in_processes.FOLDER: str(folder)}):
        yield made
    for file in sorted(folder.glob("*.ics")):
        made.setdefault(file.read_bytes(), "a system in processes of its own")


def require_readable(made: Made, folder: Path) -> None:
    """Raises ``AssertionError``, with the test that made it, for a calendar that a reader refuses or reads wrongly."""
    contents = list(made)
    for begin in range(0, len(contents), _AT_ONCE):
        files = {folder / f"{begin + number}.ics": ics for number, ics in enumerate(contents[begin : begin + _AT_ONCE])}
        for file, ics in files.items():
            require_good_lines(ics)
            file.write_bytes(ics)
        try:
            icaljs, libical = read_files_with_both(list(files))
        except UnreadableError as error:
            makers = [made[ics] for file, ics in files.items() if str(file) in str(error)]
            raise AssertionError(f"A calendar made by {makers} cannot be read: {error}") from error
        _require_same(icaljs, libical)


def _require_same(icaljs: Sequence[ReadEntry], libical: Sequence[ReadEntry]) -> None:
    for one, other in zip(icaljs, libical, strict=True):
        assert _facts(one) == _facts(other), "ical.js and libical read different things."


def _facts(entry: ReadEntry) -> tuple[object, ...]:
    """Without texts, whose outer blanks libical drops."""
    attendees = [(person.address, person.answer) for person in entry.attendees]
    times = (entry.starts_at, entry.ends_at, entry.all_day)
    return (entry.uid, entry.sequence, *times, entry.status, entry.method, entry.organizer, attendees)
