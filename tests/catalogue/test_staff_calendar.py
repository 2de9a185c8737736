"""The organisers' own calendar: numbers, for whoever has its secret address."""

from typing import Any

import icalendar
import pytest

from services.catalogue import accounts, programme
from services.catalogue.models import Event
from services.catalogue.web.schemas import EventSchema
from shared.testing import require
from shared.web.schemas import load
from tests.calendars.readers import read_with_icaljs, read_with_libical
from tests.catalogue.browser import Browser, count_seats
from tests.catalogue.parts import EVENT, Catalogue, statements

BASE = "https://reihe.example.org"


def written_by(catalogue: Catalogue, name: str, **fields: Any) -> Event:
    """A published event that somebody made with the account of this name."""
    with catalogue.work() as uow:
        account = accounts.account_by_email(uow.session, f"{name}@example.org")
        assert account is not None
        event = programme.create_event(uow, load(EventSchema(), {**EVENT, **fields}), str(account.id))
    return catalogue.publish(event.id)


@pytest.fixture
def staffed(both: Catalogue) -> Catalogue:
    both.employ()
    return both


@pytest.fixture
def alice(staffed: Catalogue) -> Browser:
    return Browser(staffed, "alice")


def addresses(browser: Browser) -> list[str]:
    """The paths of the feeds: of the own events, and of all."""
    return [text.removeprefix(BASE) for text in browser.open("/organise/calendar").all("dialog code")]


def entries(browser: Browser, path: str) -> list[Any]:
    answer = browser.client.get(path)
    assert answer.status_code == 200
    calendar: Any = icalendar.Calendar.from_ical(answer.data)
    return list(calendar.walk("VEVENT"))


def test_own_events_say_how_many_seats_are_taken(staffed: Catalogue, alice: Browser) -> None:
    event = written_by(
        staffed, "alice", format="hybrid", sessions=[{**EVENT["sessions"][0], "meeting_url": f"{BASE}/meet"}]
    )
    staffed.published_event(slug="anderes")
    count_seats(staffed, event, confirmed=12, waiting=3)
    (entry,) = entries(Browser(staffed), addresses(alice)[0])
    assert entry["SUMMARY"] == "Association law · 12 of 20 seats, 3 waiting"
    assert entry["URL"] == f"{BASE}/organise/events/{event.id}"
    assert entry["UID"] == f"o-{event.sessions[0].id}@reihe.example.org"
    assert entry["CONFERENCE"] == f"{BASE}/meet"


def test_all_events_are_a_feed_of_their_own(staffed: Catalogue, alice: Browser) -> None:
    written_by(staffed, "alice")
    staffed.published_event(slug="anderes", title={"de": "Anderes", "en": "Another"})
    staffed.event(slug="entwurf")
    found = entries(Browser(staffed), addresses(alice)[1])
    assert sorted(str(entry["SUMMARY"]) for entry in found) == ["Another", "Association law"]


def test_it_costs_nothing_while_neither_events_nor_numbers_change(staffed: Catalogue, alice: Browser) -> None:
    event = written_by(staffed, "alice")
    path = addresses(alice)[0]
    calendar = Browser(staffed).client
    first = calendar.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    condition = {"If-None-Match": first.headers["ETag"]}
    with statements(staffed.engine) as sent:
        assert calendar.get(path, headers=condition).status_code == 304
    assert len(sent) <= 4
    staffed.clock.turn(minutes=5)
    count_seats(staffed, event, confirmed=1)
    again = calendar.get(path, headers=condition)
    assert again.status_code == 200
    (entry,) = entries(Browser(staffed), path)
    assert entry["LAST-MODIFIED"].dt == staffed.clock()
    assert entry["SEQUENCE"] == 0


def test_a_cancelled_event_stays_without_numbers(staffed: Catalogue, alice: Browser) -> None:
    event = written_by(staffed, "alice")
    count_seats(staffed, event, confirmed=1)
    staffed.cancel(event.id)
    (entry,) = entries(Browser(staffed), addresses(alice)[0])
    assert (entry["SUMMARY"], entry["STATUS"]) == ("Cancelled: Association law", "CANCELLED")


def test_a_renewed_address_ends_the_one_before(staffed: Catalogue, alice: Browser) -> None:
    before = addresses(alice)
    page = alice.open("/organise/calendar")
    answer = alice.send(page, "form[action$='/renew']")
    assert answer.location == "/organise/calendar?renewed=yes"
    after = addresses(alice)
    stranger = Browser(staffed)
    for path in before:
        for ending in (".ics", ".svg", ""):
            assert stranger.open(path.replace(".ics", ending)).status == 404
    assert [stranger.open(path).status for path in after] == [200, 200]


def test_whoever_may_not_see_the_numbers_any_more_has_no_calendar(staffed: Catalogue, alice: Browser) -> None:
    path = addresses(alice)[0]
    with staffed.work() as uow:
        account = accounts.account_by_email(uow.session, "alice@example.org")
        assert account is not None
        accounts.set_roles(uow, account.id, ["door"], "a test")
    assert Browser(staffed).open(path).status == 404


@pytest.mark.parametrize("token", ["x", "A" * 55, "%00"])
def test_what_is_no_address_of_ours_opens_nothing(staffed: Catalogue, token: str) -> None:
    assert Browser(staffed).open(f"/staff-calendars/{token}.ics").status == 404


def test_a_phone_finds_the_ways_to_subscribe_without_signing_in(staffed: Catalogue, alice: Browser) -> None:
    own, everything = addresses(alice)
    phone = Browser(staffed, language="de")
    for path in (own, everything):
        page = phone.open(path.replace(".ics", ""))
        assert page.one("main code").get_text() == f"{BASE}{path}"
        assert page.response.headers["Cache-Control"] == "no-store"
        assert phone.open(str(page.one("main img")["src"])).response.content_type.startswith("image/svg+xml")


def test_icaljs_and_libical_read_it_alike(staffed: Catalogue, alice: Browser) -> None:
    require("node_modules")
    require("libical")
    count_seats(staffed, written_by(staffed, "alice"), confirmed=1)
    feed = Browser(staffed).client.get(addresses(alice)[0]).data
    assert read_with_icaljs(feed) == read_with_libical(feed)
    assert len(read_with_libical(feed)) == 1
