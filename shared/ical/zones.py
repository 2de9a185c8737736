"""Time zones as VTIMEZONE, read from the rule at the end of a TZif file (RFC 9636, 3.3).

Each is written as one STANDARD and one DAYLIGHT with a yearly RRULE each: the form that every client reads alike.
"""

import re
import zoneinfo
from calendar import Calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from shared.ical.text import lines_of, text

_NAME = r"([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)"
_OFFSET = r"([+-]?)(\d{1,2})(?::(\d\d))?"
# An RRULE names a day and a time of that day: hours below 0 or above 23, which POSIX allows, do not match.
_SHIFT = r"M(\d{1,2})\.([1-5])\.([0-6])(?:/(\d|[01]\d|2[0-3])(?::(\d\d))?)?"
_FIXED_RULE = re.compile(_NAME + _OFFSET)
_YEARLY_RULE = re.compile(f"{_NAME}{_OFFSET}{_NAME}(?:{_OFFSET})?,{_SHIFT},{_SHIFT}")
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_FIRST_YEAR = 1970
# TZif tables end in 2037 where the rule holds. One that still differs a year later will never follow its rule.
_AFTER_THE_TABLES = datetime(2038, 1, 1, tzinfo=UTC)
# The Gregorian calendar with its weekdays repeats itself after 400 years, far behind every table.
_CYCLE = timedelta(days=146_097)


@dataclass(frozen=True, slots=True)
class _Shift:
    """Once a year: the ``week``-th ``weekday`` (0 is Sunday) of ``month``, the last for 5, at a wall clock's time."""

    month: int
    week: int
    weekday: int
    at: time

    @property
    def rule(self) -> dict[str, str | int]:
        week = -1 if self.week == 5 else self.week
        return {"FREQ": "YEARLY", "BYMONTH": self.month, "BYDAY": f"{week}{_WEEKDAYS[self.weekday]}"}

    @property
    def first(self) -> datetime:
        days = [day for day in _days_of(self.month) if day.isoweekday() % 7 == self.weekday]
        return datetime.combine(days[-1] if self.week == 5 else days[self.week - 1], self.at)


@dataclass(frozen=True, slots=True)
class _Observance:
    """What the clocks show from a shift on; without one, always."""

    name: str
    before: timedelta
    offset: timedelta
    shift: _Shift | None = None

    def component(self) -> TimezoneStandard | TimezoneDaylight:
        # Ireland's winter time is "daylight saving" in the file; clients expect the later clock under that name.
        component = TimezoneDaylight() if self.offset > self.before else TimezoneStandard()
        component.add("dtstart", self.shift.first if self.shift else datetime.combine(date(_FIRST_YEAR, 1, 1), time()))
        component.add("tzoffsetfrom", self.before)
        component.add("tzoffsetto", self.offset)
        component.add("tzname", text(self.name))
        if self.shift:
            component.add("rrule", self.shift.rule)
        return component


def zone_named(time_zone: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ``ValueError`` if there is none."""
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{time_zone!r} is no IANA time zone; write one such as Europe/Berlin.") from error


@cache
def zone_bytes(time_zone: str) -> bytes | None:
    """The VTIMEZONE (RFC 5545, 3.6.5) of an IANA zone; ``None`` if its times are to be written in UTC.

    That is so for UTC itself and where no yearly rule says what the clocks will show, as in Casablanca and Cairo.
    Raises ``ValueError`` if there is no such zone.
    """
    zone = zone_named(time_zone)
    observances = _observances(_footer(time_zone))
    if not observances or not _table_ends_in_rule(zone):
        return None
    component = Timezone()
    component.add("tzid", text(time_zone))
    for observance in observances:
        component.add_component(observance.component())
    return lines_of(component)


def in_written_zone(time_zone: str, *instants: datetime) -> tuple[datetime, ...]:
    """``instants`` in the zone's own time if its VTIMEZONE says all of them, otherwise all in UTC.

    The rule does not say how things were before it came into force, and an hour that clocks show twice is read in two
    ways. Raises ``ValueError`` if there is no such zone.
    """
    zone = zone_named(time_zone)
    local = tuple(instant.astimezone(zone) for instant in instants)
    if zone_bytes(time_zone) is not None and all(_follows_rule(each) and not _happens_twice(each) for each in local):
        return local
    return tuple(instant.astimezone(UTC) for instant in instants)


def _happens_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _follows_rule(local: datetime) -> bool:
    return local.utcoffset() == (local + _CYCLE).utcoffset()


def _table_ends_in_rule(zone: ZoneInfo) -> bool:
    weeks = (_AFTER_THE_TABLES + timedelta(weeks=number) for number in range(53))
    return all(_follows_rule(week.astimezone(zone)) for week in weeks)


def _observances(footer: str) -> list[_Observance]:
    """What a footer says, as in ``CET-1CEST,M3.5.0,M10.5.0/3``; nothing if it is UTC or cannot be written as RRULE."""
    if footer == "UTC0":
        return []
    if fixed := _FIXED_RULE.fullmatch(footer):
        offset = _offset(*fixed.group(2, 3, 4))
        return [_Observance(fixed[1].strip("<>"), offset, offset)]
    if yearly := _YEARLY_RULE.fullmatch(footer):
        return list(_standard_and_daylight(yearly))
    return []


def _standard_and_daylight(rule: re.Match[str]) -> Iterator[_Observance]:
    standard = _offset(*rule.group(2, 3, 4))
    daylight = _offset(*rule.group(6, 7, 8)) if rule[7] else standard + timedelta(hours=1)
    yield _Observance(rule[1].strip("<>"), daylight, standard, _shift(*rule.group(14, 15, 16, 17, 18)))
    yield _Observance(rule[5].strip("<>"), standard, daylight, _shift(*rule.group(9, 10, 11, 12, 13)))


def _offset(sign: str, hours: str, minutes: str | None) -> timedelta:
    """POSIX counts west of Greenwich, iCalendar east."""
    west = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return west if sign == "-" else -west


def _shift(month: str, week: str, weekday: str, hour: str | None, minute: str | None) -> _Shift:
    return _Shift(int(month), int(week), int(weekday), time(int(hour or 2), int(minute or 0)))


def _days_of(month: int) -> list[date]:
    return [day for day in Calendar().itermonthdates(_FIRST_YEAR, month) if day.month == month]


def _footer(time_zone: str) -> str:
    """The last line of the zone's TZif file; empty in the first version of the format, which had none."""
    content = _tzif(time_zone)
    if content[4:5] < b"2":
        return ""
    return content[:-1].rpartition(b"\n")[2].decode("ascii")


def _tzif(time_zone: str) -> bytes:
    """Read where ``zoneinfo`` reads, so that both say the same."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, time_zone)
        if path.is_file():
            return path.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *time_zone.split("/")).read_bytes()
