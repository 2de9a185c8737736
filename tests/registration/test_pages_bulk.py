"""One act on many people of an event at once."""

from uuid import UUID

import pytest

from services.registration import bulk
from tests.registration.browser import Browser
from tests.registration.front import Front


@pytest.fixture
def alice(front: Front) -> Browser:
    return Browser(front, "alice")


def path(event_id: UUID, act: str, query: str = "") -> str:
    return f"/organise/events/{event_id}/people/bulk/{act}{query}"


def ticked(*ids: UUID) -> str:
    return "?" + "&".join(f"selected={each}" for each in ids)


def register(front: Front, event_id: UUID, *names: str, **changes: str) -> list[UUID]:
    return [front.house.register(event_id, name, **changes).registration_id for name in names]


def test_those_who_are_ticked_are_cancelled_and_nobody_else(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=9)
    ana, bo, cem = register(front, event, "Ana Novak", "Bo Berg", "Cem Kaya")
    asked = alice.open(path(event, "cancel", ticked(ana, cem)))
    assert asked.all("h2") == ["Cancel 2 registrations?"]
    done = alice.send(asked, reason="the room is too small")
    assert done.all("h2") == ["2 registrations were cancelled"]
    assert [front.house.state(each) for each in (ana, bo, cem)] == ["cancelled", "confirmed", "cancelled"]
    [decision] = front.house.decisions(registration_id=cem, outcome="cancelled")
    assert (decision.note, decision.actor) == ("the room is too small", "organiser")


def test_everybody_whom_the_filter_fits_is_reached_from_the_table(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=9)
    ana, bo = register(front, event, "Ana Novak", "Bo Berg", organisation="Agisra")
    [cem] = register(front, event, "Cem Kaya")
    table = alice.open(f"/organise/events/{event}/people?organisation=agisra")
    asked = alice.open(str(table.one("main a[href*='/bulk/cancel']")["href"]))
    alice.send(asked, reason="sent no statute")
    assert [front.house.state(each) for each in (ana, bo, cem)] == ["cancelled", "cancelled", "confirmed"]


def test_who_cannot_get_a_seat_is_named_with_the_cause(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=2, max_per_organisation=1)
    register(front, event, "Ana Novak", organisation="Agisra")
    bo, cem = register(front, event, "Bo Berg", "Cem Kaya", organisation="Agisra")
    done = alice.send(alice.open(path(event, "promote", ticked(cem, bo))), reason="they speak")
    assert done.all("h2") == ["One person got a seat"]
    assert done.all("tbody tr") == ["Kaya, Cem There is no free seat."]
    assert [front.house.state(each) for each in (bo, cem)] == ["confirmed", "waitlisted"]


def test_more_than_one_request_may_do_are_gone_on_with(
    front: Front, alice: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(bulk, "IN_ONE_TRANSACTION", 1)
    event = front.house.event(capacity=9)
    everybody = register(front, event, "Ana Novak", "Bo Berg", "Cem Kaya")
    first = alice.send(alice.open(path(event, "cancel", "?everybody=true")), reason="no teacher")
    again = alice.open(str(first.one("main a[href*='/bulk/']")["href"]))
    assert again.all("h2") == ["Cancel one registration?"]
    alice.send(again, reason="no teacher")
    assert {front.house.state(each) for each in everybody} == {"cancelled"}


def test_a_registration_of_another_event_is_left_alone(front: Front, alice: Browser) -> None:
    here, there = front.house.event(), front.house.event()
    [ana], [bo] = register(front, here, "Ana Novak"), register(front, there, "Bo Berg")
    alice.send(alice.open(path(here, "cancel", ticked(ana, bo))), reason="because")
    assert [front.house.state(each) for each in (ana, bo)] == ["cancelled", "confirmed"]


@pytest.mark.parametrize("act", ["cancel", "promote"])
def test_where_nobody_is_chosen_the_page_says_so(front: Front, alice: Browser, act: str) -> None:
    page = alice.open(path(front.house.event(), act))
    assert page.status == 200
    assert "Nobody is chosen" in page.words
    assert not page.soup.select("main form")


def test_without_a_reason_nothing_is_done_and_the_choice_is_kept(front: Front, alice: Browser) -> None:
    event = front.house.event()
    [ana] = register(front, event, "Ana Novak")
    page = alice.send(alice.open(path(event, "cancel", ticked(ana))), reason=" ")
    assert page.status == 422
    assert page.value("selected") == str(ana)
    assert front.house.state(ana) == "confirmed"


@pytest.mark.parametrize("query", ["?selected=x", "?state=asleep", "?everybody=perhaps"])
def test_a_choice_that_is_not_understood_is_refused(front: Front, alice: Browser, query: str) -> None:
    assert alice.open(path(front.house.event(), "cancel", query)).status == 422


@pytest.mark.parametrize("name", ["audrey", "bob", "charlie"])
def test_only_organisers_act_on_many(front: Front, name: str) -> None:
    event = front.house.event()
    [ana] = register(front, event, "Ana Novak")
    browser = Browser(front, name)
    assert browser.open(path(event, "cancel", ticked(ana))).status == 403
    sent = {"csrf_token": browser.open("/my").value("csrf_token"), "selected": str(ana), "reason": "because"}
    assert browser.post(path(event, "cancel"), sent).status == 403
    assert front.house.state(ana) == "confirmed"
