"""Links to a person's page: by mail only, revocable, worth nothing for another purpose."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from services.registration.links import (
    browser_token,
    my_token,
    person_behind,
    registration_behind,
    request_link,
)
from services.registration.models import Person
from shared.database import new_id
from shared.errors import NotFoundError
from shared.links import Link, Purpose, make_token
from tests.registration.parts import House

KEY = ("k" * 40,)


@pytest.fixture
def registration(house: House) -> UUID:
    return house.register(house.event(), "Ana Novak").registration_id


def ask(house: House, email: str) -> int:
    """Ask for the link; how many were sent so far."""
    with house.database.unit_of_work(house.clock()) as uow:
        request_link(uow, email)
        uow.commit()
    return len(house.messages("link.requested.v1"))


def test_the_link_opens_the_persons_page(house: House, registration: UUID) -> None:
    person = house.registration(registration).person
    with house.database.read() as session:
        assert person_behind(session, KEY, my_token(KEY, person)).id == person.id


def test_a_revoked_link_opens_nothing(house: House, registration: UUID) -> None:
    found = house.registration(registration)
    tokens = my_token(KEY, found.person), browser_token(KEY, found)
    with house.database.unit_of_work(house.clock()) as uow:
        uow.session.execute(update(Person).values(link_generation=1))
        uow.commit()
    with house.database.read() as session:
        with pytest.raises(NotFoundError, match="link_unknown"):
            person_behind(session, KEY, tokens[0])
        assert registration_behind(session, KEY, tokens[1]) is None


def test_a_token_of_another_key_purpose_or_person_opens_nothing(house: House, registration: UUID) -> None:
    found = house.registration(registration)
    strangers = [
        my_token(("x" * 40,), found.person),
        browser_token(KEY, found),
        make_token(KEY, Purpose.CALENDAR, Link(found.person_id, 0)),
        make_token(KEY, Purpose.MY_PAGE, Link(new_id(), 0)),
        "",
        "ünlü",
        "a" * 3_000,
    ]
    with house.database.read() as session:
        for token in strangers:
            with pytest.raises(NotFoundError, match="link_unknown"):
                person_behind(session, KEY, token)


def test_the_browsers_cookie_shows_its_own_registration_only(house: House, registration: UUID) -> None:
    found = house.registration(registration)
    with house.database.read() as session:
        shown = registration_behind(session, KEY, browser_token(KEY, found))
        assert shown is not None
        assert shown.id == registration
        assert registration_behind(session, KEY, my_token(KEY, found.person)) is None
        assert registration_behind(session, KEY, "nonsense") is None


def test_asking_for_the_link_sends_it_to_a_known_address_in_any_spelling(house: House, registration: UUID) -> None:
    assert ask(house, " ANA.Novak@Example.ORG ") == 1
    assert ask(house, "nobody@example.org") == 1


def test_one_person_gets_at_most_three_links_in_an_hour(house: House, registration: UUID) -> None:
    assert [ask(house, "ana.novak@example.org") for _ in range(5)] == [1, 2, 3, 3, 3]
    house.clock.turn(minutes=61)
    assert ask(house, "ana.novak@example.org") == 4


def test_the_mail_about_the_link_names_the_newest_events_first(house: House) -> None:
    titles = []
    for number in range(3):
        house.clock.turn(hours=1)
        start = house.clock() + timedelta(days=number + 1)
        event = house.event(title={"de": f"Titel {number}"}, sessions=[house.session(start)])
        titles.append((house.register(event, "Ana Novak").registration_id, f"Titel {number}"))
    house.cancel(titles[2][0])
    ask(house, "ana.novak@example.org")
    (told,) = house.messages("link.requested.v1")
    assert [e["title"]["de"] for e in told.body["events"]] == ["Titel 1", "Titel 0", "Titel 2"]
