"""One session is one VEVENT that changes only when the session does."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.ical import Entry, entry_bytes
from tests.calendars.lines import unfolded
from tests.calendars.samples import LAST_CHANGE, session


def lines(entry: Entry) -> list[str]:
    return unfolded(entry_bytes(entry))


def test_an_entry_says_all_that_is_known() -> None:
    entry = session(
        sequence=2,
        description="Worum es geht",
        location="Saal 2, Bremen",
        url="https://reihe.example/events/protokolle",
        latitude=53.0793,
        longitude=8.8017,
        categories=("Schreiben, Lesen", r"\Neu"),
        language="de",
        created_at=LAST_CHANGE - timedelta(days=1),
    )
    assert sorted(lines(entry)) == sorted(
        [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            "SEQUENCE:2",
            "DTSTART;TZID=Europe/Berlin:20260512T140000",
            "DTEND;TZID=Europe/Berlin:20260512T163000",
            "DTSTAMP:20260203T101112Z",
            "LAST-MODIFIED:20260203T101112Z",
            "CREATED:20260202T101112Z",
            "SUMMARY;LANGUAGE=de:Protokolle\\, die gelesen werden",
            "DESCRIPTION;LANGUAGE=de:Worum es geht",
            "LOCATION;LANGUAGE=de:Saal 2\\, Bremen",
            "URL:https://reihe.example/events/protokolle",
            "GEO:53.079300;8.801700",
            "CATEGORIES;LANGUAGE=de:Schreiben\\, Lesen,\\\\Neu",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "END:VEVENT",
        ]
    )


def test_what_is_not_known_or_blank_is_left_out() -> None:
    names = {line.partition(":")[0].partition(";")[0] for line in lines(session(description=" \n", location="\x07"))}
    assert names.isdisjoint({"DESCRIPTION", "LOCATION", "URL", "GEO", "CATEGORIES", "CONFERENCE", "CREATED"})
    assert {"UID", "SEQUENCE", "DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED", "SUMMARY", "STATUS", "TRANSP"} < names


def test_equal_entries_are_equal_bytes_whatever_zone_their_times_came_in() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    entry = session()
    same = session(
        starts_at=entry.starts_at.astimezone(tokyo),
        ends_at=entry.ends_at.astimezone(tokyo),
        last_modified=entry.last_modified.astimezone(tokyo),
    )
    assert entry_bytes(same) == entry_bytes(entry)


def test_the_stamp_is_the_last_change_and_not_the_time_of_writing() -> None:
    assert "DTSTAMP:20260203T101112Z" in lines(session())
    assert "DTSTAMP:20260301T000000Z" in lines(session(last_modified=datetime(2026, 3, 1, tzinfo=UTC)))


@pytest.mark.parametrize("time_zone", ["UTC", "Africa/Cairo"])
def test_times_in_a_zone_without_definition_are_written_in_utc(time_zone: str) -> None:
    written = lines(session(time_zone=time_zone))
    assert {"DTSTART:20260512T120000Z", "DTEND:20260512T143000Z"} < set(written)


def test_a_zone_that_equals_utc_at_present_keeps_its_name() -> None:
    assert "DTSTART;TZID=Africa/Abidjan:20260512T120000" in lines(session(time_zone="Africa/Abidjan"))


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "first", "behind_last"),
    [
        ("2026-05-08T00:00", "2026-05-09T00:00", "20260508", "20260509"),
        ("2026-05-08T00:00", "2026-05-11T00:00", "20260508", "20260511"),
        ("2026-05-08T09:00", "2026-05-09T17:00", "20260508", "20260510"),
        ("2026-05-08T00:00", "2026-05-08T00:00", "20260508", "20260509"),
        ("2026-03-29T00:00", "2026-03-30T00:00", "20260329", "20260330"),
    ],
    ids=["one day", "three days", "working hours of two days", "no length", "the day of 23 hours"],
)
def test_an_all_day_entry_ends_on_the_day_behind_its_last(
    starts_at: str, ends_at: str, first: str, behind_last: str
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    entry = session(
        all_day=True,
        starts_at=datetime.fromisoformat(starts_at).replace(tzinfo=berlin).astimezone(UTC),
        ends_at=datetime.fromisoformat(ends_at).replace(tzinfo=berlin).astimezone(UTC),
    )
    assert {f"DTSTART;VALUE=DATE:{first}", f"DTEND;VALUE=DATE:{behind_last}"} < set(lines(entry))


def test_a_cancelled_entry_blocks_no_time() -> None:
    assert {"STATUS:CANCELLED", "TRANSP:TRANSPARENT"} < set(lines(session(cancelled=True)))


def test_a_transparent_entry_blocks_no_time() -> None:
    assert {"STATUS:CONFIRMED", "TRANSP:TRANSPARENT"} < set(lines(session(transparent=True)))


@pytest.mark.parametrize(
    ("description", "written"),
    [
        ("", "DESCRIPTION:https://meet.example/abc"),
        ("Bis gleich", "DESCRIPTION:Bis gleich\\n\\nhttps://meet.example/abc"),
        ("Hier: https://meet.example/abc", "DESCRIPTION:Hier: https://meet.example/abc"),
    ],
)
def test_the_link_to_an_online_session_stands_in_the_text_once(description: str, written: str) -> None:
    entry = lines(session(conference_url="https://meet.example/abc", description=description))
    assert {"CONFERENCE;FEATURE=VIDEO;VALUE=URI:https://meet.example/abc", written} < set(entry)


NAIVE = datetime(2026, 5, 12, 13, 0)  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"starts_at": NAIVE}, "starts_at of .* has no time zone"),
        ({"ends_at": NAIVE}, "ends_at of .* has no time zone"),
        ({"last_modified": NAIVE}, "last_modified of .* has no time zone"),
        ({"created_at": NAIVE}, "created_at of .* has no time zone"),
        ({"ends_at": session().starts_at}, "not after its start"),
        ({"ends_at": session().starts_at - timedelta(minutes=1), "all_day": True}, "not after its start"),
        ({"sequence": -1}, "counts from 0"),
        ({"uid": ""}, "needs a uid"),
        ({"time_zone": "Europe/Berln"}, "no IANA time zone"),
        ({"time_zone": "Europe/Berln", "all_day": True}, "no IANA time zone"),
        ({"url": "https://reihe.example/\r\nATTENDEE:x"}, "percent-encode"),
        ({"conference_url": "https://meet.example/\n"}, "percent-encode"),
        ({"latitude": 53.1}, "both latitude and longitude"),
    ],
)
def test_what_cannot_be_an_entry_is_refused_and_the_reason_said(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        entry_bytes(session(**changes))
