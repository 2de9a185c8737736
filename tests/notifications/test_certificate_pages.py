"""What people and the public see: the PDF behind a person's link, and the pages that verify a code or a file."""

import io
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from services.notifications.models import Certificate
from shared.languages import FOR_PARTICIPANTS
from shared.links import Link, Purpose, make_token
from shared.web import csrf
from tests.notifications.certificate_browser import csrf_token, page_of, words
from tests.notifications.certificate_parts import (
    AFTER,
    a_training,
    attend,
    issue_what_is_due,
    order,
    revoke,
    the_certificate,
    two_days,
)
from tests.notifications.parts import BASE_URL, KEY, Office, Someone, alice, html_of, text_of


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    made = app.test_client()
    made.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return made


@pytest.fixture
def certificate(sqlite_office: Office) -> Certificate:
    """Alice's."""
    olena = alice()
    attend(sqlite_office, a_training(), olena)
    sqlite_office.clock.turn(**AFTER)
    issue_what_is_due(sqlite_office)
    return the_certificate(sqlite_office, olena)


def token(
    certificate_id: UUID, purpose: Purpose = Purpose.CERTIFICATE, generation: int = 1, key: tuple[str, ...] = KEY
) -> str:
    """Alice's links are of generation 1."""
    return make_token(key, purpose, Link(certificate_id, generation))


def verify_path(certificate: Certificate) -> str:
    return f"/certificates/verify/{certificate.code}"


# --- the person's link ---------------------------------------------------------


def test_the_mail_brings_a_link_that_opens_the_document(
    client: FlaskClient, sqlite_office: Office, certificate: Certificate
) -> None:
    mail = sqlite_office.send()[-1]
    assert mail["Subject"] == "Your certificate of attendance: Association law"
    link = f"{BASE_URL}/certificates/{token(certificate.id)}.pdf"
    assert link in text_of(mail)
    assert link in html_of(mail)
    assert "PERSONAL-LINK" not in text_of(mail) + html_of(mail)
    answer = client.get(link.removeprefix(BASE_URL))
    assert answer.data == certificate.pdf
    assert answer.content_type == "application/pdf"


def test_the_mail_is_in_the_persons_language(sqlite_office: Office) -> None:
    event, olena = a_training(), alice("de")
    attend(sqlite_office, event, olena)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    mail = sqlite_office.send()[-1]
    assert mail["Subject"] == "Ihre Teilnahmebescheinigung: Vereinsrecht für Einsteiger*innen"


def test_a_stored_mail_holds_no_link_that_an_organiser_could_pass_on(
    sqlite_office: Office, certificate: Certificate
) -> None:
    stored = sqlite_office.mails(kind="certificate")[0]
    assert f"{BASE_URL}/certificates/PERSONAL-LINK.pdf" in stored.text
    assert token(certificate.id) not in stored.text + stored.html


def test_whose_address_was_corrected_meanwhile_is_sent_no_link_to_the_old_one(sqlite_office: Office) -> None:
    event, olena = a_training(), alice()
    attend(sqlite_office, event, olena)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    moved = Someone(
        olena.first_name, olena.last_name, "new@verein.example", "en", olena.person_id, olena.registration_id
    )
    sqlite_office.correct(moved, event)
    mail = next(mail for mail in sqlite_office.send() if "certificate" in str(mail["Subject"]))
    assert "/certificates/" not in text_of(mail)


def test_the_document_is_private(client: FlaskClient, certificate: Certificate) -> None:
    headers = client.get(f"/certificates/{token(certificate.id)}.pdf").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Content-Disposition"] == 'inline; filename="2027-0001.pdf"'
    assert "Set-Cookie" not in headers


def test_a_token_that_is_not_ours_opens_nothing(client: FlaskClient, certificate: Certificate) -> None:
    good = token(certificate.id)
    for bad in (
        token(certificate.id, key=("x" * 40,)),
        token(certificate.id, Purpose.MY_PAGE),
        token(certificate.id, generation=0),
        token(certificate.id, generation=2),
        token(uuid4()),
        good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
        good + "A",
        "x",
        "%F0%9F%8E%93",
        str(certificate.id),
        certificate.number,
    ):
        answer = client.get(f"/certificates/{bad}.pdf")
        assert answer.status_code == 404, bad
        assert b"%PDF" not in answer.data


