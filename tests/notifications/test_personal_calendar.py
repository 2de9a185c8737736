"""The personal calendar: the invitations' UIDs and SEQUENCEs as a feed, for whoever has its address."""

import gzip
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from services.notifications.app import create_app
from shared.links import Link, Purpose, make_token
from shared.testing import require
from tests.calendars.readers import read_with_icaljs, read_with_libical
from tests.notifications.parts import BASE_URL, KEY, VENUE, Office, Someone, a_session, alice, an_event, bob


@pytest.fixture
def client(sqlite_office: Office) -> FlaskClient:
    return create_app(sqlite_office.core).test_client()


def address(of: Someone, generation: int = 1, purpose: Purpose = Purpose.CALENDAR, key: tuple[str, ...] = KEY) -> str:
    return f"/calendars/{make_token(key, purpose, Link(of.person_id, generation))}.ics"


def entries(client: FlaskClient, of: Someone, query: str = "") -> list[Any]:
    answer = client.get(address(of) + query)
    assert answer.status_code == 200
    calendar: Any = Calendar.from_ical(answer.data)
    return list(calendar.walk("VEVENT"))


def test_the_calendar_has_the_uids_and_sequences_of_the_invitations(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice(), an_event(sessions=[a_session(28), a_session(29)])
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    sqlite_office.change(event, venue={**VENUE, "room": "Saal 9"})
    found = {(str(entry["UID"]), int(entry["SEQUENCE"])) for entry in entries(client, person)}
    assert found == {(row.uid, row.sequence) for row in sqlite_office.invitations(person)}
    assert {sequence for _, sequence in found} == {1}


def test_it_is_no_invitation_and_shows_only_this_persons_sessions(client: FlaskClient, sqlite_office: Office) -> None:
    person, other, event = alice(), bob(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    sqlite_office.confirm(other, event)
    sqlite_office.wait(bob().again(), event)
    answer = client.get(address(person))
    assert b"METHOD" not in answer.data
    assert b"ATTENDEE" not in answer.data
    assert len(entries(client, person)) == 1


def test_whoever_waits_has_an_empty_calendar(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.wait(person, event)
    assert entries(client, person) == []


def test_the_confirmed_find_the_meeting_link_in_it(client: FlaskClient, sqlite_office: Office) -> None:
    person = alice()
    event = an_event(venue=None, sessions=[a_session(meeting_url="https://treffen.example/raum")])
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    (entry,) = entries(client, person)
    assert str(entry["CONFERENCE"]) == "https://treffen.example/raum"
    assert "https://treffen.example/raum" in str(entry["DESCRIPTION"])
    sqlite_office.give_up(person, event)
    assert b"treffen.example" not in client.get(address(person)).data


def test_what_was_cancelled_stays_marked_until_thirty_days_after_its_end(
    client: FlaskClient, sqlite_office: Office
) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    sqlite_office.give_up(person, event)
    (entry,) = entries(client, person)
    assert (str(entry["STATUS"]), int(entry["SEQUENCE"])) == ("CANCELLED", 1)
    assert str(entry["SUMMARY"]) == "Cancelled: Association law"
    sqlite_office.clock.moment = event["sessions"][0]["ends_at"]
    assert len(entries(client, person)) == 1
    sqlite_office.clock.turn(days=30)
    assert entries(client, person) == []


def test_it_speaks_the_persons_language_or_the_one_asked_for(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice("de"), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    titles = [str(entries(client, person, query)[0]["SUMMARY"]) for query in ("", "?lang=en", "?lang=xx")]
    assert titles == ["Vereinsrecht für Einsteiger*innen", "Association law", "Vereinsrecht für Einsteiger*innen"]


def test_a_title_that_changes_in_another_language_is_shown_there_too(
    client: FlaskClient, sqlite_office: Office
) -> None:
    person, event = alice("en"), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    sqlite_office.change(event, title={**event["title"], "de": "Vereinsrecht kompakt"})
    (entry,) = entries(client, person, "?lang=de")
    assert (str(entry["SUMMARY"]), int(entry["SEQUENCE"])) == ("Vereinsrecht kompakt", 0)


def test_an_unchanged_calendar_is_not_sent_twice(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    first = client.get(address(person))
    assert not first.headers["ETag"].startswith("W/")
    sqlite_office.clock.turn(days=3)
    again = client.get(address(person), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(address(person)).data == first.data
    by_date = client.get(address(person), headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert by_date.status_code == 304


def test_each_change_is_another_revision(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    tags = [client.get(address(person)).headers["ETag"], client.get(address(person) + "?lang=de").headers["ETag"]]
    sqlite_office.change(event, slug="anders", description={"de": "Anders."})
    tags.append(client.get(address(person)).headers["ETag"])
    sqlite_office.give_up(person, event)
    tags.append(client.get(address(person)).headers["ETag"])
    assert len(set(tags)) == 4


def test_it_is_compressed_for_those_who_can_read_that(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    plain = client.get(address(person))
    zipped = client.get(address(person), headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in zipped.headers["Vary"]
    again = client.get(address(person), headers={"Accept-Encoding": "gzip", "If-None-Match": zipped.headers["ETag"]})
    assert again.status_code == 304


def test_its_head_is_that_of_a_calendar_which_nobody_else_keeps(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    answer = client.head(address(person))
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Content-Disposition" not in answer.headers


@pytest.mark.parametrize("reader", ["node_modules", "libical"])
def test_strict_clients_read_it(client: FlaskClient, sqlite_office: Office, reader: str) -> None:
    require(reader)
    person, event = alice("de"), an_event(sessions=[a_session(28), a_session(31, month=10)])
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    read = read_with_icaljs if reader == "node_modules" else read_with_libical
    found = read(client.get(address(person)).data)
    assert [(entry.starts_at, entry.ends_at) for entry in found] == [
        (session["starts_at"], session["ends_at"]) for session in event["sessions"]
    ]


def test_an_address_that_is_not_ours_or_was_renewed_is_not_found(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    wrong = [
        address(person, generation=2),
        address(person, purpose=Purpose.MY_PAGE),
        address(person, key=("x" * 40,)),
        address(bob()),
        "/calendars/nonsense.ics",
        f"/calendars/{'A' * 4000}.ics",
        "/calendars/%00.ics",
    ]
    assert [client.get(path).status_code for path in wrong] == [404] * len(wrong)


def test_a_renewed_link_closes_the_old_address(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    renewed = Someone(**{**vars(person), "link_generation": 2})
    sqlite_office.ask_for_link(renewed)
    assert client.get(address(person, generation=1)).status_code == 404
    assert client.get(address(person, generation=2)).status_code == 200


# --- the page about it ------------------------------------------------------


def test_a_page_in_the_persons_language_says_how_to_subscribe(client: FlaskClient, sqlite_office: Office) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    page = client.get(address(person).removesuffix(".ics"))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Language"] == person.locale
    assert f"{BASE_URL}{address(person)}" in page.text
    picture = client.get(address(person).replace(".ics", ".svg"))
    assert (picture.content_type, picture.headers["Cache-Control"]) == ("image/svg+xml; charset=utf-8", "no-store")


@pytest.mark.parametrize("ending", ["", ".svg"])
def test_an_address_that_was_renewed_has_no_page(client: FlaskClient, sqlite_office: Office, ending: str) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    assert client.get(address(person, generation=0).replace(".ics", ending)).status_code == 404
