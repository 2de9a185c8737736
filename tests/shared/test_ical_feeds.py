"""A feed is made of the bytes of its entries, with the definitions of their zones."""

from typing import Any

import pytest

from shared.ical import entry_bytes, feed, zone_bytes
from tests.calendars.lines import unfolded
from tests.calendars.samples import feed_of, session


def feed_with(**changes: Any) -> bytes:
    given: dict[str, Any] = {
        "entries": [entry_bytes(session())],
        "zones": ["Europe/Berlin"],
        "name": "Modul-Reihe",
        "url": "https://reihe.example/series/modul-reihe",
        "source": "https://reihe.example/series/modul-reihe.ics",
        "language": "de",
    }
    return feed(**{**given, **changes})


def test_a_feed_says_its_name_and_when_to_come_back() -> None:
    head = unfolded(feed_with(entries=[], zones=[], name="Reihe, 2026; Übungen", color="teal"))
    assert sorted(head) == sorted(
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Reihe//Reihe//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            "NAME;LANGUAGE=de:Reihe\\, 2026\\; Übungen",
            "X-WR-CALNAME:Reihe\\, 2026\\; Übungen",
            "COLOR:teal",
            "URL:https://reihe.example/series/modul-reihe",
            "SOURCE;VALUE=URI:https://reihe.example/series/modul-reihe.ics",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "X-PUBLISHED-TTL:PT1H",
            "END:VCALENDAR",
        ]
    )


def test_a_feed_is_no_message_and_names_nobody() -> None:
    names = {line.partition(":")[0].partition(";")[0] for line in unfolded(feed_with())}
    assert names.isdisjoint({"METHOD", "ATTENDEE", "ORGANIZER"})


def test_cached_entries_stand_in_it_unchanged() -> None:
    first, second = entry_bytes(session(uid="a@reihe.example")), entry_bytes(session(uid="b@reihe.example"))
    assert first + second + b"END:VCALENDAR\r\n" == feed_with(entries=[first, second])[-len(first + second) - 15 :]


def test_each_zone_is_defined_once_and_utc_never() -> None:
    zones = ["Europe/Berlin", "UTC", "Asia/Kolkata", "Europe/Berlin", "Africa/Cairo"]
    lines = unfolded(feed_of(*(session(uid=f"{zone}@reihe.example", time_zone=zone) for zone in zones)))
    assert [line for line in lines if line.startswith("TZID:")] == ["TZID:Asia/Kolkata", "TZID:Europe/Berlin"]


def test_equal_entries_make_an_equal_feed_in_whatever_order_zones_come() -> None:
    assert feed_with(zones=["Europe/Berlin", "Asia/Kolkata"]) == feed_with(zones=["Asia/Kolkata", "Europe/Berlin"])


def test_an_entry_in_a_zone_that_was_not_named_is_refused() -> None:
    with pytest.raises(ValueError, match="not among zones: Europe/Berlin"):
        feed_with(zones=["Asia/Kolkata"])


def test_an_entry_in_utc_needs_no_zone() -> None:
    assert zone_bytes("Africa/Cairo") is None
    assert b"VTIMEZONE" not in feed_with(entries=[entry_bytes(session(time_zone="Africa/Cairo"))], zones=[])


@pytest.mark.parametrize("color", ["#0f766e", "", "light blue", "teal\r\nX:y"])
def test_a_colour_that_is_no_name_is_refused(color: str) -> None:
    with pytest.raises(ValueError, match="colour name of CSS 3"):
        feed_with(color=color)


@pytest.mark.parametrize("field", ["url", "source"])
def test_a_line_end_in_an_address_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="percent-encode"):
        feed_with(**{field: "https://reihe.example/\r\nMETHOD:REQUEST"})
