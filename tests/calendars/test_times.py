"""Clients show the hour that zoneinfo knows, in every zone and on the days when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from shared.ical import Entry, entry_bytes, zone_bytes
from tests.calendars.conftest import Read
from tests.calendars.instants import clock_changes, half_hours_around, sessions_at
from tests.calendars.readers import ReadEntry
from tests.calendars.samples import feed_of, session

TEN_ZONES = (
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Antarctica/Troll",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "America/Santiago",
)
ZONES_PER_CALENDAR = 50


def times_written(entries: list[Entry]) -> list[tuple[str, datetime, datetime]]:
    return [(entry.uid, entry.starts_at, entry.ends_at) for entry in entries]


def times_read(entries: list[ReadEntry]) -> list[tuple[str, datetime, datetime]]:
    return [(entry.uid, entry.starts_at, entry.ends_at) for entry in entries]


@pytest.mark.parametrize(
    "sunday",
    [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)],
    ids=["clocks go forward", "clocks go back"],
)
def test_sessions_on_the_sunday_when_clocks_change_keep_their_minute(read: Read, sunday: datetime) -> None:
    entries = sessions_at("Europe/Berlin", (sunday + timedelta(minutes=10 * number) for number in range(144)))
    assert times_read(read(feed_of(*entries))) == times_written(entries)


@pytest.mark.parametrize("time_zone", TEN_ZONES)
def test_sessions_around_every_change_of_clocks_keep_their_minute(read: Read, time_zone: str) -> None:
    changes = [change for year in (2026, 2027) for change in clock_changes(time_zone, year)]
    instants = [instant for change in changes for instant in half_hours_around(change)]
    entries = sessions_at(time_zone, instants or half_hours_around(datetime(2026, 7, 1, tzinfo=UTC)))
    assert times_read(read(feed_of(*entries))) == times_written(entries)


def test_a_session_across_the_change_of_clocks_keeps_its_length(read: Read) -> None:
    night = session(
        starts_at=datetime(2026, 10, 24, 20, 0, tzinfo=UTC),
        ends_at=datetime(2026, 10, 25, 7, 0, tzinfo=UTC),
    )
    assert b"TZID=Europe/Berlin" in entry_bytes(night)
    assert times_read(read(feed_of(night))) == times_written([night])


def test_a_session_from_before_the_present_rule_keeps_its_hour(read: Read) -> None:
    """Iran has had no summer time since 2022, but had one when this took place."""
    past = sessions_at("Asia/Tehran", [datetime(2021, 7, 1, 9, 0, tzinfo=UTC), datetime(2026, 7, 1, 9, 0, tzinfo=UTC)])
    assert times_read(read(feed_of(*past))) == times_written(past)


@pytest.mark.long
def test_every_zone_keeps_its_minutes_all_year_round(read: Read) -> None:
    zones = sorted(available_timezones())
    for begin in range(0, len(zones), ZONES_PER_CALENDAR):
        part = zones[begin : begin + ZONES_PER_CALENDAR]
        entries = [entry for zone in part for year in (2026, 2027) for entry in sessions_at(zone, _through(zone, year))]
        calendar = feed_of(*entries)
        assert times_read(read(calendar)) == times_written(entries)
        assert all(f";TZID={zone}:".encode() in calendar for zone in part if zone_bytes(zone) is not None)


def _through(time_zone: str, year: int) -> list[datetime]:
    """48 instants: six before and six behind each of up to two changes, the others spread over the year."""
    changes = clock_changes(time_zone, year)[:2]
    near = [instant for change in changes for instant in half_hours_around(change)[18:30]]
    count = 48 - len(near)
    step = timedelta(days=365) / count
    return near + [(datetime(year, 1, 1, tzinfo=UTC) + number * step).replace(microsecond=0) for number in range(count)]
