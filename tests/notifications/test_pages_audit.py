"""The log of mails and certificates, as organisers and auditors read it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.notifications import mailing
from services.notifications.app import create_app
from shared.staff import Staff
from tests.notifications.certificate_browser import page_of, signed_in, words
from tests.notifications.certificate_parts import a_training, attend, certificates, issue_what_is_due, order, revoke
from tests.notifications.parts import Office, alice, an_event

LOG = "/organise/audit/mail"


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


def reader(app: Flask, office: Office, *roles: str) -> FlaskClient:
    client = signed_in(app, office, *roles)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def acts(client: FlaskClient, query: str = "") -> list[str]:
    return [words(row) for row in page_of(client, LOG + query).select("#acts tbody tr")]


def send_again(office: Office) -> None:
    event = an_event()
    office.publish(event)
    office.confirm(alice(), event)
    (mail,) = office.mails()
    account_id = office.employ("Olaf", "organiser")
    with office.core.database.unit_of_work(office.clock()) as uow:
        mailing.resend(uow, mail.id, Staff(account_id, "Olaf", "", frozenset({"organiser"})))
        uow.commit()


def test_a_mail_that_was_sent_again_stands_there_without_its_address(app: Flask, sqlite_office: Office) -> None:
    send_again(sqlite_office)
    (mail,) = sqlite_office.mails()
    dora = reader(app, sqlite_office, "organiser")
    (row,) = acts(dora)
    assert "Mail sent again Olaf E-mail: Place confirmed Event: " in row
    page = page_of(dora, LOG)
    assert page.select(f"#acts a[href$='/mail/{mail.id}']")
    assert mail.to_email not in page.text


def test_auditors_get_no_link_to_mails_that_they_may_not_read(app: Flask, sqlite_office: Office) -> None:
    send_again(sqlite_office)
    page = page_of(reader(app, sqlite_office, "auditor"), LOG)
    assert len(page.select("#acts tbody tr")) == 1
    assert page.select("#acts tbody a[href*='/mail/']") == []


def test_it_is_searched_by_address_event_and_number(app: Flask, sqlite_office: Office) -> None:
    send_again(sqlite_office)
    training = a_training(title={"de": "Kassenführung"})
    attend(sqlite_office, training, alice())
    order(sqlite_office, training)
    issue_what_is_due(sqlite_office)
    (certificate,) = certificates(sqlite_office)
    revoke(sqlite_office, certificate.number, "Falsch.")
    auditor = reader(app, sqlite_office, "auditor")
    (of_number,) = acts(auditor, f"?q={certificate.number}")
    assert "Certificate revoked" in of_number
    assert f"Certificate: {certificate.number}" in of_number
    assert len(acts(auditor, "?q=kassenfuhrung")) == 2
    assert [act.split(" Olaf")[0].endswith("Mail sent again") for act in acts(auditor, "?q=Alice@verein.example")] == [
        True
    ]


def test_it_is_taken_away_as_a_table_and_that_stands_there_then(app: Flask, sqlite_office: Office) -> None:
    send_again(sqlite_office)
    auditor = reader(app, sqlite_office, "auditor")
    lines = auditor.get(f"{LOG}/export.csv").text.splitlines()
    assert len(lines) == 3
    assert "Audit log exported" in lines[1]
    assert "Mail sent again;Olaf;E-mail;Place confirmed;" in lines[2]


@pytest.mark.parametrize("roles", [(), ("door",), ("needs",)])
def test_charlie_does_not_see_it(app: Flask, sqlite_office: Office, roles: tuple[str, ...]) -> None:
    charlie = reader(app, sqlite_office, *roles)
    for path in (LOG, f"{LOG}/export.csv", f"{LOG}/export.xlsx"):
        assert charlie.get(path).status_code == 403
