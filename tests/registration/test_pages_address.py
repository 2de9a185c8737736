"""The page on which the browser that registered corrects the address."""

import pytest

from services.registration.consistency import findings
from tests.catalogue.browser import Page
from tests.registration.browser import Browser, form_of
from tests.registration.front import Front
from tests.registration.series import SERIES, a_series
from tests.registration.test_pages_register import SLUG, publish, registrations

WRONG, RIGHT = "ana.novak@example.org", "ana.novak@example.net"


@pytest.fixture
def visitor(front: Front) -> Browser:
    return Browser(front)


def test_the_address_is_shown_back_and_corrected(front: Front, visitor: Browser) -> None:
    publish(front)
    done = visitor.open(visitor.register(SLUG).location)
    assert WRONG in done.words
    form = visitor.open(str(done.one("main li a")["href"]))
    assert form.value("email") == WRONG
    done = visitor.open(visitor.send(form, email=RIGHT).location)
    assert "The address is corrected." in done.words
    assert RIGHT in done.words
    assert [r.email for r in registrations(front)] == [RIGHT]


def test_another_browser_corrects_nothing(front: Front, visitor: Browser) -> None:
    publish(front)
    form = visitor.open(visitor.register(SLUG).location.replace("/done", "/address"))
    other = Browser(front)
    assert other.open(f"{form_of(SLUG)}/address").status == 404
    token = other.open(form_of(SLUG)).value("csrf_token")
    assert other.post(f"{form_of(SLUG)}/address", {"csrf_token": token, "email": RIGHT}).status == 404
    assert form.status == 200
    assert [r.email for r in registrations(front)] == [WRONG]


def test_a_page_elsewhere_corrects_nothing(front: Front, visitor: Browser) -> None:
    publish(front)
    visitor.register(SLUG)
    assert visitor.post(f"{form_of(SLUG)}/address", {"email": RIGHT}).status == 403


def test_what_is_no_address_is_told_at_the_field(front: Front, visitor: Browser) -> None:
    publish(front)
    visitor.register(SLUG)
    page = visitor.send(visitor.open(f"{form_of(SLUG)}/address"), email="ana.novak")
    assert page.status == 422
    assert page.soup.select(".error-summary a[href='#field-email']")
    assert page.value("email") == "ana.novak"


def test_once_the_link_was_opened_the_page_offers_it_no_more(front: Front, visitor: Browser) -> None:
    publish(front)
    done = visitor.register(SLUG).location
    form = visitor.open(f"{form_of(SLUG)}/address")
    [registration] = registrations(front)
    assert Browser(front).open(f"/my/{front.token_of(registration.id)}").status == 200
    assert "Correct the address" not in visitor.open(done).words
    assert visitor.open(f"{form_of(SLUG)}/address").status == 303
    page = visitor.send(form, email=RIGHT)
    assert page.status == 409
    assert "the link in the e-mail was opened" in page.words


def test_the_old_link_shows_the_registration_no_more_and_the_new_one_does(front: Front, visitor: Browser) -> None:
    publish(front)
    visitor.register(SLUG)
    [registration] = registrations(front)
    old = front.token_of(registration.id)
    visitor.send(visitor.open(f"{form_of(SLUG)}/address"), email=RIGHT)
    assert Browser(front).open(f"/my/{old}").all("article") == []
    assert len(Browser(front).open(f"/my/{front.token_of(registration.id)}").all("article")) == 1
    cancel = f"/api/registration/v1/my/{old}/registrations/{registration.id}/cancel"
    assert front.client.post(cancel, json={}).status_code == 404


def test_an_address_that_is_registered_learns_that_and_nothing_else(front: Front, visitor: Browser) -> None:
    event = publish(front)
    front.register(event, "Bo Berg", email=RIGHT)
    visitor.register(SLUG)
    page = visitor.send(visitor.open(f"{form_of(SLUG)}/address"), email=RIGHT)
    assert page.status == 409
    assert page.all("h1") == ["This address is already registered"]
    assert "Berg" not in page.words


# --- a series ---------------------------------------------------------------------------------------------------------

SERIES_FORM = f"/register/series/{SERIES['slug']}"


def enrolled(front: Front, visitor: Browser) -> Page:
    """Ana's page after registering for both modules."""
    a_series(front.house, {}, {"capacity": 0})
    typed = {"first_name": "Ana", "last_name": "Novak", "email": WRONG}
    return visitor.open(visitor.send_after_a_while(visitor.open(SERIES_FORM), **typed).location)


def test_the_address_of_a_whole_series_is_corrected_in_one_go_and_one_summary_tells_it(
    front: Front, visitor: Browser
) -> None:
    form = visitor.open(str(enrolled(front, visitor).one("a[href$='/address']")["href"]))
    assert form.value("email") == WRONG
    done = visitor.open(visitor.send(form, email=RIGHT).location)
    assert "The address is corrected." in done.words
    assert RIGHT in done.words
    found = registrations(front)
    assert [(r.email, r.person.email) for r in found] == [(RIGHT, RIGHT)] * 2
    changed = front.house.messages("registration.changed.v1")
    assert [row.body["summarised"] for row in changed] == [True, True]
    first, second = front.house.messages("enrolment.changed.v1")
    assert (first.body["email"], second.body["email"]) == (WRONG, RIGHT)
    assert (second.version, second.body["change"]) == (first.version + 1, "enrolled")
    assert list(findings(front.core.database, front.house.clock())) == []


def test_the_old_link_shows_nothing_of_the_series_any_more(front: Front, visitor: Browser) -> None:
    enrolled(front, visitor)
    old = front.token_of(registrations(front)[0].id)
    visitor.send(visitor.open(f"{SERIES_FORM}/address"), email=RIGHT)
    assert Browser(front).open(f"/my/{old}").all("article") == []
    new = Browser(front).open(f"/my/{front.token_of(registrations(front)[0].id)}")
    assert len(new.all("article details summary")) >= 2