def test_the_link_ends_with_the_persons_other_links(client: FlaskClient, sqlite_office: Office) -> None:
    event, olena = a_training(), alice()
    attend(sqlite_office, event, olena)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    issued = the_certificate(sqlite_office, olena)
    sqlite_office.ask_for_link(replace(olena, link_generation=2))
    assert client.get(f"/certificates/{token(issued.id)}.pdf").status_code == 404
    assert client.get(f"/certificates/{token(issued.id, generation=2)}.pdf").data == issued.pdf


def test_a_revoked_certificate_cannot_be_opened_and_says_why(
    client: FlaskClient, sqlite_office: Office, certificate: Certificate
) -> None:
    revoke(sqlite_office, certificate.number)
    page = page_of(client, f"/certificates/{token(certificate.id)}.pdf", status=404)
    assert "The certificate 2027-0001 is no longer valid" in words(page)


def test_who_has_lost_it_or_had_it_revoked_is_told_with_the_reason(
    sqlite_office: Office, certificate: Certificate
) -> None:
    revoke(sqlite_office, certificate.number, "Der Name <war> falsch.")
    mail = sqlite_office.send()[-1]
    assert mail["Subject"] == "Your certificate is no longer valid: Association law"
    assert "Der Name <war> falsch." in text_of(mail)
    assert "Der Name &lt;war&gt; falsch." in html_of(mail)
    assert "/certificates/" not in text_of(mail)


# --- the page that verifies ----------------------------------------------------


def test_a_valid_code_shows_what_the_certificate_says(client: FlaskClient, certificate: Certificate) -> None:
    page = page_of(client, verify_path(certificate))
    said = words(page)
    for part in (
        "This certificate is valid",
        "Number 2027-0001",
        "Name, shortened A. Ö.",
        "Event Association law",
        "When 28 Mar 2027",
        "Attended 6 teaching units of 45 minutes",
    ):
        assert part in said, part
    assert "Alice" not in said
    assert "Öztürk" not in said


def test_days_and_hours_are_as_on_the_document(client: FlaskClient, sqlite_office: Office) -> None:
    event, olena = a_training(sessions=[{**one, "teaching_units": None} for one in two_days()]), alice("de")
    attend(sqlite_office, event, olena)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    said = words(page_of(client, verify_path(the_certificate(sqlite_office, olena)) + "?lang=de"))
    assert "28.–29. März 2027" in said
    assert "12 Std." in said
    page = page_of(client, verify_path(the_certificate(sqlite_office, olena)) + "?lang=en")
    assert page.select_one('[lang="de"][dir="auto"]')


def test_a_revoked_code_says_since_when_and_not_why(
    client: FlaskClient, sqlite_office: Office, certificate: Certificate
) -> None:
    revoke(sqlite_office, certificate.number, "She was not there.")
    said = words(page_of(client, verify_path(certificate)))
    assert "This certificate is no longer valid" in said
    assert "It was revoked on 21 Apr 2027" in said
    assert "She was not there" not in said


@pytest.mark.parametrize("code", ["7K3M-Q9XP-24TD", "nonsense", "<script>alert(1)</script>", "x" * 5_000])
def test_an_unknown_code_is_not_found(client: FlaskClient, certificate: Certificate, code: str) -> None:
    answer = client.get(f"/certificates/verify/{code}")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert len(answer.text) < 10_000 + (len(FOR_PARTICIPANTS) + 1) * len(code)  # a link to the page in each language
    if "/" not in code:
        assert "We know no certificate with this code" in answer.text


def test_pages_that_verify_are_private_and_found_by_no_search_engine(
    client: FlaskClient, certificate: Certificate
) -> None:
    for path in (verify_path(certificate), "/certificates/verify", "/certificates/verify/7K3M-Q9XP-24TD"):
        answer = client.get(path)
        assert '<meta name="robots" content="noindex">' in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_typed_code_leads_to_its_page(client: FlaskClient, certificate: Certificate) -> None:
    typed = certificate.code.lower().replace("-", " ")
    answer = client.get("/certificates/verify", query_string={"code": f"  {typed} "})
    assert answer.status_code == 303
    assert answer.headers["Location"] == verify_path(certificate)


