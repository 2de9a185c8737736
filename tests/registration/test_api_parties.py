"""Several people registered in one go over the API: all or nothing, or as many as fit."""

from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from services.registration.consistency import findings
from tests.registration.front import Front

CONTACT = {"first_name": "Fatma", "last_name": "Demir", "email": "fatma@verein.example", "organisation": "Verein"}


def person(name: str, **more: str) -> dict[str, Any]:
    return {"first_name": name, "last_name": "Muster", "email": f"{name.lower()}@verein.example", **more}


def send(front: Front, event: UUID, *people: dict[str, Any], key: str = "", **more: Any) -> TestResponse:
    body = {"contact": CONTACT, "people": list(people), **more}
    return front.post(f"/events/{event}/parties", body, headers={"Idempotency-Key": key} if key else {})


def states(answer: TestResponse) -> list[str]:
    assert answer.status_code == 201, answer.get_json()
    return [one["state"] for one in answer.get_json()["people"]]


@pytest.fixture
def event(front_of_both: Front) -> UUID:
    return front_of_both.house.event(capacity=3, largest_party=3)


def test_everybody_gets_a_registration_and_a_link_of_their_own(front_of_both: Front, event: UUID) -> None:
    answer = send(front_of_both, event, person("Aylin"), person("Bilal", organisation="Anderer Verein"))
    assert states(answer) == ["confirmed", "confirmed"]
    aylin, bilal = (UUID(one["id"]) for one in answer.get_json()["people"])
    house = front_of_both.house
    assert front_of_both.token_of(aylin) != front_of_both.token_of(bilal)
    assert [house.registration(one).organisation for one in (aylin, bilal)] == ["Verein", "Anderer Verein"]
    (told,) = house.messages("party.registered.v1")
    assert (told.body["name"], told.body["email"]) == ("Fatma Demir", "fatma@verein.example")
    assert [(one["name"], one["state"]) for one in told.body["people"]] == [
        ("Aylin Muster", "confirmed"),
        ("Bilal Muster", "confirmed"),
    ]


def test_people_without_an_address_share_the_contacts_and_one_link(front_of_both: Front, event: UUID) -> None:
    answer = send(front_of_both, event, person("Aylin", email=""), person("Bilal", email=""))
    token = front_of_both.token_of(UUID(answer.get_json()["people"][0]["id"]))
    own = front_of_both.get(f"/my/{token}").get_json()["registrations"]
    assert {one["id"] for one in own} == {one["id"] for one in answer.get_json()["people"]}
    alone = front_of_both.register(event, "Fatma Demir", email="fatma@verein.example")
    assert (alone.status_code, alone.get_json()["code"]) == (409, "already_registered")


def test_all_or_nothing_waits_as_one_and_others_take_the_seats_that_there_are(
    front_of_both: Front, event: UUID
) -> None:
    front_of_both.register(event, "Clara Muster")
    front_of_both.register(event, "Dora Muster")
    assert states(send(front_of_both, event, person("Aylin"), person("Bilal"))) == ["waitlisted", "waitlisted"]
    other = front_of_both.house.event(capacity=2, largest_party=3)
    front_of_both.register(other, "Clara Muster")
    assert states(send(front_of_both, other, person("Aylin"), person("Bilal"), all_or_nothing=False)) == [
        "confirmed",
        "waitlisted",
    ]
    assert list(findings(front_of_both.house.database, front_of_both.house.clock())) == []


def test_a_party_that_can_never_have_its_seats_is_refused_with_the_reason(front_of_both: Front) -> None:
    too_many = front_of_both.house.event(capacity=2, largest_party=3)
    refused = send(front_of_both, too_many, person("Aylin"), person("Bilal"), person("Clara"))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "party_exceeds_capacity")
    of_one_organisation = front_of_both.house.event(capacity=9, largest_party=3, max_per_organisation=1)
    refused = send(front_of_both, of_one_organisation, person("Aylin"), person("Bilal"))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "party_exceeds_quota")
    assert front_of_both.house.states(too_many) == front_of_both.house.states(of_one_organisation) == []


def test_a_party_sent_twice_is_registered_once(front_of_both: Front, event: UUID) -> None:
    people = [person("Aylin"), person("Bilal")]
    first = send(front_of_both, event, *people, key="once")
    assert send(front_of_both, event, *people, key="once").get_json() == first.get_json()
    assert front_of_both.house.states(event) == ["confirmed", "confirmed"]
    other = send(front_of_both, event, *people, person("Clara"), key="once")
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    assert len(front_of_both.house.messages("party.registered.v1")) == 1


def test_one_address_that_is_registered_refuses_the_party_and_is_named(front_of_both: Front, event: UUID) -> None:
    front_of_both.register(event, "Bilal Muster", email="bilal@verein.example")
    refused = send(front_of_both, event, person("Aylin"), person("Bilal"))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "already_registered")
    assert list(refused.get_json()["errors"]) == ["people.1.email"]
    assert front_of_both.house.states(event) == ["confirmed"]


@pytest.mark.parametrize(
    ("people", "field"),
    [
        ([], "people"),
        ([person(name) for name in ("A", "B", "C", "D")], "people"),
        ([person("Aylin"), person("Aylin")], "people.1.first_name"),
        ([person("Aylin"), {"first_name": "B", "last_name": ""}], "people.1.last_name"),
        ([person("Aylin"), {**person("Bilal"), "answers": {"size": "L"}}], "people.1.answers.size"),
        ([person("Aylin"), {**person("Bilal"), "needs": {"diet": ["stones"]}}], "people.1.needs.diet"),
    ],
)
def test_what_is_wrong_with_a_party_is_said_at_its_field(
    front: Front, people: list[dict[str, Any]], field: str
) -> None:
    event = front.house.event(capacity=9, largest_party=3)
    refused = send(front, event, *people)
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == [field]
    assert front.house.states(event) == []


def test_where_nobody_registers_others_a_party_is_refused(front: Front) -> None:
    event = front.house.event(capacity=9, largest_party=1)
    refused = send(front, event, person("Aylin"), person("Bilal"))
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["people"])
