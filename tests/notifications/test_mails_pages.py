"""All mails on one page: found over all events, sent again, stopped while they wait; by organisers alone."""

from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from services.notifications.models import Mail
from shared.database import new_id
from shared.web import csrf
from tests.catalogue.parts import statements
from tests.notifications.certificate_browser import csrf_token, page_of, signed_in, words
from tests.notifications.parts import Office, alice, an_event, bob

HOUSE = "/organise/mails"


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def dora(app: Flask, sqlite_office: Office) -> FlaskClient:
    client = signed_in(app, sqlite_office, "organiser")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def addresses(client: FlaskClient, **wanted: str) -> list[str]:
    page = BeautifulSoup(client.get(HOUSE, query_string=wanted).text, "html.parser")
    return [cell.text for cell in page.select("tbody td:first-child .small")]


def order(client: FlaskClient, mail: Mail, what: str) -> TestResponse:
    path = f"{HOUSE}/{mail.id}"
    return client.post(f"{path}/{what}", data={csrf.FIELD: csrf_token(client, path)})


def two_events(office: Office) -> tuple[UUID, UUID]:
    """Alice has a seat at the first, Bob waits for the second a little later."""
    first, second = an_event(), an_event(title={"de": "Jubiläum", "en": "Jubilee"})
    office.publish(first)
    office.publish(second)
    office.confirm(alice(), first)
    office.clock.turn(minutes=1)
    office.wait(bob(), second)
    return first["event_id"], second["event_id"]


def test_mails_about_all_events_stand_on_one_page_the_newest_first(dora: FlaskClient, sqlite_office: Office) -> None:
    two_events(sqlite_office)
    rows = [words(row) for row in page_of(dora, HOUSE).select("tbody tr")]
    assert ["Jubilee" in row for row in rows] == [True, False]
    assert ["bob@verein.example" in row for row in rows] == [True, False]


def test_they_are_found_by_event_state_kind_address_and_day(dora: FlaskClient, sqlite_office: Office) -> None:
    first, second = two_events(sqlite_office)
    assert addresses(dora, event_id=str(first)) == ["alice@verein.example"]
    assert addresses(dora, event_id=str(second), state="queued") == ["bob@verein.example"]
    assert addresses(dora, kind="confirmed") == addresses(dora, address="ALICE") == ["alice@verein.example"]
    assert addresses(dora, since="2027-01-12") == addresses(dora, until="2027-01-10") == []
    assert len(addresses(dora, since="2027-01-11", until="2027-01-11")) == 2
    assert addresses(dora, state="failed") == addresses(dora, event_id=str(new_id())) == []
    assert dora.get(HOUSE, query_string={"event_id": "x"}).status_code == 422


def test_many_come_in_pages_that_keep_what_is_looked_for(dora: FlaskClient, sqlite_office: Office) -> None:
    event, person = an_event(), alice()
    sqlite_office.publish(event)
    for _ in range(52):
        sqlite_office.confirm(person.again(), event)
    first = page_of(dora, f"{HOUSE}?address=alice")
    link = first.select_one('a[rel="next"]')
    assert link is not None
    assert "address=alice" in str(link["href"])
    second = page_of(dora, str(link["href"]))
    assert (len(first.select("tbody tr")), len(second.select("tbody tr"))) == (50, 2)


def test_the_page_takes_few_statements_however_many_there_are(dora: FlaskClient, sqlite_office: Office) -> None:
    for _ in range(5):
        two_events(sqlite_office)
    with statements(sqlite_office.core.database.engine) as made:
        assert len(addresses(dora, state="queued")) == 10
    assert len(made) <= 6, made


def test_a_mail_is_opened_from_there_and_names_its_event(dora: FlaskClient, sqlite_office: Office) -> None:
    first, _second = two_events(sqlite_office)
    (mail,) = sqlite_office.mails(kind="confirmed")
    page = page_of(dora, f"{HOUSE}/{mail.id}")
    assert page.select_one(f'main a[href="/organise/events/{first}/mail"]')
    assert "/my/PERSONAL-LINK" in dora.get(f"{HOUSE}/{mail.id}/html").text
    assert dora.get(f"{HOUSE}/{mail.id}.eml").headers["Content-Type"] == "message/rfc822"
    page_of(dora, f"{HOUSE}/{new_id()}", status=404)


def test_a_link_that_somebody_asked_for_is_listed_though_it_is_about_no_event(
    dora: FlaskClient, sqlite_office: Office
) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.ask_for_link(alice(), event)
    (mail,) = sqlite_office.mails(kind="link")
    assert addresses(dora) == ["alice@verein.example"]
    assert "Personal link" in words(page_of(dora, f"{HOUSE}/{mail.id}"))


def test_a_mail_that_waits_is_stopped_and_can_be_sent_later(dora: FlaskClient, sqlite_office: Office) -> None:
    two_events(sqlite_office)
    (mail,) = sqlite_office.mails(kind="confirmed")
    assert order(dora, mail, "stop").status_code == 303
    assert order(dora, mail, "stop").status_code == 303
    assert [sent["To"] for sent in sqlite_office.send()] == ["Bob Beispiel <bob@verein.example>"]
    assert "Stopped" in words(page_of(dora, f"{HOUSE}/{mail.id}"))
    assert order(dora, mail, "resend").status_code == 303
    assert len(sqlite_office.send(alice())) == 1


def test_a_mail_that_has_left_or_is_being_handed_over_is_not_stopped(dora: FlaskClient, sqlite_office: Office) -> None:
    two_events(sqlite_office)
    sent, handed_over = sqlite_office.mails()
    with sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow:
        uow.session.execute(update(Mail).where(Mail.id == sent.id).values(state="sent"))
        lease = sqlite_office.clock().replace(year=2999)
        uow.session.execute(update(Mail).where(Mail.id == handed_over.id).values(claimed_until=lease))
        uow.commit()
    assert [order(dora, mail, "stop").status_code for mail in (sent, handed_over)] == [409, 409]
    assert [mail.state for mail in sqlite_office.mails()] == ["sent", "queued"]


@pytest.mark.parametrize("roles", [(), ("door",), ("auditor",), ("needs",)])
def test_only_organisers_look_at_mails(app: Flask, sqlite_office: Office, roles: tuple[str, ...]) -> None:
    two_events(sqlite_office)
    mail = sqlite_office.mails()[0]
    charlie = signed_in(app, sqlite_office, *roles)
    for path in (HOUSE, f"{HOUSE}/{mail.id}", f"{HOUSE}/{mail.id}/html", f"{HOUSE}/{mail.id}.eml"):
        assert charlie.get(path).status_code == 403
    for what in ("resend", "stop"):
        assert charlie.post(f"{HOUSE}/{mail.id}/{what}").status_code == 403


def test_before_the_first_mail_the_page_says_when_they_come(dora: FlaskClient) -> None:
    assert "No mails yet" in words(page_of(dora, HOUSE))
