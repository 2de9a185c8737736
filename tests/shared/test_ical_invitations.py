"""An invitation is one entry for one person, and can be taken back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.ical import Person, invitation
from tests.calendars.lines import unfolded
from tests.calendars.samples import ATTENDEE, ORGANIZER, session

SENT_AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def invitation_with(**changes: Any) -> bytes:
    given: dict[str, Any] = {
        "entry": session(sequence=1),
        "method": "REQUEST",
        "organizer": ORGANIZER,
        "attendee": ATTENDEE,
        "dtstamp": SENT_AT,
    }
    return invitation(**{**given, **changes})


def test_a_request_names_its_organiser_and_one_person_who_is_to_answer() -> None:
    lines = unfolded(invitation_with())
    assert "METHOD:REQUEST" in lines
    assert [line for line in lines if line.startswith("ORGANIZER")] == ["ORGANIZER:mailto:reihe@verband.example"]
    (attendee,) = [line for line in lines if line.startswith("ATTENDEE")]
    parameters, _, address = attendee.partition(":")
    assert address == "mailto:sirin@verein.example"
    assert set(parameters.replace('"', "").split(";")[1:]) == {
        "CN=Şirin Öztürk-Müller",
        "CUTYPE=INDIVIDUAL",
        "ROLE=REQ-PARTICIPANT",
        "PARTSTAT=NEEDS-ACTION",
        "RSVP=TRUE",
    }


def test_an_invitation_is_one_entry_with_the_zone_it_needs() -> None:
    lines = unfolded(invitation_with())
    assert (lines.count("BEGIN:VEVENT"), lines.count("BEGIN:VTIMEZONE")) == (1, 1)
    assert "TZID:Europe/Berlin" in lines


@pytest.mark.parametrize("entry", [session(time_zone="Africa/Cairo"), session(all_day=True)], ids=["utc", "all day"])
def test_an_entry_without_local_times_needs_no_zone(entry: Any) -> None:
    assert b"VTIMEZONE" not in invitation_with(entry=entry)


def test_the_stamp_says_when_it_was_sent_and_last_modified_when_it_changed() -> None:
    assert {"DTSTAMP:20260304T050607Z", "LAST-MODIFIED:20260203T101112Z"} < set(unfolded(invitation_with()))


def test_a_cancellation_says_so_in_method_and_status() -> None:
    lines = unfolded(invitation_with(method="CANCEL", entry=session(sequence=4)))
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:4", f"UID:{session().uid}"} < set(lines)


def test_a_person_without_a_name_is_shown_by_address() -> None:
    assert b"CN=anna@verein.example" in invitation_with(attendee=Person(" ", "anna@verein.example"))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"entry": session(cancelled=True)}, "send CANCEL"),
        ({"method": "PUBLISH"}, "a REQUEST or a CANCEL"),
        ({"attendee": Person("Selbst", "REIHE@verband.example")}, "its own organiser"),
        ({"dtstamp": datetime(2026, 3, 4)}, "dtstamp has no time zone"),  # noqa: DTZ001 - what is refused
        ({"attendee": Person("Anna", "anna@verein.example\r\nX:y")}, "no line ends"),
        ({"organizer": Person("Reihe", "reihe")}, "no e-mail address"),
    ],
)
def test_what_clients_would_misread_is_refused_and_the_reason_said(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        invitation_with(**changes)
