"""An invitation is one entry for one person, and can be taken back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ical import Entry, Person, invitation
from shared.ical.entries import entry_component
from shared.ical.text import common_name, lines_of, mailto
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


def written_by_icalendar(entry: Entry, attendee: Person, dtstamp: datetime) -> bytes:
    """The entry as icalendar writes it, for one person."""
    event = entry_component(entry, dtstamp=dtstamp)
    event.add("organizer", mailto(ORGANIZER.email))
    name = common_name(attendee.name) or attendee.email
    parameters = {"CN": name, "CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION"}
    event.add("attendee", mailto(attendee.email, **parameters, RSVP="TRUE"))
    return lines_of(event)


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - of UTC


@given(
    uid=st.text("abcdef0123456789-@.", min_size=1, max_size=90),
    sequence=st.integers(0, 2**31 - 1),
    name=st.text(max_size=120),
    address=st.text("abcäöü.+", min_size=1, max_size=60),
    summary=st.text(max_size=200).map("Titel {}".format),
    description=st.text(max_size=200),
    stamps=st.tuples(moments, moments, st.none() | moments),
)
def test_the_entry_of_each_person_is_as_icalendar_writes_it(
    uid: str,
    sequence: int,
    name: str,
    address: str,
    summary: str,
    description: str,
    stamps: tuple[datetime, datetime, datetime | None],
) -> None:
    sent_at, changed_at, created_at = stamps
    texts = {"uid": uid, "summary": summary, "description": description}
    entry = session(**texts, sequence=sequence, last_modified=changed_at, created_at=created_at)
    attendee = Person(name, f"{address}@verein.example")
    made = invitation_with(entry=entry, attendee=attendee, dtstamp=sent_at)
    assert made.endswith(written_by_icalendar(entry, attendee, sent_at) + b"END:VCALENDAR\r\n")


def test_two_who_are_invited_to_one_entry_share_it_and_nothing_of_each_other() -> None:
    first, second = (
        unfolded(invitation_with(entry=session(uid=uid, sequence=sequence), attendee=Person(name, f"{name}@a.example")))
        for uid, sequence, name in (("r-1@reihe.example", 0, "anna"), ("r-2@reihe.example", 3, "bert"))
    )
    differing = {line.partition(":")[0].partition(";")[0] for line in set(first) ^ set(second)}
    assert differing == {"UID", "SEQUENCE", "ATTENDEE"}
    assert "anna" not in "".join(second)


@pytest.mark.parametrize("changes", [{"sequence": -1}, {"uid": ""}, {"last_modified": datetime(2026, 2, 3)}])  # noqa: DTZ001 - what is refused
def test_what_is_wrong_with_one_persons_entry_is_seen_though_another_persons_was_right(changes: dict[str, Any]) -> None:
    invitation_with()
    with pytest.raises(ValueError, match=r"sequence|uid|time zone"):
        invitation_with(entry=session(**changes))


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
