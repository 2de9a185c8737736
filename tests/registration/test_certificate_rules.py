"""What attendance earns: the rules of events and series, and that they do not mind in which order evidence comes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.certificate_rules import Condition, Standing, is_earned, judge, judge_series
from services.registration.models import Attendance, Event, EventSession
from services.registration.presence import minutes_of
from shared.database import new_id

START = datetime(2027, 3, 1, 9, tzinfo=UTC)


def a_session(hours: float = 2, *, required: bool = False, cancelled: bool = False) -> EventSession:
    ends_at = START + timedelta(hours=hours)
    return EventSession(
        id=new_id(), starts_at=START, ends_at=ends_at, teaching_units=None, required=required, cancelled=cancelled
    )


def an_event(*sessions: EventSession, number: int | None = None, state: str = "published") -> Event:
    return Event(id=new_id(), module_number=number, state=state, sessions=list(sessions))


def rule(**asked: Any) -> dict[str, Any]:
    return {"share_of_hours": None, "sessions": None, "modules": None, "required_modules": []} | asked


def whole(*sessions: EventSession) -> dict[UUID, int]:
    return {session.id: session.minutes for session in sessions}


def unmet(standing: Standing) -> dict[str, tuple[Any, ...]]:
    return {one.kind: (float(one.has), float(one.needs), *one.missing) for one in standing if not one.is_met}


def test_all_conditions_of_an_event_must_be_met() -> None:
    first, second, third = a_session(), a_session(), a_session(4, required=True)
    event = an_event(first, second, third)
    asked = rule(share_of_hours=0.5, sessions=2)
    assert unmet(judge(asked, event, whole(first, second))) == {"required_sessions": (0, 1, third.id)}
    assert unmet(judge(asked, event, whole(third))) == {"sessions": (1, 2)}
    assert unmet(judge(asked, event, {third.id: 120, first.id: 60})) == {"share_of_hours": (0.375, 0.5)}
    assert is_earned(judge(asked, event, whole(first, third)))


def test_a_session_counts_from_half_of_its_time_on() -> None:
    session = a_session(required=True)
    event = an_event(session)
    assert unmet(judge(rule(sessions=1), event, {session.id: 59})).keys() == {"sessions", "required_sessions"}
    assert is_earned(judge(rule(sessions=1), event, {session.id: 60}))


def test_a_session_that_does_not_take_place_is_asked_of_nobody() -> None:
    session = a_session()
    event = an_event(session, a_session(required=True, cancelled=True))
    assert is_earned(judge(rule(share_of_hours=1), event, whole(session)))


def test_a_rule_that_asks_for_nothing_is_met_by_some_attendance_and_no_rule_by_none() -> None:
    session = a_session()
    event = an_event(session)
    assert not is_earned(judge(rule(), event, {}))
    assert is_earned(judge(rule(), event, {session.id: 1}))
    assert not is_earned(judge(None, event, whole(session)))
    assert not is_earned(judge_series(None, [event], whole(session)))


def test_a_series_is_judged_over_all_its_modules() -> None:
    sessions = [a_session() for _ in range(6)]
    modules = [an_event(session, number=number) for number, session in enumerate(sessions, start=1)]
    asked = rule(share_of_hours=0.8, modules=5, required_modules=[3])
    without_third = [session for session in sessions if session is not sessions[2]]
    assert unmet(judge_series(asked, modules, whole(*without_third))) == {"required_modules": (0, 1, 3)}
    assert unmet(judge_series(asked, modules, whole(*sessions[:4]))) == {
        "share_of_hours": (pytest.approx(4 / 6), 0.8),
        "modules": (4, 5),
    }
    assert is_earned(judge_series(asked, modules, whole(*sessions[:5])))


def test_a_required_module_that_was_cancelled_is_asked_of_nobody_and_one_that_is_not_known_is_missing() -> None:
    session = a_session()
    modules = [an_event(session, number=1), an_event(a_session(), number=3, state="cancelled")]
    standing = judge_series(rule(share_of_hours=1, required_modules=[1, 3, 7]), modules, whole(session))
    assert unmet(standing) == {"required_modules": (1, 2, 7)}
    again = an_event(a_session(), number=3)
    assert unmet(judge_series(rule(required_modules=[3]), [*modules, again], whole(session))) == {
        "required_modules": (0, 1, 3)
    }


def test_a_condition_is_kept_without_a_loss() -> None:
    for condition in (
        Condition("share_of_hours", Fraction(1, 3), Fraction(4, 5)),
        Condition("required_modules", Fraction(1), Fraction(3), (2, 5)),
        Condition("required_sessions", Fraction(0), Fraction(1), (new_id(),)),
    ):
        assert Condition.from_json(condition.as_json()) == condition


SESSIONS = [a_session(), a_session(3), a_session(4), a_session(1)]
MODULES = [an_event(*SESSIONS[:2], number=1), an_event(*SESSIONS[2:], number=2)]
PERSON = new_id()


@st.composite
def evidence(draw: st.DrawFn) -> Attendance:
    held = draw(st.sampled_from(SESSIONS))
    begin, length = draw(st.integers(0, 200)), draw(st.integers(1, 200))
    is_whole, is_correction = draw(st.booleans()), draw(st.integers(0, 4)) == 0
    return Attendance(
        id=UUID(int=draw(st.integers(1, 2**64))),
        registration_id=PERSON,
        session_id=held.id,
        kind="correction" if is_correction else draw(st.sampled_from(["scan", "door", "online", "self"])),
        present=not is_correction,
        from_at=None if is_whole else START + timedelta(minutes=begin),
        until_at=None if is_whole else START + timedelta(minutes=begin + length),
        at=START + timedelta(minutes=draw(st.integers(0, 600))),
        recorded_at=START + timedelta(hours=10),
        corrects=None,
        account_id=None,
    )


def standings(rows: list[Attendance], asked: Mapping[str, Any]) -> tuple[Standing, Standing]:
    ledger: dict[tuple[UUID, UUID], list[Attendance]] = {}
    for row in rows:
        ledger.setdefault((PERSON, row.session_id), []).append(row)
    minutes = minutes_of(PERSON, SESSIONS, ledger)
    return judge(asked, MODULES[0], minutes), judge_series(asked, MODULES, minutes)


RULES = st.builds(
    rule,
    share_of_hours=st.none() | st.floats(0, 1),
    sessions=st.none() | st.integers(1, 4),
    modules=st.none() | st.integers(1, 2),
    required_modules=st.lists(st.integers(1, 3)),
)


@given(st.data(), st.lists(evidence(), max_size=12, unique_by=lambda row: row.id), RULES)
def test_the_order_in_which_evidence_arrives_does_not_matter(
    data: st.DataObject, rows: list[Attendance], asked: dict[str, Any]
) -> None:
    assert standings(data.draw(st.permutations(rows)), asked) == standings(rows, asked)


@given(RULES, st.lists(st.integers(0, 300), min_size=4, max_size=4), st.integers(0, 3), st.integers(0, 300))
def test_more_attendance_never_takes_away_what_was_earned(
    asked: dict[str, Any], attended: list[int], where: int, more: int
) -> None:
    minutes = {session.id: there for session, there in zip(SESSIONS, attended, strict=True)}
    longer = {**minutes, SESSIONS[where].id: attended[where] + more}
    for before, after in (
        (judge(asked, MODULES[0], minutes), judge(asked, MODULES[0], longer)),
        (judge_series(asked, MODULES, minutes), judge_series(asked, MODULES, longer)),
    ):
        assert not is_earned(before) or is_earned(after)
