"""What the ledger of attendance adds up to, on rows alone."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.models import Attendance, EventSession
from services.registration.presence import evidence, minutes_present

HOURS_LATER = 24 * 60
START = datetime(2027, 3, 28, 8, tzinfo=UTC)
SESSION = EventSession(id=UUID(int=1), starts_at=START, ends_at=START + timedelta(hours=6), cancelled=False)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def row(number: int, **changes: Any) -> Attendance:
    values = {"kind": "door", "present": True, "from_at": None, "until_at": None, "corrects": None, "at": at(number)}
    return Attendance(id=UUID(int=100 + number), **{**values, "recorded_at": at(HOURS_LATER), **changes})


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


def test_a_correction_stands_for_what_was_recorded_before_it_and_comes_after_it() -> None:
    """A phone without a network sends its scans when the network is back."""
    late = row(1, kind="scan", at=at(5), recorded_at=at(300))
    gone = row(2, kind="correction", present=False, at=at(60), recorded_at=at(60))
    back = row(3, kind="scan", at=at(90), recorded_at=at(200), from_at=at(90), until_at=at(120))
    assert minutes_present(SESSION, [gone, late]) == 0
    assert minutes_present(SESSION, [gone, back, late]) == 30


def test_a_clock_that_is_ahead_does_not_save_a_row_from_what_is_corrected_after_it_came() -> None:
    ahead = row(1, kind="scan", at=at(600), recorded_at=at(10))
    gone = row(2, kind="correction", present=False, at=at(60), recorded_at=at(60))
    assert minutes_present(SESSION, [ahead, gone]) == 0


def test_a_row_that_is_named_as_corrected_is_so_whatever_the_clocks_say() -> None:
    wrong = row(1, at=at(50), recorded_at=at(50))
    undone = row(2, kind="correction", corrects=UUID(int=101), present=False, at=at(40), recorded_at=at(51))
    assert minutes_present(SESSION, [wrong, undone]) == 0


MINUTES = st.integers(0, 400)
SPANS = st.tuples(MINUTES, st.integers(1, 300))
KINDS = st.sampled_from(["joined", "report", "door", "gone", "corrected", "undone"])


@st.composite
def ledgers(draw: st.DrawFn) -> list[Attendance]:
    """Rows of every kind, also of clocks that are wrong, each recorded at some time and come at another."""
    rows: list[Attendance] = []
    for number, kind in enumerate(draw(st.lists(KINDS, max_size=8))):
        begin, length = draw(SPANS)
        when = {"at": at(draw(MINUTES)), "recorded_at": at(draw(MINUTES))}
        named = draw(st.sampled_from(rows)).id if rows else None
        match kind:
            case "joined":
                rows.append(row(number, kind="online", from_at=at(begin), account_id=None, **when))
            case "report":
                times = {"from_at": at(begin), "until_at": at(begin + length)}
                rows.append(row(number, kind="online", account_id=UUID(int=9), **times, **when))
            case "door":
                rows.append(row(number, from_at=at(begin), **when))
            case "gone":
                rows.append(row(number, kind="correction", present=False, **when))
            case "corrected":
                rows.append(row(number, kind="correction", until_at=at(begin + length), **when))
            case "undone":
                rows.append(row(number, kind="correction", present=False, corrects=named, **when))
    return rows


@given(ledgers(), st.randoms())
def test_the_order_in_which_evidence_arrives_changes_nothing(rows: list[Attendance], chance: Random) -> None:
    shuffled = chance.sample(rows, len(rows))
    assert evidence(shuffled) == evidence(rows)
    assert minutes_present(SESSION, shuffled) == minutes_present(SESSION, rows)


@given(ledgers())
def test_what_does_not_count_is_explained_by_a_row_that_says_so(rows: list[Attendance]) -> None:
    counted = {entry.id for entry in evidence(rows)}
    named = {entry.corrects for entry in rows}
    for entry in rows:
        if entry.id in counted or not entry.present or entry.id in named:
            continue
        later = [other for other in rows if other.order > entry.order and other.kind == "correction"]
        reported = [other for other in rows if other.kind == "online" and other.account_id is not None]
        assert any(other.corrects is None for other in later) or (entry.kind == "online" and reported)
