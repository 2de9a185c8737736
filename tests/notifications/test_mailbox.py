"""The mailbox of a system that is being tried out: all mails, with links that work. Nowhere else does it exist."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from services.notifications.app import compose, create_app
from services.notifications.settings import SmtpServer
from shared.links import Purpose, read_token
from shared.testing import TurnableClock
from tests.notifications.parts import KEY, Office, alice, an_event, bob, english, parsed, settings_for, text_of


@pytest.fixture
def browser(sqlite_office: Office) -> FlaskClient:
    return english(create_app(sqlite_office.core))


def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def test_an_empty_mailbox_says_what_to_do(browser: FlaskClient) -> None:
    page = browser.get("/mailbox")
    assert page.status_code == 200
    assert "Register for an event" in page.text


def test_mails_are_listed_newest_first_and_by_address(browser: FlaskClient, sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    sqlite_office.wait(bob(), event)
    subjects = [link.text for link in soup(browser.get("/mailbox").text).select("tbody th a")]
    assert subjects == ["You are on the waitlist: Association law", "Your place is confirmed: Association law"]
    for_bob = soup(browser.get("/mailbox?to=bob@verein.example").text).select("tbody th a")
    assert [link.text for link in for_bob] == subjects[:1]


def test_a_mail_is_shown_with_its_text_its_calendar_and_links_that_can_be_followed(
    browser: FlaskClient, sqlite_office: Office
) -> None:
    person, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(person, event)
    (mail,) = sqlite_office.mails()
    page = soup(browser.get(f"/mailbox/{mail.id}").text)
    links = [str(link["href"]) for link in page.select(".mail-text a")]
    (my_page,) = [link for link in links if "/my/" in link]
    opened = read_token(KEY, Purpose.MY_PAGE, my_page.rsplit("/", 1)[1])
    assert opened is not None
    assert (opened.subject, opened.generation) == (person.person_id, 1)
    assert {code.text for code in page.select("code")} >= {"text/calendar", "application/ics", "invite.ics"}
    assert "BEGIN:VCALENDAR" in page.select(".mail-source")[0].text


def test_the_html_of_a_mail_stands_in_a_frame_that_can_do_nothing(browser: FlaskClient, sqlite_office: Office) -> None:
    event = an_event(title={"en": "<script>alert(1)</script>"})
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    (mail,) = sqlite_office.mails()
    frame = soup(browser.get(f"/mailbox/{mail.id}").text).iframe
    assert frame is not None
    assert "allow-scripts" not in str(frame["sandbox"])
    framed = browser.get(str(frame["src"]))
    policy = framed.headers["Content-Security-Policy"]
    assert {"default-src 'none'", "frame-ancestors 'self'"} <= set(policy.split("; "))
    assert "script-src" not in policy
    assert soup(framed.text).script is None
    assert "PERSONAL-LINK" not in framed.text


def test_mail_and_calendar_can_be_downloaded(browser: FlaskClient, sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    (mail,) = sqlite_office.mails()
    file = browser.get(f"/mailbox/{mail.id}.eml")
    assert file.headers["Content-Type"] == "message/rfc822"
    assert "PERSONAL-LINK" not in text_of(parsed(file.data))
    calendar = browser.get(f"/mailbox/{mail.id}/1.ics")
    assert calendar.data.startswith(b"BEGIN:VCALENDAR\r\n")


def test_a_mail_without_a_calendar_has_none_to_download(browser: FlaskClient, sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.wait(alice(), event)
    (mail,) = sqlite_office.mails()
    assert browser.get(f"/mailbox/{mail.id}/1.ics").status_code == 404
    assert browser.get("/mailbox/00000000-0000-0000-0000-000000000000").status_code == 404


@pytest.mark.parametrize(
    "more",
    [{"environment": "production"}, {"environment": "load-test"}, {"smtp": SmtpServer("smtp", "127.0.0.1", 25)}],
    ids=["production", "load test", "with a mail server"],
)
@pytest.mark.parametrize("path", ["/mailbox", "/mailbox/00000000-0000-0000-0000-000000000000", "/mailbox/x.eml"])
def test_there_is_no_mailbox_elsewhere(
    sqlite_office: Office, clock: TurnableClock, more: dict[str, Any], path: str
) -> None:
    core = compose(settings_for(sqlite_office.settings.database_url, **more), clock=clock)
    assert create_app(core).test_client().get(path).status_code == 404
    core.close()


def test_mailbox_pages_are_stored_nowhere(browser: FlaskClient) -> None:
    page = browser.get("/mailbox")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_the_mailbox_speaks_german(browser: FlaskClient, sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    page = browser.get("/mailbox?lang=de").text
    assert "Postfach" in page
    assert "Platz bestätigt" in page
