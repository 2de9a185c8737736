"""Dates, times and spans as a reader's language writes them. Used by pages, mails and PDFs alike."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import dates

from shared.languages import babel_locale

_WITH_WEEKDAY = {"uk": "d MMMM y 'р'. (EEEE)"}
"""Where the long date does not fit into a sentence: before the day, the weekday would have to follow its case."""


def date(value: datetime, locale: str, time_zone: str) -> str:
    """For example ``Sonntag, 28. März 2027``."""
    pattern = _WITH_WEEKDAY.get(locale, "full")
    return dates.format_date(_local(value, time_zone), pattern, locale=babel_locale(locale))


def short_date(value: datetime, locale: str, time_zone: str) -> str:
    """For example ``28.03.2027``."""
    return dates.format_date(_local(value, time_zone), "medium", locale=babel_locale(locale))


def date_part(value: datetime, pattern: str, locale: str, time_zone: str) -> str:
    """One part of a date by its CLDR pattern, for example ``EEE`` for the weekday or ``d`` for the day."""
    return dates.format_datetime(_local(value, time_zone), pattern, locale=babel_locale(locale))


def time(value: datetime, locale: str, time_zone: str) -> str:
    """Hours from 0 to 23 in every language: what a reader finds at the door, on tickets and on clocks here."""
    return dates.format_time(_local(value, time_zone), "HH:mm", locale=babel_locale(locale))


def date_and_time(value: datetime, locale: str, time_zone: str) -> str:
    """For example ``Sonntag, 28. März 2027, 10:00``."""
    return f"{date(value, locale, time_zone)}, {time(value, locale, time_zone)}"


def span(starts_at: datetime, ends_at: datetime, locale: str, time_zone: str) -> str:
    """Date once, and the times; both dates where it runs over midnight."""
    if _local(starts_at, time_zone).date() != _local(ends_at, time_zone).date():
        return f"{date_and_time(starts_at, locale, time_zone)} – {date_and_time(ends_at, locale, time_zone)}"
    return f"{date_and_time(starts_at, locale, time_zone)}–{time(ends_at, locale, time_zone)}"


def relative(value: datetime, now: datetime, locale: str) -> str:
    """For example ``in 6 Stunden`` or ``vor 2 Tagen``."""
    return dates.format_timedelta(value - now, add_direction=True, threshold=1.2, locale=babel_locale(locale))


def hours(length: timedelta, locale: str) -> str:
    """For example ``4 Stunden``."""
    return dates.format_timedelta(length, granularity="minute", threshold=10, locale=babel_locale(locale))


def _local(value: datetime, time_zone: str) -> datetime:
    return value.astimezone(ZoneInfo(time_zone))
