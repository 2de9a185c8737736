"""Signing in, staying signed in, signing out, as a browser sees it."""

from http.cookies import SimpleCookie

import pytest

from services.catalogue import accounts
from services.catalogue.models import Account
from services.catalogue.web.sign_in import LONGER_COOKIE, local_path
from shared.web.sign_in import COOKIE, RENEWED
from tests.catalogue.browser import Browser, Page
from tests.catalogue.parts import ACTOR, Catalogue

PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return accounts.hashed(PASSWORD)


@pytest.fixture
def alice(catalogue: Catalogue, password_hash: str) -> Account:
    person = {"name": "Alice", "email": "alice@example.org", "roles": ["organiser"]}
    with catalogue.work() as uow:
        return accounts.add_account(uow, **person, password_hash=password_hash, actor=ACTOR)  # type: ignore[arg-type]  # mixed values


def signed_in(browser: Browser, path: str = "/login", password: str = PASSWORD) -> Page:
    return browser.send(browser.open(path), email="Alice@Example.org ", password=password)


def test_the_right_password_leads_to_the_overview(catalogue: Catalogue, alice: Account) -> None:
    browser = Browser(catalogue)
    answer = signed_in(browser)
    assert (answer.status, answer.location) == (303, "/organise")
    assert browser.open("/organise").status == 200


def test_the_cookies_are_kept_from_scripts_and_other_sites(catalogue: Catalogue, alice: Account) -> None:
    answer = signed_in(Browser(catalogue))
    for header in answer.response.headers.getlist("Set-Cookie"):
        cookie = next(iter(SimpleCookie(header).values()))
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)


def test_the_longer_cookie_goes_only_where_it_is_needed(catalogue: Catalogue, alice: Account) -> None:
    headers = signed_in(Browser(catalogue)).response.headers.getlist("Set-Cookie")
    cookies = [SimpleCookie(header) for header in headers]
    assert {c[LONGER_COOKIE]["path"] for c in cookies if LONGER_COOKIE in c} == {"/login", "/logout"}


@pytest.mark.parametrize(("email", "password"), [("alice@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_pair_is_refused_without_saying_which_half(
    catalogue: Catalogue, alice: Account, email: str, password: str
) -> None:
    browser = Browser(catalogue)
    answer = browser.send(browser.open("/login?next=/organise/series"), email=email, password=password)
    assert answer.status == 422
    assert answer.errors() == ["E-mail and password do not fit together. Please check both."]
    assert (answer.value("email"), answer.value("password")) == (email, "")
    assert answer.value("next") == "/organise/series"


def test_an_address_with_control_characters_fits_nobody(catalogue: Catalogue, alice: Account) -> None:
    browser = Browser(catalogue)
    assert browser.send(browser.open("/login"), email="alice\0@example.org", password=PASSWORD).status == 422


def test_a_locked_account_cannot_sign_in(catalogue: Catalogue, alice: Account) -> None:
    with catalogue.work() as uow:
        accounts.lock(uow, alice.id, ACTOR)
    assert signed_in(Browser(catalogue)).status == 422


def test_after_many_attempts_even_the_right_password_must_wait(catalogue: Catalogue, alice: Account) -> None:
    browser = Browser(catalogue)
    for _attempt in range(8):
        signed_in(browser, password="wrong")
    answer = signed_in(browser)
    assert answer.status == 429
    assert answer.errors() == ["Too many attempts. Please wait a quarter of an hour."]
    catalogue.clock.turn(minutes=16)
    assert signed_in(browser).status == 303


def test_who_came_from_a_page_goes_back_to_it(catalogue: Catalogue, alice: Account) -> None:
    assert signed_in(Browser(catalogue), "/login?next=/organise/events?q=a%26b").location == "/organise/events?q=a&b"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_led_to_another_site(elsewhere: str) -> None:
    assert local_path(elsewhere, "/organise") == "/organise"


@pytest.mark.parametrize("path", ["/organise", "/organise/events?q=M%C3%BCller&state=draft", "/my//odd/path"])
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert local_path(path, "/organise") == path


def test_who_is_signed_in_needs_no_form(catalogue: Catalogue) -> None:
    catalogue.employ()
    answer = Browser(catalogue, "alice").open("/login?next=/organise/series")
    assert (answer.status, answer.location) == (303, "/organise/series")


def test_a_page_that_needs_signing_in_leads_there_and_back(catalogue: Catalogue, alice: Account) -> None:
    browser = Browser(catalogue)
    renewal = browser.open("/organise/events?q=x")
    assert renewal.status == 307
    form = browser.open(renewal.location)
    assert (form.status, form.location) == (303, "/login?next=%2Forganise%2Fevents%3Fq%3Dx")
    assert signed_in(browser, form.location).location == "/organise/events?q=x"


def test_after_ten_minutes_the_short_cookie_is_renewed_unseen(catalogue: Catalogue, alice: Account) -> None:
    browser = Browser(catalogue)
    signed_in(browser)
    catalogue.clock.turn(minutes=11)
    expired = browser.open("/organise/events")
    assert expired.status == 307
    renewed = browser.open(expired.location)
    assert (renewed.status, renewed.location) == (307, "/organise/events")
    (mark,) = [header for header in renewed.response.headers.getlist("Set-Cookie") if header.startswith(RENEWED)]
    assert "Max-Age=10;" in mark
    assert browser.open("/organise/events").status == 200


def test_a_form_that_is_sent_too_late_keeps_its_content(catalogue: Catalogue, alice: Account) -> None:
    browser = Browser(catalogue)
    signed_in(browser)
    page = browser.open("/organise/series/new")
    catalogue.clock.turn(minutes=11)
    typed = {"csrf_token": page.value("csrf_token"), "key": page.value("key"), "title.en": "Kept"}
    answer = browser.post("/organise/series/new", typed)
    while answer.status == 307:  # a browser sends the same again
        answer = browser.post(answer.location, typed)
    assert answer.status == 303
    assert "Kept" in browser.open(answer.location).words


def test_after_twelve_hours_the_password_is_asked_again(catalogue: Catalogue, alice: Account) -> None:
    browser = Browser(catalogue)
    signed_in(browser)
    catalogue.clock.turn(hours=12, minutes=1)
    assert browser.open(browser.open("/organise").location).location.startswith("/login?next=")


def test_who_signs_out_is_out_and_cannot_renew(catalogue: Catalogue, alice: Account) -> None:
    browser = Browser(catalogue)
    signed_in(browser)
    kept = browser.client.get_cookie(LONGER_COOKIE, path="/login")
    answer = browser.send(browser.open("/organise"), form=".sign-out")
    assert (answer.status, answer.location) == (303, "/")
    assert browser.client.get_cookie(COOKIE) is None
    assert kept is not None
    browser.client.set_cookie(LONGER_COOKIE, kept.value, path="/login")
    assert browser.open("/login/renew?next=/organise").location == "/login?next=%2Forganise"


@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_a_form_from_elsewhere_is_refused(catalogue: Catalogue, alice: Account, path: str) -> None:
    answer = Browser(catalogue).post(path, {"email": "alice@example.org", "password": PASSWORD})
    assert answer.status == 403
    assert COOKIE not in str(answer.response.headers)


def test_the_form_is_not_kept_in_any_cache(catalogue: Catalogue) -> None:
    assert Browser(catalogue).open("/login").response.headers["Cache-Control"] == "no-store"
