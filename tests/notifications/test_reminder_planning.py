"""When reminders are due: never at night, never after the start, whatever the clocks do."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.reminders.planning import LEAST_NOTICE, QuietHours, When, due_at, next_chance, plan
from services.notifications.snapshot import Session, SessionFacts, Snapshot
from shared.database import new_id

BERLIN = ZoneInfo("Europe/Berlin")
DAY_BEFORE = When("before_start", 1, "days", each_session=True)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "Africa/Cairo")

times = st.times().map(lambda at: at.replace(microsecond=0))
whens = st.builds(
    When,
    st.sampled_from(["before_start", "after_end"]),
    st.integers(1, 120),
    st.sampled_from(["hours", "days"]),
    st.booleans(),
)


def facts_at(starts_at: datetime, hours: float = 6, zone: str = "Europe/Berlin") -> SessionFacts:
    return SessionFacts({"en": "Law"}, starts_at, starts_at + timedelta(hours=hours), zone, None, "")


def berlin(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def night(zone: str = "Europe/Berlin", begins: time = time(20), ends: time = time(8)) -> QuietHours:
    return QuietHours(begins, ends, ZoneInfo(zone))


def an_event(*sessions: SessionFacts, is_cancelled: bool = False) -> Snapshot:
    listed = tuple(Session(UUID(int=number), False, facts) for number, facts in enumerate(sessions, 1))
    return Snapshot(new_id(), "law", {}, {}, None, listed, "promote", "request", time(20), time(8), "ask", is_cancelled)


@st.composite
def sessions(draw: st.DrawFn) -> SessionFacts:
    minutes = draw(st.integers(0, 3 * 365 * 24 * 60))
    starts_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    return facts_at(starts_at, draw(st.floats(0.5, 48)), draw(st.sampled_from(ZONES)))


@given(whens, sessions(), times, times)
def test_a_reminder_never_comes_in_quiet_hours_and_in_time(
    when: When, facts: SessionFacts, begins: time, ends: time
) -> None:
    quiet = night(facts.time_zone, begins, ends)
    due = due_at(when, facts, quiet)
    if due is None:
        assert when.is_before
        return
    local = due.astimezone(ZoneInfo(facts.time_zone)).time()
    is_quiet = begins <= local < ends if begins <= ends else local >= begins or local < ends
    assert not is_quiet
    if when.is_before:
        assert due < facts.starts_at
        assert abs(due - when.wanted(facts)) < timedelta(days=2)
    else:
        assert when.wanted(facts) <= due < when.wanted(facts) + timedelta(days=2)


@given(whens, sessions())
def test_after_a_usual_night_there_is_always_a_moment(when: When, facts: SessionFacts) -> None:
    assert due_at(when, facts, night(facts.time_zone)) is not None


@given(whens, sessions(), times, times, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_what_is_late_is_written_outside_of_quiet_hours_or_not_at_all(
    when: When, facts: SessionFacts, begins: time, ends: time, late: timedelta
) -> None:
    quiet = night(facts.time_zone, begins, ends)
    due = due_at(when, facts, quiet)
    if due is None:
        return
    chance = next_chance(when, facts, quiet, due, due + late)
    if chance is not None:
        assert chance >= due + late
        assert not quiet.include(chance)
        assert not when.is_before or chance < facts.starts_at


def test_a_day_before_is_the_same_time_of_day_when_the_clocks_change() -> None:
    spring = facts_at(berlin(2027, 3, 28, 10))
    autumn = facts_at(berlin(2027, 10, 31, 10))
    assert due_at(DAY_BEFORE, spring, night()) == berlin(2027, 3, 27, 10)
    assert due_at(DAY_BEFORE, autumn, night()) == berlin(2027, 10, 30, 10)
    assert autumn.starts_at - berlin(2027, 10, 30, 10).astimezone(UTC) == timedelta(hours=25)


def test_hours_are_hours_when_the_clocks_change() -> None:
    when = When("before_start", 24, "hours", each_session=True)
    assert due_at(when, facts_at(berlin(2027, 3, 28, 10)), night()) == berlin(2027, 3, 27, 9)


def test_at_night_it_waits_for_the_morning_or_comes_the_evening_before() -> None:
    an_hour_before = When("before_start", 1, "hours", each_session=True)
    assert due_at(DAY_BEFORE, facts_at(berlin(2027, 4, 10, 7)), night()) == berlin(2027, 4, 9, 8)
    assert due_at(an_hour_before, facts_at(berlin(2027, 4, 10, 8, 30)), night()) == berlin(2027, 4, 9, 19)
    at_least = berlin(2027, 4, 10, 8) + LEAST_NOTICE
    three_hours = When("before_start", 3, "hours", each_session=True)
    assert due_at(three_hours, facts_at(at_least), night()) == berlin(2027, 4, 10, 8)
    assert due_at(three_hours, facts_at(at_least - timedelta(minutes=1)), night()) == berlin(2027, 4, 9, 19)


def test_after_the_end_it_waits_for_the_morning() -> None:
    at_once = When("after_end", 0, "hours", each_session=True)
    assert due_at(at_once, facts_at(berlin(2027, 4, 10, 17)), night()) == berlin(2027, 4, 11, 8)


def test_without_quiet_hours_it_comes_when_the_rule_says() -> None:
    quiet = night(begins=time(0), ends=time(0))
    assert due_at(DAY_BEFORE, facts_at(berlin(2027, 4, 10, 3)), quiet) == berlin(2027, 4, 9, 3)


def test_once_for_the_event_is_before_the_first_session_and_after_the_last() -> None:
    event = an_event(facts_at(berlin(2027, 4, 10, 10)), facts_at(berlin(2027, 4, 12, 9)))
    now = berlin(2027, 1, 1, 12)
    assert plan(When("before_start", 1, "days", each_session=False), event, now, {}) == {
        UUID(int=1): berlin(2027, 4, 9, 10)
    }
    assert plan(When("after_end", 1, "hours", each_session=False), event, now, {}) == {
        UUID(int=2): berlin(2027, 4, 12, 16)
    }
    assert len(plan(DAY_BEFORE, event, now, {})) == 2


def test_what_is_past_is_not_planned_unless_it_stood() -> None:
    event, due = an_event(facts_at(berlin(2027, 4, 10, 10))), berlin(2027, 4, 9, 10)
    assert plan(DAY_BEFORE, event, due - timedelta(seconds=1), {}) == {UUID(int=1): due}
    assert plan(DAY_BEFORE, event, due, {}) == {}
    assert plan(DAY_BEFORE, event, due, {UUID(int=1): due}) == {UUID(int=1): due}
    assert plan(DAY_BEFORE, event, due, {UUID(int=1): due - timedelta(days=1)}) == {}


def test_nothing_is_planned_for_an_event_that_is_cancelled() -> None:
    event = an_event(facts_at(berlin(2027, 4, 10, 10)), is_cancelled=True)
    assert plan(DAY_BEFORE, event, berlin(2027, 1, 1, 12), {}) == {}
