"""One act on many people of an event at once."""

from uuid import UUID

import pytest
from sqlalchemy import text

from services.registration import bulk
from services.registration.consistency import findings
from services.registration.people import Filter
from services.registration.web.organise_bulk import USE_CASES
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.registration.parts import ORGANISER, House
from tests.registration.test_queries import counted


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


def test_nobody_gets_a_seat_just_before_their_registration_is_cancelled_too(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=2)
    register(front, event, *(f"Person {number}" for number in range(30)))
    alice.send(alice.open(path(event, "cancel", "?everybody=true")), reason="cannot take place")
    assert set(front.house.states(event)) == {"cancelled"}
    assert front.house.decisions(outcome="promoted") == []
    assert (front.house.seats(event).confirmed, front.house.seats(event).waiting) == (0, 0)


def test_whoever_was_cancelled_meanwhile_is_named_and_the_others_are_done(front: Front) -> None:
    house = front.house
    event = house.event(capacity=9)
    ids = register(front, event, "Ana Novak", "Bo Berg", "Cem Kaya")
    people = [house.registration(each) for each in ids]
    house.cancel(ids[1])
    result = bulk.carry_out(house.database, house.clock, people, bulk.cancelling(ORGANISER, "because"))
    assert (result.done, [one.registration.id for one in result.refused]) == (2, [ids[1]])
    assert set(house.states(event)) == {"cancelled"}
    assert list(findings(house.database, house.clock())) == []


def test_a_seat_that_was_given_meanwhile_is_not_given_again(front: Front) -> None:
    house = front.house
    event = house.event(capacity=2, max_per_organisation=1)
    register(front, event, "Ana Novak", organisation="Agisra")
    ids = register(front, event, "Bo Berg", "Cem Kaya", "Dana Ek", organisation="Agisra")
    people = [house.registration(each) for each in ids]
    house.cancel(ids[0])
    result = bulk.carry_out(house.database, house.clock, people, bulk.promoting(ORGANISER, "they speak"))
    assert result.done == 1
    assert [house.state(each) for each in ids] == ["cancelled", "confirmed", "waitlisted"]
    assert [str(one.why) for one in result.refused] == [
        "This registration does not wait, so this cannot be done.",
        "There is no free seat.",
    ]
    assert house.seats(event).confirmed == 2
    assert list(findings(house.database, house.clock())) == []


@pytest.mark.parametrize("act", ["cancel", "promote"])
def test_many_take_hardly_more_statements_than_one(house: House, act: bulk.Act) -> None:
    event = house.event(capacity=0)
    for _ in range(60):
        house.register(event)
    with house.database.engine.execution_options(writing=True).begin() as connection:
        # As a raise of the capacity that nobody has seen to yet.
        connection.execute(text("UPDATE seat_counters SET capacity = 60"))
    with house.database.read() as session:
        _number, people = bulk.concerned(session, bulk.Whom(event, (), Filter()), act)
    with counted(house) as statements:
        bulk.carry_out(house.database, house.clock, people, USE_CASES[act](ORGANISER, "because"))
    assert len(statements) <= 60, "\n".join(statements)


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


def test_those_who_are_ticked_are_handed_over_to_where_circulars_are_written(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=9)
    ana, _bo, cem = register(front, event, "Ana Novak", "Bo Berg", "Cem Kaya")
    asked = alice.open(path(event, "write", ticked(ana, cem)))
    assert asked.all("h2") == ["Write to 2 people"]
    form = asked.one("main form")
    assert form["action"] == f"/organise/events/{event}/mail/circulars/new"
    assert set(asked.value("registration_ids").split()) == {str(ana), str(cem)}


def test_all_whom_the_filter_fits_are_written_to_however_many_they_are(
    front: Front, alice: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    event = front.house.event(capacity=9)
    everybody = register(front, event, "Ana Novak", "Bo Berg", "Cem Kaya")
    asked = alice.open(path(event, "write", "?everybody=true"))
    assert asked.all("h2") == ["Write to 3 people"]
    assert set(asked.value("registration_ids").split()) == set(map(str, everybody))


def test_whoever_has_cancelled_is_not_written_to(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=9)
    ana, bo = register(front, event, "Ana Novak", "Bo Berg")
    front.house.cancel(ana)
    assert alice.open(path(event, "write", "?everybody=true")).all("h2") == ["Write to one person"]
    assert bo != ana
