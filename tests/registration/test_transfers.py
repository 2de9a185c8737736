"""A person gives their seat to a colleague, on both databases."""

from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from services.registration.consistency import findings
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.rules import a_waitlist

BO = {"first_name": "Bo", "last_name": "Berg", "email": "bo@verein.example", "organisation": "Verein", "locale": "en"}


def give(front: Front, registration_id: UUID, **changes: str) -> TestResponse:
    token = front.token_of(registration_id)
    return front.post(f"/my/{token}/registrations/{registration_id}/transfer", {**BO, **changes})


def test_one_registration_ends_and_another_begins_with_the_same_seat(front_of_both: Front) -> None:
    house = front_of_both.house
    event = house.event(capacity=1, max_per_organisation=1)
    giver = house.register(event, organisation="Verein").registration_id
    waiting = house.register(event).registration_id
    answer = give(front_of_both, giver)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "cancelled")
    assert house.states(event) == ["cancelled", "waitlisted", "confirmed"]
    assert house.state(waiting) == "waitlisted"
    (ended,) = house.messages("registration.cancelled.v1")
    begun = house.messages("registration.confirmed.v1")[-1]
    assert (ended.body["reason"], begun.body["reason"]) == ("transferred", "transferred")
    assert (begun.body["email"], begun.body["previous_state"]) == ("bo@verein.example", None)
    assert ended.body["person_id"] != begun.body["person_id"]
    assert [d.outcome for d in house.decisions(reason="transferred")] == ["cancelled", "confirmed"]
    assert list(findings(house.database, house.clock())) == []


def test_another_organisation_must_have_room(front_of_both: Front) -> None:
    house = front_of_both.house
    event = house.event(capacity=3, max_per_organisation=1)
    giver = house.register(event, organisation="Verein").registration_id
    house.register(event, organisation="Anderer Verein")
    refused = give(front_of_both, giver, organisation="Anderer Verein")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "organisation_full")
    assert give(front_of_both, giver, organisation="Dritter Verein").status_code == 200


def test_where_seats_go_to_the_queue_nobody_overtakes_it(front_of_both: Front) -> None:
    house = front_of_both.house
    event = house.event(capacity=1, waitlist=a_waitlist(transfers="queue"))
    giver = house.register(event).registration_id
    waiting = house.register(event).registration_id
    refused = give(front_of_both, giver)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "seats_go_to_queue")
    house.cancel(waiting)
    assert give(front_of_both, giver).status_code == 200


def test_a_seat_can_be_given_once_and_only_by_its_owner(front_of_both: Front) -> None:
    house = front_of_both.house
    event = house.event(capacity=2)
    alices, bobs = (house.register(event).registration_id for _ in range(2))
    path = f"/my/{front_of_both.token_of(bobs)}/registrations/{alices}/transfer"
    assert front_of_both.post(path, BO).status_code == 404
    assert give(front_of_both, alices).status_code == 200
    again = give(front_of_both, alices, email="else@verein.example")
    assert (again.status_code, again.get_json()["code"]) == (409, "transition_refused")


def test_whoever_is_registered_already_gets_a_link_and_no_second_seat(front_of_both: Front) -> None:
    house = front_of_both.house
    event = house.event(capacity=2)
    giver = house.register(event).registration_id
    house.register(event, email=BO["email"])
    refused = give(front_of_both, giver)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "already_registered")
    (link,) = house.messages("link.requested.v1")
    assert link.body["email"] == BO["email"]
    assert house.states(event) == ["confirmed", "confirmed"]


def test_a_seat_is_given_also_when_a_lowered_capacity_left_a_surplus(front_of_both: Front) -> None:
    house = front_of_both.house
    snapshot = house.snapshot(capacity=2)
    event = house.tell(snapshot)
    giver, _other = (house.register(event).registration_id for _ in range(2))
    house.tell({**snapshot, "capacity": 1})
    assert give(front_of_both, giver).status_code == 200
    assert house.seats(event).confirmed == 2


@pytest.mark.parametrize("capacity", [0, 1])
def test_the_page_offers_it_to_whoever_has_a_seat(front: Front, capacity: int) -> None:
    event = front.house.event(capacity=capacity)
    registration = front.house.register(event, organisation="Verein").registration_id
    visitor, mine = Browser(front), f"/my/{front.token_of(registration)}"
    page = visitor.open(f"{mine}/registrations/{registration}/transfer")
    if capacity == 0:
        assert page.location == mine
        return
    assert page.value("organisation") == "Verein"
    given = visitor.send(page, **BO)
    assert given.status == 303
    assert "ist weitergegeben" in visitor.open(given.location).words
