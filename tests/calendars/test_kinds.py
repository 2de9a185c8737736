"""Every kind of calendar we write is read by strict clients, and says what we meant."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.ical import Person, invitation
from tests.calendars.conftest import Read
from tests.calendars.samples import ATTENDEE, LAST_CHANGE, ORGANIZER, feed_of, session


def test_a_session_is_read_with_all_that_it_says(read: Read) -> None:
    written = session(
        sequence=3,
        description="Wir schreiben ein Protokoll.",
        location="Saal 2, Musterstraße 1, 28195 Bremen",
        url="https://reihe.example/events/protokolle?a=1,2;b=3",
        latitude=53.0793,
        longitude=8.8017,
        categories=("Schreiben, Lesen", "Verein"),
        conference_url="https://meet.example/abc",
        language="de",
        created_at=LAST_CHANGE - timedelta(days=30),
    )
    (entry,) = read(feed_of(written))
    assert (entry.uid, entry.sequence, entry.status, entry.method) == (written.uid, 3, "CONFIRMED", "")
    assert (entry.starts_at, entry.ends_at, entry.all_day) == (written.starts_at, written.ends_at, False)
    assert (entry.summary, entry.location) == (written.summary, written.location)
    assert entry.description == "Wir schreiben ein Protokoll.\n\nhttps://meet.example/abc"


def test_an_all_day_session_covers_its_days(read: Read) -> None:
    """Midnight to midnight in Berlin, 8 to 10 May."""
    days = session(
        all_day=True,
        starts_at=datetime(2026, 5, 7, 22, 0, tzinfo=UTC),
        ends_at=datetime(2026, 5, 10, 22, 0, tzinfo=UTC),
    )
    (entry,) = read(feed_of(days))
    assert entry.all_day
    assert (entry.starts_at, entry.ends_at) == (datetime(2026, 5, 8, tzinfo=UTC), datetime(2026, 5, 11, tzinfo=UTC))


def test_a_cancelled_session_stays_in_the_feed_as_cancelled(read: Read) -> None:
    (entry,) = read(feed_of(session(cancelled=True, sequence=1, summary="Fällt aus: Protokolle")))
    assert (entry.status, entry.summary, entry.sequence) == ("CANCELLED", "Fällt aus: Protokolle", 1)


def test_a_moved_session_is_the_same_entry_with_a_higher_sequence(read: Read) -> None:
    week = timedelta(weeks=26)
    planned = session()
    moved = session(sequence=1, starts_at=planned.starts_at + week, ends_at=planned.ends_at + week, location="Saal 3")
    ((before,), (after,)) = read(feed_of(planned)), read(feed_of(moved))
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    assert (after.starts_at - before.starts_at, after.location) == (week, "Saal 3")


def test_sessions_in_many_zones_share_one_feed(read: Read) -> None:
    zones = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Cairo", "UTC")
    written = [session(uid=f"{zone}@reihe.example", time_zone=zone) for zone in zones]
    assert {entry.starts_at for entry in read(feed_of(*written))} == {session().starts_at}


def test_a_feed_without_sessions_is_read(read: Read) -> None:
    assert read(feed_of()) == []


@pytest.mark.parametrize("time_zone", ["Europe/Berlin", "Africa/Cairo"])
def test_an_invitation_asks_one_person(read: Read, time_zone: str) -> None:
    calendar = invitation(
        session(time_zone=time_zone, sequence=2),
        method="REQUEST",
        organizer=ORGANIZER,
        attendee=ATTENDEE,
        dtstamp=LAST_CHANGE,
    )
    (entry,) = read(calendar)
    assert (entry.method, entry.status, entry.sequence) == ("REQUEST", "CONFIRMED", 2)
    assert entry.organizer == "mailto:reihe@verband.example"
    assert [(one.name, one.address) for one in entry.attendees] == [(ATTENDEE.name, f"mailto:{ATTENDEE.email}")]
    assert (entry.starts_at, entry.ends_at) == (session().starts_at, session().ends_at)


def test_a_cancellation_takes_the_entry_back(read: Read) -> None:
    calendar = invitation(
        session(sequence=3), method="CANCEL", organizer=ORGANIZER, attendee=ATTENDEE, dtstamp=LAST_CHANGE
    )
    (entry,) = read(calendar)
    assert (entry.method, entry.status, entry.sequence, entry.uid) == ("CANCEL", "CANCELLED", 3, session().uid)


def test_an_invitation_to_an_address_with_quotes_is_read(read: Read) -> None:
    attendee = Person("Anna", '"anna weber"@verein.example')
    calendar = invitation(session(), method="REQUEST", organizer=ORGANIZER, attendee=attendee, dtstamp=LAST_CHANGE)
    (entry,) = read(calendar)
    assert entry.attendees[0].address == "mailto:%22anna%20weber%22@verein.example"
