"""The form for several people at once, without scripts."""

from typing import Any

import pytest
from sqlalchemy import select

from services.registration.links import my_token
from services.registration.models import Party
from tests.catalogue.browser import Page
from tests.registration.browser import Browser, form_of
from tests.registration.front import LINK_KEY, Front
from tests.registration.test_pages_register import SLUG, publish, registrations

PARTY = f"{form_of(SLUG)}/party"

FATMA = {
    "contact.first_name": "Fatma",
    "contact.last_name": "Demir",
    "contact.email": "fatma@verein.example",
    "contact.organisation": "Verein",
}
AYLIN = {"people.0.first_name": "Aylin", "people.0.last_name": "Kaya", "people.0.email": "aylin@verein.example"}


@pytest.fixture
def visitor(front: Front) -> Browser:
    return Browser(front)


def send(visitor: Browser, **typed: Any) -> Page:
    """Fill in the form; the button that is pressed is the last one."""
    return visitor.send_after_a_while(visitor.open(PARTY), **{"act": [], **typed})


def names_of_fields(page: Page) -> set[str]:
    return {str(field["name"]) for field in page.soup.select("input[name^='people.']")}


def test_the_contact_and_others_are_registered_together_and_seen_afterwards(front: Front, visitor: Browser) -> None:
    publish(front, capacity=2, largest_party=3)
    answer = send(visitor, **FATMA, **AYLIN)
    assert (answer.status, answer.location) == (303, f"{PARTY}/done")
    done = visitor.open(answer.location)
    assert done.all("h1") == ["Your group is registered"]
    assert "Aylin Kaya" in done.words
    assert "Fatma Demir" in done.words
    assert [(r.name, r.email, r.organisation, r.state) for r in registrations(front)] == [
        ("Aylin Kaya", "aylin@verein.example", "Verein", "confirmed"),
        ("Fatma Demir", "fatma@verein.example", "Verein", "confirmed"),
    ]
    assert Browser(front).open(answer.location).status == 404


def test_afterwards_the_contact_sees_to_which_address_the_list_goes(front: Front, visitor: Browser) -> None:
    publish(front, largest_party=3)
    done = visitor.open(send(visitor, **FATMA, **AYLIN, takes_part=[]).location)
    assert "You get a list by e-mail. It goes to fatma@verein.example" in done.words
    assert "aylin@verein.example" not in done.words


def test_the_same_form_sent_twice_registers_one_party(front: Front, visitor: Browser) -> None:
    publish(front, largest_party=3)
    form = visitor.open(PARTY)
    first = visitor.send_after_a_while(form, **FATMA, **AYLIN, act=[])
    again = visitor.send(form, **FATMA, **AYLIN, act=[])
    assert again.location == first.location
    assert len(registrations(front)) == 2


@pytest.mark.parametrize("other", [{"people.0.first_name": "Bo"}, {"contact.email": "bo@verein.example"}])
def test_who_writes_another_party_into_a_form_that_was_sent_is_warned(
    front: Front, visitor: Browser, other: dict[str, str]
) -> None:
    publish(front, largest_party=3)
    form = visitor.open(PARTY)
    visitor.send_after_a_while(form, **FATMA, **AYLIN, act=[])
    done = visitor.open(visitor.send(form, **{**FATMA, **AYLIN, **other}, act=[]).location)
    assert "nobody else was registered" in done.words
    assert done.one(f"a[href='{PARTY}']")
    assert [r.name for r in registrations(front)] == ["Aylin Kaya", "Fatma Demir"]


def test_a_contact_who_does_not_take_part_is_not_registered(front: Front, visitor: Browser) -> None:
    publish(front, largest_party=3)
    send(visitor, **FATMA, **AYLIN, takes_part=[])
    assert [r.name for r in registrations(front)] == ["Aylin Kaya"]


