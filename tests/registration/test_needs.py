"""What people need: read from raw input, kept sealed, planned for without names."""

from typing import Any
from uuid import UUID

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import select

from services.registration.kept_needs import change_needs, needs_of, plan_of, renew_seals
from services.registration.models import THE_PERSON, SealedNeeds
from services.registration.needs import needs_from
from shared.errors import InvalidError
from shared.messages.catalogue import NEEDS
from shared.vault import Vault
from tests.registration.front import Front
from tests.registration.parts import House

VAULT = Vault(("n" * 40,))


@pytest.mark.parametrize(
    ("raw", "needs"),
    [
        ({"interpretation": ["uk", "ar", "ar"]}, {"interpretation": ["ar", "uk"]}),
        ({"sign_language": True, "wheelchair": "yes"}, {"sign_language": True, "wheelchair": True}),
        ({"hearing_loop": False, "other": " ", "diet": [], "childcare": ""}, {}),
        ({"childcare": "5, 3"}, {"childcare": [3, 5]}),
        ({"childcare": [0, 17]}, {"childcare": [0, 17]}),
        ({"diet": ["no_nuts", "vegan"]}, {"diet": ["vegan", "no_nuts"]}),
        ({"other": " A quiet\r\nroom "}, {"other": "A quiet\nroom"}),
    ],
)
def test_needs_have_one_form_whichever_door_they_came_through(raw: dict[str, Any], needs: dict[str, Any]) -> None:
    assert needs_from(NEEDS, raw) == (needs, {})
    assert needs_from(NEEDS, needs) == (needs, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("interpretation", "ar"),
        ("interpretation", ["Arabic"]),
        ("interpretation", ["ar"] * 6),
        ("wheelchair", "maybe"),
        ("childcare", "three"),
        ("childcare", [18]),
        ("childcare", [True]),
        ("childcare", [1] * 11),
        ("diet", ["paella"]),
        ("diet", [["vegan"]]),
        ("other", "x" * 1001),
        ("other", 5),
        ("wings", True),
    ],
)
def test_what_makes_no_sense_is_an_error_of_its_need(name: str, value: Any) -> None:
    needs, errors = needs_from(NEEDS, {name: value})
    assert (needs, list(errors)) == ({}, [f"needs.{name}"])
    assert all(str(text) for text in errors[f"needs.{name}"])


def wish_with(house: House, event_id: UUID, **needs: Any) -> UUID:
    return house.register(event_id, needs=tuple(needs), sealed_needs=VAULT.seal(needs)).registration_id


def test_needs_are_kept_sealed_and_no_message_or_search_knows_them(house: House) -> None:
    made = wish_with(house, house.event(needs=["other"]), other="a-quiet-room")
    with house.database.read() as session:
        sealed = session.scalars(select(SealedNeeds.sealed)).one()
        assert needs_of(session, VAULT, made) == {"other": "a-quiet-room"}
    assert b"quiet" not in sealed
    assert all("a-quiet-room" not in str(row.body) for row in house.messages())
    assert "quiet" not in house.registration(made).search_key


def test_what_an_event_does_not_ask_for_is_refused(house: House) -> None:
    event_id = house.event(needs=["wheelchair"])
    with pytest.raises(InvalidError) as refused:
        wish_with(house, event_id, childcare=[3])
    assert list(refused.value.errors) == ["needs.childcare"]
    assert house.states(event_id) == []


def test_the_plan_counts_those_with_a_seat_and_those_who_wait_apart(house: House) -> None:
    event_id = house.event(capacity=2, needs=list(NEEDS))
    wish_with(house, event_id, interpretation=["ar", "fr"], wheelchair=True)
    leaves = wish_with(house, event_id, interpretation=["ar"], childcare=[3, 3])
    wish_with(house, event_id, diet=["vegan"])
    house.cancel(leaves)
    wish_with(house, event_id, wheelchair=True)
    with house.database.read() as session:
        seated, waiting = plan_of(session, VAULT, event_id)
    assert (seated.people, seated.counts["wheelchair"], dict(seated.languages)) == (2, 1, {"ar": 1, "fr": 1})
    assert dict(seated.diets) == {"vegan": 1}
    assert seated.ages.total() == 0
    assert (waiting.people, waiting.counts["wheelchair"]) == (1, 1)


def test_needs_are_said_anew_and_the_log_does_not_say_which(house: House) -> None:
    made = wish_with(house, house.event(needs=["wheelchair", "diet"]), wheelchair=True)
    with house.database.unit_of_work(house.clock()) as uow:
        change_needs(uow, VAULT, made, {"diet": ["vegan"]}, THE_PERSON)
        uow.commit()
    with house.database.read() as session:
        assert needs_of(session, VAULT, made) == {"diet": ["vegan"]}
    assert house.decisions(outcome="corrected")[-1].inputs == {"fields": ["needs"]}


def test_after_renewing_the_seals_the_old_key_is_needed_no_more(house: House) -> None:
    made = wish_with(house, house.event(needs=["wheelchair"]), wheelchair=True)
    with house.database.unit_of_work(house.clock()) as uow:
        assert renew_seals(uow, Vault(("m" * 40, "n" * 40))) == 1
        uow.commit()
    with house.database.read() as session:
        assert needs_of(session, Vault(("m" * 40,)), made) == {"wheelchair": True}
        with pytest.raises(InvalidToken):
            needs_of(session, VAULT, made)


def test_the_api_takes_needs_that_the_event_asks_for(front: Front) -> None:
    event_id = front.house.event(needs=["wheelchair", "diet"])
    refused = front.register(event_id, "Mina Okafor", needs={"diet": ["paella"]})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["needs.diet"])
    refused = front.register(event_id, "Mina Okafor", needs={"sign_language": False})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["needs.sign_language"])
    made = front.register(event_id, "Mina Okafor", needs={"wheelchair": True})
    assert made.status_code == 201
    registration_id = UUID(made.get_json()["id"])
    path = f"/my/{front.token_of(registration_id)}/registrations/{registration_id}"
    assert front.patch(path, {"needs": {"diet": ["vegan"]}}).status_code == 200
    with front.house.database.read() as session:
        assert needs_of(session, VAULT, registration_id) == {"diet": ["vegan"]}
