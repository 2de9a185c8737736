"""Local times as they are typed into forms, and the instants they mean."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue.web.organise_times import LocalTimeError, choices, instant, turn_of, typed_time
from tests.catalogue.browser import Browser
from tests.catalogue.parts import Catalogue

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("typed", "zone", "meant"),
    [
        ("2027-03-28T10:00", BERLIN, datetime(2027, 3, 28, 8, tzinfo=UTC)),
        ("2027-03-27T10:00", BERLIN, datetime(2027, 3, 27, 9, tzinfo=UTC)),
        ("2027-10-31T10:00", BERLIN, datetime(2027, 10, 31, 9, tzinfo=UTC)),
        (" 2027-07-01 09:30:00 ", "Asia/Kolkata", datetime(2027, 7, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_an_instant_of_its_zone(typed: str, zone: str, meant: datetime) -> None:
    assert instant(typed, zone) == meant


@pytest.mark.parametrize("typed", ["2027-03-28T02:00", "2027-03-28T02:59"])
def test_an_hour_that_is_skipped_does_not_exist(typed: str) -> None:
    with pytest.raises(LocalTimeError, match="does not exist"):
        instant(typed, BERLIN)


def test_an_hour_that_comes_twice_needs_a_decision() -> None:
    with pytest.raises(LocalTimeError, match="comes twice"):
        instant("2027-10-31T02:30", BERLIN)
    assert instant("2027-10-31T02:30", BERLIN, "first") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert instant("2027-10-31T02:30", BERLIN, "second") == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["", "tomorrow", "2027-02-30T10:00", "2027-03-28", "2027-03-28T25:00", "2027-03-28T10:00Z"]
)
def test_what_is_no_date_and_time_is_refused(typed: str) -> None:
    with pytest.raises(LocalTimeError, match="Please enter a date and a time"):
        instant(typed, BERLIN)


@pytest.mark.parametrize("typed", ["9999-12-31T23:59", "0001-01-01T00:00", "2200-01-01T00:00"])
def test_what_no_calendar_can_be_sure_of_is_refused(typed: str) -> None:
    with pytest.raises(LocalTimeError, match="too far away"):
        instant(typed, BERLIN)


@given(
    st.integers(978_307_200, 5_680_281_600).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_what_a_form_shows_means_the_same_when_it_is_sent(moment: datetime, zone: str) -> None:
    moment = moment.replace(second=0, microsecond=0)
    assert instant(typed_time(moment, zone), zone, turn_of(moment, zone)) == moment


def test_the_choice_names_both_times(catalogue: Catalogue) -> None:
    with Browser(catalogue).app.test_request_context("/?lang=en"):
        assert choices("2027-10-31T02:30", BERLIN) == [
            ("first", "02:30 (Central European Summer Time)"),
            ("second", "02:30 (Central European Standard Time)"),
        ]
        assert choices("2027-10-31T03:30", BERLIN) == []
        assert choices("nonsense", BERLIN) == []