def test_a_button_adds_a_row_and_keeps_what_was_typed(front: Front, visitor: Browser) -> None:
    publish(front, largest_party=3)
    form = visitor.open(PARTY)
    assert "people.1.email" in names_of_fields(form)
    assert "people.2.email" in names_of_fields(visitor.send(form, act="add"))
    full = visitor.send(form, **FATMA, **AYLIN, **{"people.1.first_name": "Bo", "act": "add"})
    assert full.status == 200
    assert "people.2.email" in names_of_fields(full)
    assert full.one("input[name='people.0.first_name']")["value"] == "Aylin"
    assert full.one("input[name='contact.email']")["value"] == "fatma@verein.example"
    assert full.soup.select("button[name=act]") == []
    assert registrations(front) == []


def test_mistakes_are_shown_at_their_fields(front: Front, visitor: Browser) -> None:
    publish(front, largest_party=3)
    refused = send(visitor, **{**FATMA, "contact.email": "fatma"}, **{**AYLIN, "people.0.last_name": ""})
    assert refused.status == 422
    assert {str(link["href"]) for link in refused.soup.select("#error-summary a")} == {
        "#field-contact.email",
        "#field-people.0.last_name",
    }
    assert "Person 1, Last name" in refused.words


def test_a_party_too_large_for_the_event_is_told_so(front: Front, visitor: Browser) -> None:
    publish(front, capacity=1, largest_party=3)
    refused = send(visitor, **FATMA, **AYLIN)
    assert refused.status == 409
    assert "more people than this event has seats" in refused.words
    assert registrations(front) == []


def test_an_address_that_is_registered_is_named(front: Front, visitor: Browser) -> None:
    front.register(publish(front, largest_party=3), "Aylin Kaya", email="aylin@verein.example")
    refused = send(visitor, **FATMA, **AYLIN)
    assert refused.status == 409
    assert refused.one("#error-summary a")["href"] == "#field-people.0.email"


def test_where_everybody_registers_alone_there_is_no_such_form(front: Front, visitor: Browser) -> None:
    publish(front, largest_party=1)
    assert visitor.open(PARTY).location == form_of(SLUG)
    assert visitor.open(form_of(SLUG)).soup.select(f"a[href='{PARTY}']") == []


def page_of_contact(front: Front) -> str:
    with front.core.database.read() as session:
        (party,) = session.scalars(select(Party))
        return f"/my/{my_token(LINK_KEY, party.contact)}"


def test_the_contacts_page_shows_the_party_and_cancels_some_of_it(front: Front, visitor: Browser) -> None:
    publish(front, largest_party=3)
    send(visitor, **FATMA, **AYLIN)
    page = visitor.open(page_of_contact(front))
    assert "Groups that you registered" in page.all("h2")
    aylin, _fatma = registrations(front)
    left = visitor.send(page, "form[action*='/parties/']", people=[str(aylin.id)])
    assert "They get an e-mail" in visitor.open(left.location).words
    assert [r.state for r in registrations(front)] == ["cancelled", "confirmed"]


def test_only_the_contact_cancels_people_of_a_party(front: Front, visitor: Browser) -> None:
    publish(front, largest_party=3)
    send(visitor, **FATMA, **AYLIN)
    stranger = front.house.register(front.house.event()).registration_id
    aylin, fatma = registrations(front)[:2]
    for registration_id in (stranger, aylin.id):
        token = front.token_of(registration_id)
        form = {"people": str(fatma.id), "csrf_token": visitor.open(f"/my/{token}").value("csrf_token")}
        assert visitor.post(f"/my/{token}/parties/{aylin.party_id}/cancel", form).status == 404
    assert front.house.state(fatma.id) == "confirmed"


def test_seats_of_a_party_that_leaves_go_on_once_all_have_left(front: Front, visitor: Browser) -> None:
    event = publish(front, capacity=2, largest_party=3)
    send(visitor, **FATMA, **AYLIN)
    others = front.house.register_party(event, 2)
    page = visitor.open(page_of_contact(front))
    visitor.send(page, "form[action*='/parties/']", people=[str(r.id) for r in registrations(front)[:2]])
    assert [front.house.state(other) for other in others] == ["confirmed", "confirmed"]
