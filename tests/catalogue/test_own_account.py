"""The page about one's own account, as a browser sees it."""

import pyotp
import pytest

from services.catalogue import accounts
from services.catalogue.second_factor import RECOVERY_CODES
from tests.catalogue.browser import Browser, Page
from tests.catalogue.parts import ACTOR, Catalogue

PASSWORD, NEW = "a long enough password", "another long password"
PAGE = "/organise/account"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return accounts.hashed(PASSWORD)


@pytest.fixture
def dora(catalogue: Catalogue, password_hash: str) -> Browser:
    person = {"name": "Dora", "email": "dora@example.org", "roles": ["door"]}
    with catalogue.work() as uow:
        accounts.add_account(uow, **person, password_hash=password_hash, actor=ACTOR)  # type: ignore[arg-type]  # mixed values
    return signed_in(catalogue)


def signed_in(catalogue: Catalogue, password: str = PASSWORD) -> Browser:
    browser = Browser(catalogue)
    browser.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert browser.send(browser.open("/login"), email="dora@example.org", password=password).status == 303
    return browser


def form(action: str) -> str:
    return f"main form[action$='/{action}']"


def is_out(browser: Browser) -> bool:
    """Whether catalogue gives no new cookie either."""
    renewal = browser.open(PAGE)
    return renewal.status == 307 and browser.open(renewal.location).location.startswith("/login?")


def renewed(browser: Browser) -> Page:
    """The page, after the short cookie was renewed unseen."""
    answer = browser.open(PAGE)
    while answer.status == 307:
        answer = browser.open(answer.location)
    return answer


def test_whoever_is_signed_in_sees_where(dora: Browser) -> None:
    other = signed_in(dora.catalogue)
    page = other.open(PAGE)
    rows = page.all("tbody tr")
    assert len(rows) == 2
    assert all(row.startswith("Firefox, Windows") for row in rows)
    assert [("this browser" in row) for row in rows] == [True, False]


def test_another_browser_is_signed_out_at_once_and_this_one_stays(dora: Browser) -> None:
    lost = signed_in(dora.catalogue)
    page = dora.open(PAGE)
    assert dora.send(page, form("end")).status == 303
    assert is_out(lost)
    assert len(renewed(dora).all("tbody tr")) == 1


def test_nobody_ends_the_sign_in_of_somebody_else(dora: Browser) -> None:
    path = str(signed_in(dora.catalogue).open(PAGE).one(form("end"))["action"])
    dora.catalogue.employ()
    alice = Browser(dora.catalogue, "alice")
    token = alice.open(PAGE).value("csrf_token")
    assert alice.post(path, {"csrf_token": token}).status == 404


def test_a_password_is_changed_with_the_present_one(dora: Browser) -> None:
    other = signed_in(dora.catalogue)
    page = dora.open(PAGE)
    refused = dora.send(page, form("password"), present_password="a wrong password", password=NEW)
    assert refused.errors() == ["Present password: This is not your present password."]
    assert dora.send(page, form("password"), present_password=PASSWORD, password=NEW).status == 303
    assert is_out(other)
    assert renewed(dora).status == 200
    signed_in(dora.catalogue, NEW)


def test_guessing_the_present_password_is_stopped(dora: Browser) -> None:
    page = dora.open(PAGE)
    for _attempt in range(8):
        dora.send(page, form("password"), present_password="a wrong password", password=NEW)
    assert dora.send(page, form("password"), present_password=PASSWORD, password=NEW).status == 429


def _set_up(browser: Browser) -> tuple[str, Page]:
    page = browser.open(f"{PAGE}/second-factor")
    secret = page.one("#secret").get_text()
    code = pyotp.TOTP(secret).at(browser.catalogue.clock())
    return secret, browser.send(page, form("second-factor"), code=code, present_password=PASSWORD)


def test_a_second_factor_is_set_up_and_asked_for(dora: Browser) -> None:
    other = signed_in(dora.catalogue)
    assert dora.open(f"{PAGE}/second-factor.svg").response.mimetype == "image/svg+xml"
    secret, shown = _set_up(dora)
    assert len(shown.one("#codes").get_text().split()) == RECOVERY_CODES
    assert "10 recovery codes are left." in renewed(dora).words
    assert is_out(other)

    fresh = Browser(dora.catalogue)
    step = fresh.send(fresh.open("/login?next=/organise/account"), email="dora@example.org", password=PASSWORD)
    assert (step.status, step.location) == (303, "/login/code")
    assert fresh.open(PAGE).status == 307
    assert fresh.send(fresh.open("/login/code"), code="000000").errors() == [
        "Code: This code does not fit. Please type the one that your device shows now."
    ]
    dora.catalogue.clock.turn(seconds=30)
    answer = fresh.send(fresh.open("/login/code"), code=pyotp.TOTP(secret).at(dora.catalogue.clock()))
    assert (answer.status, answer.location) == (303, "/organise/account")
    assert fresh.open(PAGE).status == 200


def test_the_second_step_ends_after_ten_minutes_and_begins_with_a_password(dora: Browser) -> None:
    _set_up(dora)
    fresh = Browser(dora.catalogue)
    assert fresh.open("/login/code").location == "/login"
    fresh.send(fresh.open("/login"), email="dora@example.org", password=PASSWORD)
    dora.catalogue.clock.turn(minutes=11)
    assert fresh.open("/login/code").location == "/login"


def test_a_second_factor_is_removed_with_the_password(dora: Browser) -> None:
    _set_up(dora)
    page = renewed(dora)
    refused = dora.send(page, form("remove"), password_for_removal="a wrong password")
    assert refused.errors() == ["Present password: This is not your present password."]
    assert dora.send(page, form("remove"), password_for_removal=PASSWORD).status == 303
    assert "Set up a second factor" in dora.open(PAGE).words
    signed_in(dora.catalogue)


def test_an_administrator_removes_it_for_who_has_lost_everything(dora: Browser) -> None:
    _set_up(dora)
    dora.catalogue.employ()
    adam = Browser(dora.catalogue, "adam")
    links = adam.open("/organise/accounts").soup.select("th a")
    page = adam.open(next(str(link["href"]) for link in links if link.get_text(strip=True) == "Dora"))
    assert adam.send(page, form("remove")).status == 303
    signed_in(dora.catalogue)


def test_who_is_not_signed_in_is_led_to_the_form(catalogue: Catalogue) -> None:
    assert Browser(catalogue).open(PAGE).location == "/login/renew?next=%2Forganise%2Faccount"


def test_the_page_is_kept_in_no_cache(dora: Browser) -> None:
    for path in (PAGE, f"{PAGE}/second-factor", f"{PAGE}/second-factor.svg"):
        assert dora.open(path).response.headers["Cache-Control"] == "no-store"
