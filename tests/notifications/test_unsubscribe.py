"""Refusing mails beyond one's own places: by a mail program's click, on a page, and taken back."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.notifications.app import create_app
from tests.notifications.certificate_browser import page_of, words
from tests.notifications.parts import Office, alice, an_event, bob, english

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def event(sqlite_office: Office) -> dict[str, Any]:
    made = an_event()
    sqlite_office.publish(made)
    sqlite_office.confirm(alice(), made)
    return made


@pytest.fixture
def link(sqlite_office: Office, event: dict[str, Any]) -> str:
    """The address of List-Unsubscribe in a mail to Alice."""
    sqlite_office.write_to(event, is_news=True)
    message = sqlite_office.send()[-1]
    return str(message["List-Unsubscribe"]).strip("<>").removeprefix("https://reihe.example")


@pytest.fixture
def browser(sqlite_office: Office) -> FlaskClient:
    return english(create_app(sqlite_office.core))


def news(office: Office, event: dict[str, Any]) -> int:
    """How many mails a further circular becomes."""
    before = len(office.mails())
    office.write_to(event, is_news=True)
    return len(office.mails()) - before


def test_a_mail_programs_post_is_enough_without_cookie_or_question(
    browser: FlaskClient, sqlite_office: Office, event: dict[str, Any], link: str
) -> None:
    assert browser.post(link, data=ONE_CLICK).status_code == 200
    assert news(sqlite_office, event) == 0
    about_their_place = len(sqlite_office.mails())
    sqlite_office.write_to(event)
    assert len(sqlite_office.mails()) == about_their_place + 1


def test_opening_the_link_changes_nothing(
    browser: FlaskClient, sqlite_office: Office, event: dict[str, Any], link: str
) -> None:
    page = page_of(browser, link)
    assert "a…@v….example" in words(page)
    assert "alice@verein.example" not in words(page)
    assert news(sqlite_office, event) == 1


def test_whoever_changes_their_mind_gets_them_again(
    browser: FlaskClient, sqlite_office: Office, event: dict[str, Any], link: str
) -> None:
    browser.post(link, data=ONE_CLICK)
    assert "You do not get such mails any more" in words(page_of(browser, link))
    browser.post(link, data={"again": "yes"})
    assert news(sqlite_office, event) == 1


def test_what_waits_to_be_sent_when_it_is_refused_is_not_sent(
    browser: FlaskClient, sqlite_office: Office, event: dict[str, Any], link: str
) -> None:
    sqlite_office.write_to(event, is_news=True)
    browser.post(link, data=ONE_CLICK)
    assert sqlite_office.send() == []
    assert sqlite_office.mails()[-1].state == "stopped"


def test_the_link_holds_when_a_persons_other_links_are_revoked(
    browser: FlaskClient, sqlite_office: Office, event: dict[str, Any], link: str
) -> None:
    with sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow:
        uow.session.connection().exec_driver_sql("UPDATE people SET link_generation = 9")
        uow.commit()
    browser.post(link, data=ONE_CLICK)
    assert news(sqlite_office, event) == 0


def test_a_link_of_another_purpose_or_of_nobody_is_unknown(browser: FlaskClient, link: str) -> None:
    for path in ("/unsubscribe/x", link[:-2] + "AA"):
        assert browser.get(path).status_code == 404
        assert browser.post(path, data=ONE_CLICK).status_code == 404


def test_one_persons_refusal_is_nobody_elses(
    browser: FlaskClient, sqlite_office: Office, event: dict[str, Any], link: str
) -> None:
    sqlite_office.confirm(bob(), event)
    browser.post(link, data=ONE_CLICK)
    sqlite_office.write_to(event, is_news=True)
    assert sqlite_office.mails()[-1].to_email == "bob@verein.example"
