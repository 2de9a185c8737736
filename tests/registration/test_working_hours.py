"""Working hours: nights, weekends and holidays pass; and summer time begins and ends."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.rule import Offers
from services.registration.working_hours import WorkingHours

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = WorkingHours(BERLIN)
EVERY_DAY = WorkingHours(BERLIN, weekends=True)


def berlin(day: int, month: int, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        (USUAL, berlin(12, 1, 10), berlin(12, 1, 10)),
        (USUAL, berlin(12, 1, 8), berlin(12, 1, 8)),
        (USUAL, berlin(12, 1, 7, 59), berlin(12, 1, 8)),
        (USUAL, berlin(12, 1, 20), berlin(13, 1, 8)),
        (USUAL, berlin(15, 1, 20), berlin(18, 1, 8)),
        (EVERY_DAY, berlin(15, 1, 20), berlin(16, 1, 8)),
        (WorkingHours(BERLIN, holidays=frozenset({date(2027, 1, 13)})), berlin(12, 1, 21), berlin(14, 1, 8)),
        (WorkingHours(BERLIN, time(12), time(14)), berlin(12, 1, 13), berlin(12, 1, 14)),
        (WorkingHours(BERLIN, time(8), time(8)), berlin(12, 1, 3), berlin(12, 1, 3)),
        # Summer time begins on 28 March 2027 and ends on 31 October 2027, both Sundays.
        (USUAL, berlin(27, 3, 21), berlin(29, 3, 8)),
        (EVERY_DAY, berlin(27, 3, 21), berlin(28, 3, 8)),
        (EVERY_DAY, berlin(30, 10, 21), berlin(31, 10, 8)),
        (WorkingHours(BERLIN, time(20), time(2, 30), weekends=True), berlin(31, 10, 2, 15), berlin(31, 10, 2, 30)),
        (
            WorkingHours(BERLIN, time(20), time(2, 30), weekends=True),
            berlin(31, 10, 2, 15, fold=1),
            berlin(31, 10, 2, 30, fold=1),
        ),
    ],
)
def test_the_next_working_moment(hours: WorkingHours, moment: datetime, expected: datetime) -> None:
    assert hours.next_from(moment) == expected.astimezone(UTC)


@pytest.mark.parametrize(
    ("offered", "deadline"),
    [
        (berlin(26, 3, 10), berlin(29, 3, 8)),
        (berlin(27, 3, 12), berlin(29, 3, 13)),
        (berlin(29, 10, 10), berlin(1, 11, 8)),
        (berlin(30, 10, 12), berlin(1, 11, 11)),
    ],
)
def test_an_offer_of_48_hours_over_the_change_of_summer_time(offered: datetime, deadline: datetime) -> None:
    offers = Offers(48, offered + timedelta(days=30), USUAL)
    assert offers.deadline(offered) == deadline.astimezone(UTC)


@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.times(),
    st.times(),
    st.booleans(),
)
def test_it_is_always_a_working_moment_and_never_before(
    moment: datetime, quiet_from: time, quiet_until: time, weekends: bool
) -> None:
    hours = WorkingHours(BERLIN, quiet_from, quiet_until, weekends, frozenset({date(2027, 11, 1)}))
    found = hours.next_from(moment)
    assert found >= moment
    assert hours.include(found)
    assert found == moment or not hours.include(moment)