@pytest.mark.parametrize("code", ["", "7K3M", "7K3M-Q9XP-24T!", "<b>", "U" * 12, "7" * 100])
def test_what_cannot_be_a_code_is_said_to_be_none(client: FlaskClient, code: str) -> None:
    answer = client.get("/certificates/verify", query_string={"code": code})
    assert answer.status_code == 422
    assert "A code has twelve letters and digits" in answer.text
    assert "<b>" not in answer.text


# --- comparing a file ------------------------------------------------------------


def compare(client: FlaskClient, certificate: Certificate, content: bytes | None) -> TestResponse:
    fields: dict[str, object] = {csrf.FIELD: csrf_token(client, verify_path(certificate))}
    if content is not None:
        fields["file"] = (io.BytesIO(content), "certificate.pdf")
    return client.post(verify_path(certificate), data=fields, content_type="multipart/form-data")


def test_the_file_that_was_issued_is_recognised(client: FlaskClient, certificate: Certificate) -> None:
    answer = compare(client, certificate, certificate.pdf)
    assert answer.status_code == 200
    assert "This is the file that we issued, unchanged." in answer.text


def test_a_changed_file_is_not(client: FlaskClient, certificate: Certificate) -> None:
    middle = len(certificate.pdf) // 2
    changed = certificate.pdf[:middle] + bytes([certificate.pdf[middle] ^ 1]) + certificate.pdf[middle + 1 :]
    for content in (changed, certificate.pdf + b"\n", certificate.pdf[:-1], b"%PDF-1.7", b"\x00" * 1_000):
        answer = compare(client, certificate, content)
        assert answer.status_code == 200
        assert "This is not the file that we issued." in answer.text
        assert "unchanged" not in answer.text


def test_somebody_elses_certificate_is_not_this_one(
    client: FlaskClient, sqlite_office: Office, certificate: Certificate
) -> None:
    event, other = a_training(), Someone("Bob", "Beispiel", "bob@verein.example")
    attend(sqlite_office, event, other)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    answer = compare(client, certificate, the_certificate(sqlite_office, other).pdf)
    assert "This is not the file that we issued." in answer.text


def found(client: FlaskClient, content: bytes | None) -> TestResponse:
    """The answer to somebody who has a file and no code."""
    path = "/certificates/verify"
    fields: dict[str, object] = {csrf.FIELD: csrf_token(client, path)}
    if content is not None:
        fields["file"] = (io.BytesIO(content), "certificate.pdf")
    return client.post(path, data=fields, content_type="multipart/form-data")


def test_a_file_alone_leads_to_its_certificate(client: FlaskClient, certificate: Certificate) -> None:
    answer = found(client, certificate.pdf)
    assert answer.status_code == 200
    assert certificate.number in answer.text
    assert "This is the file that we issued, unchanged." in answer.text


def test_a_file_alone_that_was_changed_is_none_of_ours(client: FlaskClient, certificate: Certificate) -> None:
    answer = found(client, certificate.pdf.replace(b"%PDF-1.7", b"%PDF-1.6"))
    assert answer.status_code == 404
    assert "We have issued no such file." in answer.text
    assert found(client, None).status_code == 422


@pytest.mark.parametrize("content", [None, b""])
def test_without_a_file_the_form_asks_for_one(
    client: FlaskClient, certificate: Certificate, content: bytes | None
) -> None:
    answer = compare(client, certificate, content)
    assert answer.status_code == 422
    assert "Please choose the PDF file." in answer.text


def test_a_file_that_is_too_large_is_refused(client: FlaskClient, certificate: Certificate) -> None:
    body = (
        b"--x\r\nContent-Disposition: form-data; name=file; filename=a.pdf\r\n\r\n" + b"0" * 1024 * 1024 + b"\r\n--x--"
    )
    answer = client.post(verify_path(certificate), data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_a_form_from_elsewhere_is_refused(client: FlaskClient, certificate: Certificate) -> None:
    answer = client.post(verify_path(certificate), data={"file": (io.BytesIO(certificate.pdf), "a.pdf")})
    assert answer.status_code == 403


def test_a_file_for_an_unknown_code_is_compared_with_nothing(client: FlaskClient, certificate: Certificate) -> None:
    fields = {csrf.FIELD: csrf_token(client, verify_path(certificate)), "file": (io.BytesIO(certificate.pdf), "a.pdf")}
    answer = client.post("/certificates/verify/7K3M-Q9XP-24TD", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 404
    assert "We know no certificate with this code" in answer.text
