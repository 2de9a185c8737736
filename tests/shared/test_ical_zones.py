"""A zone is written as the yearly rule that its TZif file ends with, or not at all."""

import struct
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.ical import zone_bytes
from shared.ical.zones import in_written_zone
from tests.calendars.lines import unfolded

BERLIN = """
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def lines(time_zone: str) -> list[str]:
    written = zone_bytes(time_zone)
    assert written is not None
    return unfolded(written)


def part(time_zone: str, name: str) -> list[str]:
    written = lines(time_zone)
    return written[written.index(f"BEGIN:{name}") : written.index(f"END:{name}")]


@pytest.fixture
def zone_files(tmp_path: Path) -> Iterator[Path]:
    """A folder where zones are looked for instead of the system's."""
    before = zoneinfo.TZPATH
    _look_in((str(tmp_path),))
    yield tmp_path
    _look_in(before)


def _look_in(folders: tuple[str, ...]) -> None:
    zoneinfo.reset_tzpath(to=folders)
    zoneinfo.ZoneInfo.clear_cache()
    zone_bytes.cache_clear()


def tzif(footer: str | None) -> bytes:
    """A TZif file (RFC 9636) of one type and no table: version 2 with this footer, or version 1 without any."""
    block = struct.pack(">6L", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", -3600, 0, 0) + b"ABC\0"
    if footer is None:
        return b"TZif\0" + bytes(15) + block
    head = b"TZif2" + bytes(15)
    return head + block + head + block + f"\n{footer}\n".encode()


def test_a_zone_is_two_yearly_rules_since_1970() -> None:
    assert lines("Europe/Berlin") == BERLIN.split()


def test_a_zone_without_summer_time_has_standard_time_only() -> None:
    assert lines("Asia/Kolkata") == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Kolkata",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZNAME:IST",
        "TZOFFSETFROM:+0530",
        "TZOFFSETTO:+0530",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def test_a_week_of_the_month_is_counted_from_its_begin_unless_it_is_the_last() -> None:
    assert "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3" in lines("America/New_York")
    assert "DTSTART:19700308T020000" in lines("America/New_York")
    assert "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11" in lines("America/New_York")


def test_half_an_hour_of_summer_time_is_written_as_such() -> None:
    assert {"TZNAME:+11", "TZOFFSETFROM:+1030", "TZOFFSETTO:+1100"} < set(part("Australia/Lord_Howe", "DAYLIGHT"))


def test_the_later_clock_is_daylight_time_in_ireland_too() -> None:
    assert {"TZNAME:IST", "TZOFFSETTO:+0100"} < set(part("Europe/Dublin", "DAYLIGHT"))
    assert {"TZNAME:GMT", "TZOFFSETTO:+0000"} < set(part("Europe/Dublin", "STANDARD"))


@pytest.mark.parametrize(
    "time_zone",
    [
        "UTC",
        "Etc/UTC",
        "Africa/Casablanca",
        "Africa/El_Aaiun",
        "Africa/Cairo",
        "Asia/Jerusalem",
        "America/Santiago",
        "America/Nuuk",
    ],
)
def test_a_zone_that_no_yearly_rule_describes_is_left_to_utc(time_zone: str) -> None:
    assert zone_bytes(time_zone) is None


@pytest.mark.parametrize("name", ["Europe/Berln", "", "../../etc/passwd", "/etc/passwd", "Europe", "Europe/Ber\0lin"])
def test_an_unknown_zone_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match=r"no IANA time zone; write one such as Europe/Berlin"):
        zone_bytes(name)


@pytest.mark.parametrize(
    "footer",
    [
        "CET-1CEST,J60,J300",
        "CET-1CEST,M3.5.0/-1,M10.5.0/3",
        "CET-1CEST,M3.5.0,M10.5.0/24",
        "LMT-1:00:20",
        "",
        None,
    ],
)
def test_a_rule_that_an_rrule_cannot_say_is_left_to_utc(zone_files: Path, footer: str | None) -> None:
    (zone_files / "Odd").write_bytes(tzif(footer))
    assert zone_bytes("Odd") is None


@pytest.mark.parametrize(
    ("footer", "line"),
    [
        ("<-03>3<-02>,M3.2.0,M11.1.0", "TZOFFSETTO:-0200"),
        ("NST3:30NDT,M3.2.0,M11.1.0", "TZOFFSETTO:-0230"),
        ("<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", "DTSTART:19700927T024500"),
        ("<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", "TZOFFSETTO:+0200"),
        ("GMT0BST,M3.5.0/1,M10.5.0", "DTSTART:19700329T010000"),
        ("EET-2EEST,M3.5.0/0,M10.5.0/0", "DTSTART:19701025T000000"),
        ("ABC5DEF,M1.4.4/23,M12.1.6/7", "RRULE:FREQ=YEARLY;BYDAY=1SA;BYMONTH=12"),
    ],
)
def test_every_form_of_a_yearly_rule_is_written(zone_files: Path, footer: str, line: str) -> None:
    (zone_files / "Some").write_bytes(tzif(footer))
    assert line in lines("Some")


def test_zones_come_from_the_tzdata_package_where_the_system_has_none(zone_files: Path) -> None:
    assert not list(zone_files.iterdir())
    assert lines("Europe/Berlin") == BERLIN.split()


def test_times_that_the_rule_describes_are_written_in_the_zone() -> None:
    (noon,) = in_written_zone("Europe/Berlin", datetime(2026, 7, 1, 10, 0, tzinfo=UTC))
    assert noon.isoformat() == "2026-07-01T12:00:00+02:00"


@pytest.mark.parametrize(
    ("time_zone", "instant"),
    [
        ("Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("Asia/Tehran", datetime(2021, 7, 1, 10, 0, tzinfo=UTC)),
        ("Africa/Cairo", datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
    ],
    ids=["first time 02:30", "second time 02:30", "before the present rule", "no yearly rule"],
)
def test_times_that_the_rule_does_not_describe_are_written_in_utc(time_zone: str, instant: datetime) -> None:
    plain = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
    assert [time.tzinfo for time in in_written_zone(time_zone, plain, instant)] == [UTC, UTC]
    assert in_written_zone(time_zone, plain, instant) == (plain, instant)
