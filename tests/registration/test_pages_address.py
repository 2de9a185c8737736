"""The page on which the browser that registered corrects the address."""

import pytest

from tests.registration.browser import Browser, form_of
from tests.registration.front import Front
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
