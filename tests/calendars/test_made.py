"""A calendar that no client could read is found, whichever test made it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.testing import ROOT, require
from tests.calendars import in_processes
from tests.calendars.made import kept, require_readable
from tests.calendars.samples import feed_of, session


@pytest.fixture(autouse=True)
def _readers() -> None:
    for reader in ("node_modules", "libical"):
        require(reader)


def test_calendars_that_are_made_anywhere_are_kept_and_read(tmp_path: Path) -> None:
    with kept(tmp_path / "none") as made:
        first, second = feed_of(session()), feed_of(session(sequence=1))
    assert list(made) == [first, second]
    assert all("test_calendars_that_are_made_anywhere" in test for test in made.values())
    require_readable(made, tmp_path)


def test_calendars_that_a_process_of_a_system_makes_are_found_in_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "systems"
    folder.mkdir()
    program = "from tests.calendars.samples import feed_of, session; feed_of(session()); feed_of(session())"
    with kept(folder) as made:
        environ = {"PATH": os.environ["PATH"], **in_processes.environment()}
        subprocess.run([sys.executable, "-c", program], env=environ, cwd=ROOT, check=True, timeout=60)
        assert made == {}
    assert list(made) == [feed_of(session())]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(b"STATUS:CONFIRMED", b"STATUS"), (b"TZID:Europe/Berlin", b"TZID:Europe/Paris")],
    ids=["no calendar", "a zone that is not defined"],
)
def test_one_faulty_calendar_among_many_is_named_with_the_test_that_made_it(
    tmp_path: Path, right: bytes, wrong: bytes
) -> None:
    calendars = {feed_of(session(sequence=number)): "a good test" for number in range(3)}
    calendars[feed_of(session(sequence=3)).replace(right, wrong)] = "a bad test"
    with pytest.raises(AssertionError, match=r"made by .'a bad test'. cannot be read"):
        require_readable(calendars, tmp_path)
