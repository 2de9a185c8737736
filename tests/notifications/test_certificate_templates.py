"""An administrator's own layout of certificates: tried out, kept only if it makes documents, and used for all."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from services.notifications.documents.certificate import TEMPLATE
from shared.web import csrf
from tests.notifications.certificate_browser import csrf_token, signed_in
from tests.notifications.certificate_parts import (
    a_training,
    attend,
    issue_what_is_due,
    order,
    the_certificate,
    words_in,
)
from tests.notifications.parts import Office, alice, bob

PATH = "/organise/certificates/template"
OWN = """
#let words = json(bytes(sys.inputs.words))
#set document(title: words.title)
#set text(font: "FiraGO", lang: words.language)
Own layout for #words.name, #words.number
"""


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def ada(app: Flask, sqlite_office: Office) -> FlaskClient:
    client = signed_in(app, sqlite_office, "admin")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def send(client: FlaskClient, template: str, rest: str = "", **more: str) -> TestResponse:
    return client.post(PATH + rest, data={csrf.FIELD: csrf_token(client, PATH), "template": template, **more})


def test_all_certificates_from_then_on_are_made_by_it(ada: FlaskClient, sqlite_office: Office) -> None:
    event, olena, mehmet = a_training(), alice("en"), bob("en")
    assert send(ada, OWN).status_code == 303
    attend(sqlite_office, event, olena)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    certificate = the_certificate(sqlite_office, olena)
    assert words_in(certificate.pdf) == f"Own layout for Alice Öztürk, {certificate.number}"
    assert send(ada, OWN, "/reset").status_code == 303
    attend(sqlite_office, event, mehmet)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    assert "Certificate of attendance" in words_in(the_certificate(sqlite_office, mehmet).pdf)


def test_a_sample_is_made_by_what_is_typed_and_nothing_is_kept(ada: FlaskClient) -> None:
    answer = send(ada, OWN, "/preview", preview="en")
    assert words_in(answer.data).startswith("Own layout for Olena Beispiel")
    assert "Own layout" not in ada.get(PATH).text


def test_a_fault_is_said_with_its_line_and_what_was_typed_stays(ada: FlaskClient) -> None:
    for rest in ("", "/preview"):
        answer = send(ada, OWN + "#foo", rest, preview="en")
        assert answer.status_code == 422
        assert "The template makes no document. Line 6: unknown variable: foo" in answer.text
        assert "Own layout for" in answer.text


def test_ours_stands_there_to_begin_with_and_unchanged_it_stays_ours(ada: FlaskClient) -> None:
    assert "Nothing of it has been changed." in ada.get(PATH).text
    assert send(ada, TEMPLATE.read_text()).status_code == 303
    assert "Nothing of it has been changed." in ada.get(PATH).text


def test_the_design_keeps_the_template(ada: FlaskClient) -> None:
    assert send(ada, OWN).status_code == 303
    fields = {csrf.FIELD: csrf_token(ada, PATH), "accent": "#7a1f3d", "logo_line": "Funded by the city"}
    assert ada.post("/organise/certificates", data=fields).status_code == 303
    assert "Own layout" in ada.get(PATH).text


def test_only_administrators_may(app: Flask, sqlite_office: Office) -> None:
    for role in ("organiser", "auditor", "door"):
        client = signed_in(app, sqlite_office, role)
        assert client.get(PATH).status_code == 403
        assert PATH not in client.get("/organise/certificates").text
