"""The instants at which calendars go wrong: around the changes of a zone's clocks, as zoneinfo knows them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.ical import Entry
from tests.calendars.samples import session

HALF_AN_HOUR = timedelta(minutes=30)


def clock_changes(time_zone: str, year: int) -> list[datetime]:
    """The full hours in ``year`` (UTC) behind which the zone's offset differs from the hour before."""
    zone = ZoneInfo(time_zone)
    begin = datetime(year, 1, 1, tzinfo=UTC)
    hours = [begin + timedelta(hours=number) for number in range(366 * 24)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [hours[number] for number in range(1, len(hours)) if offsets[number] != offsets[number - 1]]


def half_hours_around(change: datetime) -> list[datetime]:
    """The 48 half hours from twelve hours before a change to twelve hours behind it."""
    return [change + number * HALF_AN_HOUR for number in range(-24, 24)]


def sessions_at(time_zone: str, instants: Iterable[datetime]) -> list[Entry]:
    """Half an hour each, so that ends meet the changes too."""
    return [
        session(
            uid=f"{number}-{time_zone}@reihe.example",
            starts_at=instant,
            ends_at=instant + HALF_AN_HOUR,
            time_zone=time_zone,
        )
        for number, instant in enumerate(instants)
    ]