def test_once_the_link_was_opened_the_address_of_a_series_is_right(front: Front, visitor: Browser) -> None:
    done = enrolled(front, visitor)
    form = visitor.open(f"{SERIES_FORM}/address")
    Browser(front).open(f"/my/{front.token_of(registrations(front)[0].id)}")
    assert done.soup.select("a[href$='/address']")
    assert not visitor.open(f"{SERIES_FORM}/done").soup.select("a[href$='/address']")
    assert visitor.open(f"{SERIES_FORM}/address").status == 303
    assert visitor.send(form, email=RIGHT).status == 409


def test_an_address_that_is_registered_for_one_module_moves_none(front: Front, visitor: Browser) -> None:
    enrolled(front, visitor)
    front.register(registrations(front)[1].event_id, "Bo Berg", email=RIGHT)
    page = visitor.send(visitor.open(f"{SERIES_FORM}/address"), email=RIGHT)
    assert page.status == 409
    assert page.all("h1") == ["This address is already registered"]
    assert [r.email for r in registrations(front)[:2]] == [WRONG, WRONG]


def test_a_browser_that_sent_nothing_corrects_no_series(front: Front) -> None:
    a_series(front.house, {})
    assert Browser(front).open(f"{SERIES_FORM}/address").status == 404


# --- a group ----------------------------------------------------------------------------------------------------------

PARTY = f"{form_of(SLUG)}/party"
MIRA = {"contact.first_name": "Mira", "contact.last_name": "Holm", "contact.email": WRONG}
AYLIN = {"people.0.first_name": "Aylin", "people.0.last_name": "Kaya", "people.0.email": "aylin@verein.example"}
BO = {"people.1.first_name": "Bo", "people.1.last_name": "Berg"}
"""Who has no address, and so the contact's."""


def party(front: Front, visitor: Browser) -> Page:
    publish(front, capacity=5, largest_party=4)
    typed = {**MIRA, **AYLIN, **BO, "act": []}
    return visitor.open(visitor.send_after_a_while(visitor.open(PARTY), **typed).location)


def emails(front: Front) -> dict[str, str]:
    return {r.name: r.email for r in registrations(front)}


def test_the_contacts_address_is_corrected_for_all_who_have_it_and_the_list_goes_there(
    front: Front, visitor: Browser
) -> None:
    form = visitor.open(str(party(front, visitor).one("a[href$='/party/address']")["href"]))
    assert "aylin@verein.example" not in form.words
    done = visitor.open(visitor.send(form, whose="contact", email=RIGHT).location)
    assert "The address is corrected." in done.words
    assert RIGHT in done.words
    assert emails(front) == {"Mira Holm": RIGHT, "Bo Berg": RIGHT, "Aylin Kaya": "aylin@verein.example"}
    lists = front.house.messages("party.registered.v1")
    assert [row.body["email"] for row in lists] == [WRONG, RIGHT]
    assert [len(row.body["people"]) for row in lists] == [3, 3]
    assert list(findings(front.core.database, front.house.clock())) == []


def test_the_address_of_one_of_the_group_is_corrected_alone(front: Front, visitor: Browser) -> None:
    party(front, visitor)
    [aylin] = [r for r in registrations(front) if r.first_name == "Aylin"]
    visitor.send(visitor.open(f"{PARTY}/address"), whose=str(aylin.id), email=WRONG)
    assert set(emails(front).values()) == {WRONG}
    assert len(front.house.messages("party.registered.v1")) == 1
    form = visitor.open(f"{PARTY}/address")
    visitor.send(form, whose="contact", email=RIGHT)
    assert set(emails(front).values()) == {RIGHT}


def test_two_of_one_name_cannot_share_an_address(front: Front, visitor: Browser) -> None:
    publish(front, capacity=5, largest_party=4)
    bo = {"people.1.first_name": "Aylin", "people.1.last_name": "Kaya"}
    visitor.send_after_a_while(visitor.open(PARTY), **MIRA, **AYLIN, **bo, act=[])
    [aylin] = [r for r in registrations(front) if r.email == "aylin@verein.example"]
    page = visitor.send(visitor.open(f"{PARTY}/address"), whose=str(aylin.id), email=WRONG)
    assert page.status == 422
    assert "This person stands in the list twice." in page.words


def test_an_address_of_somebody_else_at_the_event_is_no_address_of_the_group(front: Front, visitor: Browser) -> None:
    party(front, visitor)
    front.register(registrations(front)[0].event_id, "Zoe Adam", email=RIGHT)
    page = visitor.send(visitor.open(f"{PARTY}/address"), whose="contact", email=RIGHT)
    assert page.status == 409
    assert page.all("h1") == ["This address is already registered"]


def test_what_somebody_of_the_group_has_opened_is_right(front: Front, visitor: Browser) -> None:
    party(front, visitor)
    form = visitor.open(f"{PARTY}/address")
    [aylin] = [r for r in registrations(front) if r.first_name == "Aylin"]
    Browser(front).open(f"/my/{front.token_of(aylin.id)}")
    assert "Aylin" not in visitor.open(f"{PARTY}/address").words
    assert visitor.send(form, whose=str(aylin.id), email=RIGHT).status == 303
    assert emails(front)["Aylin Kaya"] == "aylin@verein.example"
    assert Browser(front).open(f"{PARTY}/address").status == 404
    # What was sent for a group is not corrected as if it were for one person.
    assert visitor.open(f"{form_of(SLUG)}/address").status == 404
