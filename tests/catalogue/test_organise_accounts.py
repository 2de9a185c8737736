"""The administrators' pages about accounts."""

import re

import pytest

from tests.catalogue.browser import Browser, Page
from tests.catalogue.parts import Catalogue

NEW = "/organise/accounts/new"
DORA = {"name": "Dora", "email": "Dora@Example.org", "password": "a long enough password", "roles": "organiser"}


@pytest.fixture
def adam(catalogue: Catalogue) -> Browser:
    catalogue.employ()
    return Browser(catalogue, "adam")


def page_of(browser: Browser, name: str) -> Page:
    links = {
        link.get_text(strip=True): str(link["href"]) for link in browser.open("/organise/accounts").soup.select("th a")
    }
    return browser.open(links[name])


def form(action: str) -> str:
    return f"main form[action$='/{action}']"


def test_an_account_is_added_and_can_sign_in(adam: Browser) -> None:
    answer = adam.send(adam.open(NEW), **DORA)
    assert answer.status == 303
    assert adam.open(answer.location).all("h1") == ["Dora"]
    dora = Browser(adam.catalogue)
    dora.send(dora.open("/login"), email="dora@example.org", password=DORA["password"])
    assert dora.open("/organise").status == 200


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"name": ""}, "Name: Please fill this in."),
        ({"email": "dora"}, "E-mail: This is not an e-mail address."),
        ({"email": "alice@example.org"}, "E-mail: There is already an account with this address."),
        ({"password": "short"}, "Password: Please use at least 12 characters."),
        ({"password": "x" * 1000}, "Password: Please use at most 200 characters."),
        ({"roles": "emperor"}, "Roles: There is no role emperor."),
    ],
)
def test_what_is_wrong_is_said_and_the_password_is_not_shown_again(
    adam: Browser, wrong: dict[str, str], complaint: str
) -> None:
    answer = adam.send(adam.open(NEW), **{**DORA, **wrong})
    assert answer.status == 422
    assert answer.errors()[0].startswith(complaint)
    assert answer.value("password") == ""
    assert wrong.get("password", DORA["password"]) not in answer.response.get_data(as_text=True)


def test_without_a_role_no_account_is_made(adam: Browser) -> None:
    answer = adam.post(NEW, {"csrf_token": adam.open(NEW).value("csrf_token"), **DORA, "roles": ""})
    assert answer.status == 422


def test_roles_are_given_and_taken(adam: Browser) -> None:
    page = page_of(adam, "Charlie")
    adam.send(page, form=form("roles"), roles="auditor")
    assert Browser(adam.catalogue, "charlie").open("/organise").status == 200
    assert Browser(adam.catalogue, "charlie").open(NEW).status == 403


def test_the_last_admin_stays_one(adam: Browser) -> None:
    page = page_of(adam, "Adam")
    for action, fields in (("roles", {"roles": "door"}), ("lock", {})):
        answer = adam.send(page, form=form(action), **fields)
        assert answer.status == 409
        assert "This is the last account that may manage accounts." in answer.words
    assert adam.open("/organise/accounts").status == 200


def test_a_locked_account_is_out_at_once_until_it_is_unlocked(adam: Browser) -> None:
    alice = Browser(adam.catalogue, "alice")
    adam.send(page_of(adam, "Alice"), form=form("lock"))
    assert alice.open("/organise").status == 307
    assert adam.open("/organise/accounts").words.count("locked") == 1
    adam.send(page_of(adam, "Alice"), form=form("unlock"))
    assert Browser(adam.catalogue, "alice").open("/organise").status == 200


def test_a_new_password_signs_the_account_out(adam: Browser) -> None:
    alice = Browser(adam.catalogue, "alice")
    answer = adam.send(page_of(adam, "Alice"), form=form("password"), password="short")
    assert answer.errors() == ["Password: Please use at least 12 characters."]
    assert alice.open("/organise").status == 200
    adam.send(page_of(adam, "Alice"), form=form("password"), password=DORA["password"])
    assert alice.open("/organise").status == 307


def test_a_token_is_shown_once_and_works_until_it_is_revoked(adam: Browser) -> None:
    answer = adam.send(page_of(adam, "Alice"), form=form("tokens"), token_name="Website", scopes="auditor")
    assert answer.status == 200
    token = answer.one("#new-token").get_text()
    assert answer.response.headers["Cache-Control"] == "no-store"
    page = page_of(adam, "Alice")
    assert "Website" in page.words
    assert token not in page.response.get_data(as_text=True)

    def me() -> int:
        return adam.client.get("/api/catalogue/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code

    assert me() == 200
    row = next(row for row in page.soup.select("tbody tr") if "Website" in row.get_text())
    action = str(row.select("form[action$='/revoke']")[0]["action"])
    adam.send(page, form=f"form[action='{action}']")
    assert me() == 401


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"token_name": ""}, "Name of the token: Please fill this in."),
        ({"scopes": "emperor"}, "What it may do: There is no role"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(adam: Browser, wrong: dict[str, str], complaint: str) -> None:
    answer = adam.send(page_of(adam, "Alice"), form=form("tokens"), **{"token_name": "Website", **wrong})
    assert answer.status == 422
    assert answer.errors()[0].startswith(complaint)
    assert not re.search("new-token", answer.response.get_data(as_text=True))


def test_pages_about_accounts_are_kept_in_no_cache(adam: Browser) -> None:
    response = adam.open("/organise/accounts").response
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
