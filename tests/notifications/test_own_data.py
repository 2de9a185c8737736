"""A person takes away what notifications keeps of them: mails, invitations, certificates; by their own link alone."""

import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask

from services.notifications.app import create_app
from shared.links import Link, Purpose, make_token
from tests.notifications.certificate_parts import a_training, attend, issue_what_is_due, order
from tests.notifications.parts import KEY, Office, Someone, alice, an_event, bob


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


def token_of(someone: Someone, generation: int = 1, purpose: Purpose = Purpose.MY_PAGE) -> str:
    return make_token(KEY, purpose, Link(someone.person_id, generation))


def taken(app: Flask, token: str) -> tuple[Any, zipfile.ZipFile]:
    answer = app.test_client().get(f"/my/{token}/mails/data.zip")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    return json.loads(archive.read("data.json")), archive


def test_it_holds_own_mails_and_invitations_and_nobody_else_s(app: Flask, sqlite_office: Office) -> None:
    event, own, other = an_event(), alice(), bob()
    sqlite_office.publish(event)
    sqlite_office.confirm(own, event)
    sqlite_office.confirm(other, event)
    sqlite_office.send()
    found, archive = taken(app, token_of(own))
    assert {row["to_email"] for row in found["mails"]} == {"alice@verein.example"}
    assert len(found["invitations"]) == len(event["sessions"])
    assert "bob" not in archive.read("data.json").decode()
    assert "alice@verein.example" in archive.read("data.html").decode()


def test_certificates_come_as_documents(app: Flask, sqlite_office: Office) -> None:
    own, event = alice(), a_training()
    attend(sqlite_office, event, own)
    order(sqlite_office, event)
    issue_what_is_due(sqlite_office)
    found, archive = taken(app, token_of(own))
    (certificate,) = found["certificates"]
    assert archive.read(certificate["file"]).startswith(b"%PDF")


def test_a_link_of_another_purpose_or_an_ended_one_opens_nothing(app: Flask, sqlite_office: Office) -> None:
    own, event = alice(), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(own, event)
    tokens = ["x", token_of(own, 2), token_of(own, purpose=Purpose.CALENDAR), token_of(bob())]
    assert [app.test_client().get(f"/my/{token}/mails/data.zip").status_code for token in tokens] == [404] * 4
