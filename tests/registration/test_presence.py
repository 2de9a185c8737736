"""What the ledger of attendance adds up to, on rows alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.models import Attendance, EventSession
from services.registration.presence import evidence, minutes_present

START = datetime(2027, 3, 28, 8, tzinfo=UTC)
SESSION = EventSession(id=UUID(int=1), starts_at=START, ends_at=START + timedelta(hours=6), cancelled=False)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def row(number: int, **changes: Any) -> Attendance:
    values = {"kind": "door", "present": True, "from_at": None, "until_at": None, "corrects": None}
    return Attendance(id=UUID(int=100 + number), **{**values, **changes})


def part(number: int, begin: int, end: int) -> Attendance:
    return row(number, from_at=at(begin), until_at=at(end))


def test_no_evidence_is_no_presence() -> None:
    assert minutes_present(SESSION, []) == 0


def test_a_tick_stands_for_the_whole_session() -> None:
    assert minutes_present(SESSION, [row(1)]) == 360


def test_parts_add_up_and_overlaps_count_once() -> None:
    assert minutes_present(SESSION, [part(1, 0, 60), part(2, 30, 90), part(3, 120, 180)]) == 150


def test_evidence_counts_only_within_the_session() -> None:
    assert minutes_present(SESSION, [part(1, -60, 30), part(2, 350, 500), part(3, 400, 500)]) == 40


def test_an_open_end_reaches_to_the_end_of_the_session() -> None:
    assert minutes_present(SESSION, [row(1, from_at=at(300))]) == 60
    assert minutes_present(SESSION, [row(1, until_at=at(60))]) == 60


def test_a_correction_replaces_the_row_that_it_names() -> None:
    rows = [row(1), part(2, 0, 30), row(3, kind="correction", corrects=UUID(int=101), present=False)]
    assert minutes_present(SESSION, rows) == 30


def test_a_correction_that_names_no_row_replaces_all_before_it() -> None:
    rows = [row(1), row(2), row(3, kind="correction", present=False)]
    assert minutes_present(SESSION, rows) == 0
    assert minutes_present(SESSION, [*rows, part(4, 0, 90)]) == 90


def test_a_correction_can_be_corrected() -> None:
    wrong = row(2, kind="correction", corrects=UUID(int=101), present=False)
    right = row(3, kind="correction", corrects=UUID(int=102), until_at=at(120))
    assert minutes_present(SESSION, [row(1), wrong, right]) == 120


@given(st.lists(st.tuples(st.integers(-100, 500), st.integers(1, 300)), max_size=8))
def test_minutes_are_those_that_some_evidence_covers(spans: list[tuple[int, int]]) -> None:
    rows = [part(number, begin, begin + length) for number, (begin, length) in enumerate(spans)]
    covered = {m for begin, length in spans for m in range(begin, begin + length) if 0 <= m < 360}
    assert minutes_present(SESSION, rows) == len(covered)
    assert evidence(rows) == rows


def online(number: int, begin: int, end: int | None = None) -> Attendance:
    """Without an end the person joined by themselves; else a report says so."""
    account = None if end is None else UUID(int=9)
    return row(number, kind="online", from_at=at(begin), until_at=at(end) if end else None, account_id=account)


def test_a_report_of_the_meeting_stands_instead_of_having_joined() -> None:
    assert minutes_present(SESSION, [online(1, 60)]) == 300
    assert minutes_present(SESSION, [online(1, 60), online(2, 60, 90), online(3, 200, 230)]) == 60


def test_a_report_that_was_taken_back_leaves_having_joined() -> None:
    back = row(3, kind="correction", corrects=UUID(int=102), present=False)
    assert minutes_present(SESSION, [online(1, 60), online(2, 60, 90), back]) == 300


def test_a_report_takes_nothing_from_what_was_seen_in_the_room() -> None:
    assert minutes_present(SESSION, [row(1), online(2, 60, 90)]) == 360


ROWS = [
    st.builds(lambda begin: ("joined", begin, 0), st.integers(0, 350)),
    st.builds(lambda begin, length: ("report", begin, begin + length), st.integers(0, 350), st.integers(1, 300)),
    st.builds(lambda begin, length: ("door", begin, begin + length), st.integers(0, 350), st.integers(1, 300)),
]


@given(st.lists(st.one_of(ROWS), max_size=6), st.randoms())
def test_the_order_in_which_evidence_arrives_changes_nothing(sent: list[tuple[str, int, int]], chance: Random) -> None:
    makers: dict[str, Callable[[int, int, int], Attendance]] = {
        "joined": lambda n, begin, _end: online(n, begin),
        "report": online,
        "door": part,
    }
    rows = [makers[kind](number, begin, end) for number, (kind, begin, end) in enumerate(sent)]
    shuffled = chance.sample(rows, len(rows))
    assert minutes_present(SESSION, shuffled) == minutes_present(SESSION, rows)
