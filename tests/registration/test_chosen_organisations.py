"""Of two organisations with the same name, the one that was chosen counts: in each form, and over the API."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.models import Registration
from services.registration.people import Filter, people_of
from tests.registration.browser import Browser, form_of
from tests.registration.front import Front
from tests.registration.series import SERIES, a_series
from tests.registration.test_directory import add
from tests.registration.test_pages_register import SLUG, publish

NAME = "Brücke"
ADA = {"first_name": "Ada", "last_name": "Muster", "email": "ada@verein.example"}


@pytest.fixture
def chosen(front: Front) -> UUID:
    """The second of two entries that have the same name."""
    add(front.house, NAME, municipality="Bonn")
    return add(front.house, NAME, municipality="Köln")


def counts_for(front: Front) -> set[UUID | None]:
    with front.house.database.read() as session:
        return set(session.scalars(select(Registration.organisation_id)))


def typed(chosen: UUID | str, prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}organisation": NAME, f"{prefix}organisation_id": str(chosen)}


def test_a_person_who_registers(front: Front, chosen: UUID) -> None:
    publish(front)
    visitor = Browser(front)
    visitor.send_after_a_while(visitor.open(form_of(SLUG)), **ADA, **typed(chosen))
    assert counts_for(front) == {chosen}


def test_a_form_with_an_error_keeps_what_was_chosen(front: Front, chosen: UUID) -> None:
    publish(front)
    visitor = Browser(front)
    again = visitor.send_after_a_while(visitor.open(form_of(SLUG)), **{**ADA, "email": "ada"}, **typed(chosen))
    assert again.value("organisation_id") == str(chosen)


def test_a_party(front: Front, chosen: UUID) -> None:
    publish(front, largest_party=3)
    visitor = Browser(front)
    contact = {f"contact.{name}": value for name, value in ADA.items()}
    form = visitor.open(f"{form_of(SLUG)}/party")
    visitor.send_after_a_while(form, act=[], **contact, **typed(chosen, "contact."))
    assert counts_for(front) == {chosen}


def test_a_series(front: Front, chosen: UUID) -> None:
    a_series(front.house, {}, {})
    visitor = Browser(front)
    visitor.send_after_a_while(visitor.open(f"/register/series/{SERIES['slug']}"), **ADA, **typed(chosen))
    assert counts_for(front) == {chosen}


def test_an_organiser_who_adds_somebody_and_corrects_them(front: Front, chosen: UUID) -> None:
    event = publish(front)
    alice = Browser(front, "alice")
    people = f"/organise/events/{event}/people"
    added = alice.send(alice.open(f"{people}/new"), **ADA, **typed(""))
    assert counts_for(front) == {None}
    alice.send(alice.open(f"{added.location}/details"), **typed(chosen))
    assert counts_for(front) == {chosen}
    alice.send(alice.open(f"{added.location}/details"), last_name="Beispiel")
    assert counts_for(front) == {chosen}


def test_somebody_who_gets_a_seat_from_a_colleague(front: Front, chosen: UUID) -> None:
    registered = front.house.register(publish(front), "Ana Novak").registration_id
    visitor = Browser(front)
    form = visitor.open(f"/my/{front.token_of(registered)}/registrations/{registered}/transfer")
    visitor.send(form, **ADA, **typed(chosen))
    assert counts_for(front) == {None, chosen}


def test_a_program(front: Front, chosen: UUID) -> None:
    event = publish(front)
    assert front.register(event, "Ada Muster", **typed(chosen)).status_code == 201
    assert counts_for(front) == {chosen}
    refused = front.register(event, "Bo Muster", organisation=NAME, organisation_id="Köln")
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["organisation_id"])


def test_people_of_both_are_found_by_the_name(front: Front, chosen: UUID) -> None:
    event = publish(front, capacity=3)
    for name, entry in (("Ada", chosen), ("Bo", None), ("Cleo", None)):
        organisation = NAME if name != "Cleo" else "Haus"
        front.house.register(event, name, organisation=organisation, organisation_id=entry)
    with front.house.database.read() as session:
        found = people_of(session, event, Filter(organisation=NAME)).items
    assert [entrant.registration.first_name for entrant in found] == ["Ada", "Bo"]
