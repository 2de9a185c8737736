"""Certificates in the JSON interface: orders with progress, lists, documents, revocation, verification, rights."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from services.notifications.models import Certificate, Job
from tests.notifications.certificate_parts import (
    AFTER,
    a_training,
    attend,
    certificates,
    count,
    issue_what_is_due,
    people,
    revoke,
    tell_lost,
    the_certificate,
)
from tests.notifications.parts import Office, Someone, alice, bob

API = "/api/notifications/v1"
DORA, EDA, CHARLIE = "dora-organises", "eda-reads", "charlie-stands-at-the-door"


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def client(app: Flask, sqlite_office: Office) -> FlaskClient:
    """Dora organises, Eda may read everything, Charlie has nothing to do with certificates."""
    sqlite_office.employ("Dora", "organiser", token=DORA)
    sqlite_office.employ("Eda", "auditor", token=EDA)
    sqlite_office.employ("Charlie", "door", token=CHARLIE)
    return app.test_client()


def get(client: FlaskClient, path: str, token: str = DORA) -> TestResponse:
    return client.get(API + path, headers={"Authorization": f"Bearer {token}"} if token else {})


def post(client: FlaskClient, path: str, body: Any, token: str = DORA, **headers: str) -> TestResponse:
    authorization = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(API + path, json=body, headers={**authorization, **headers})


def order_path(event: dict[str, Any]) -> str:
    return f"/events/{event['event_id']}/certificates"


def issued_to(sqlite_office: Office, *someone: Someone, **changes: Any) -> list[Certificate]:
    attend(sqlite_office, a_training(**changes), *someone)
    sqlite_office.clock.turn(**AFTER)
    issue_what_is_due(sqlite_office)
    return certificates(sqlite_office)


def test_an_order_answers_at_once_with_a_job_to_watch(client: FlaskClient, sqlite_office: Office) -> None:
    event = a_training()
    unprintable = Someone("王", "小明", "wang@verein.example")
    attend(sqlite_office, event, alice(), bob(), unprintable)
    answer = post(client, order_path(event), {})
    assert answer.status_code == 202
    assert answer.json
    assert (answer.json["state"], answer.json["total"], answer.json["done"]) == ("running", 3, 0)
    assert count(sqlite_office, Certificate) == 0
    issue_what_is_due(sqlite_office)
    assert answer.headers["Location"] == f"{API}/jobs/{answer.json['id']}"
    job = get(client, f"/jobs/{answer.json['id']}").json
    assert job
    (failure,) = job.pop("failures")
    assert job == {
        "id": answer.json["id"],
        "kind": "certificates",
        "event_id": str(event["event_id"]),
        "series_id": None,
        "state": "finished",
        "created_at": sqlite_office.clock().isoformat(),
        "total": 3,
        "done": 3,
        "issued": 2,
        "failed": 1,
        "withdrawn": 0,
    }
    assert (failure["registration_id"], failure["code"], failure["fields"]) == (
        str(unprintable.registration_id),
        "unprintable_letters",
        ["name"],
    )
    assert "王" in failure["reason"]


def test_the_same_key_orders_once(client: FlaskClient, sqlite_office: Office) -> None:
    event, mehmet = a_training(), bob()
    attend(sqlite_office, event, alice(), mehmet)
    first = post(client, order_path(event), {}, **{"Idempotency-Key": "k1"})
    again = post(client, order_path(event), {}, **{"Idempotency-Key": "k1"})
    assert first.json
    assert again.json
    assert first.json["id"] == again.json["id"]
    assert count(sqlite_office, Job) == 1
    other = {"registration_ids": [str(mehmet.registration_id)]}
    refused = post(client, order_path(event), other, **{"Idempotency-Key": "k1"})
    assert refused.status_code == 422
    assert refused.json
    assert refused.json["code"] == "idempotency_key_reused"


def test_an_order_may_name_people(client: FlaskClient, sqlite_office: Office) -> None:
    event, mehmet = a_training(), bob()
    attend(sqlite_office, event, alice(), mehmet)
    answer = post(client, order_path(event), {"registration_ids": [str(mehmet.registration_id)]})
    assert answer.json
    assert answer.json["total"] == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"registration_ids": []}, 422, "registration_ids"),
        ({"registration_ids": ["not-an-id"]}, 422, "registration_ids.0"),
        ({"registration_ids": [str(UUID(int=7))]}, 422, "registration_ids.0"),
        ({"registration_ids": [str(UUID(int=7))] * 5_001}, 422, "registration_ids"),
        ({"people": []}, 422, "people"),
        ([], 422, ""),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    client: FlaskClient, sqlite_office: Office, body: Any, status: int, field: str
) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    answer = post(client, order_path(event), body)
    assert answer.status_code == status
    assert answer.json
    assert field in answer.json["errors"]
    assert count(sqlite_office, Job) == 0


def test_what_is_unknown_is_not_found(client: FlaskClient) -> None:
    assert post(client, order_path({"event_id": uuid4()}), {}).status_code == 404
    assert get(client, f"/jobs/{uuid4()}").status_code == 404
    assert get(client, "/certificates/2027-0001").status_code == 404
    assert get(client, "/certificates/2027-0001.pdf").status_code == 404
    assert post(client, "/certificates/2027-0001/revoke", {"reason": "x"}).status_code == 404


def test_a_certificate_is_answered_with_all_that_is_known_of_it(client: FlaskClient, sqlite_office: Office) -> None:
    olena = alice()
    (certificate,) = issued_to(sqlite_office, olena)
    answer = get(client, "/certificates/2027-0001").json
    assert answer == {
        "id": str(certificate.id),
        "number": "2027-0001",
        "code": certificate.code,
        "registration_id": str(olena.registration_id),
        "event_id": str(certificate.event_id),
        "state": "valid",
        "issued_at": sqlite_office.clock().isoformat(),
        "locale": "en",
        "title": "Association law",
        "first_day": "2027-03-28",
        "last_day": "2027-03-28",
        "teaching_units": 6.0,
        "minutes": 270,
        "sha256": certificate.digest,
        "revoked_at": None,
        "revoked_because": None,
        "reason": None,
    }
    assert get(client, f"/certificates?registration_id={olena.registration_id}").json == {
        "items": [answer],
        "next_cursor": None,
    }


def test_certificates_are_listed_in_pages_by_event(client: FlaskClient, sqlite_office: Office) -> None:
    found = issued_to(sqlite_office, *people(5))
    issued_to(sqlite_office, alice())
    event_id, cursor = found[0].event_id, ""
    listed: list[str] = []
    for expected in (2, 2, 1):
        page = get(client, f"/certificates?event_id={event_id}&limit=2{cursor}").json
        assert page
        assert len(page["items"]) == expected
        listed += [item["number"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert cursor == "&cursor=None"
    assert sorted(listed) == [f"2027-{ordinal:04d}" for ordinal in range(1, 6)]
    all_of_them = get(client, "/certificates").json
    assert all_of_them
    assert len(all_of_them["items"]) == 6


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "event_id=x", "cursor=nonsense"])
def test_a_query_that_makes_no_sense_is_refused(client: FlaskClient, query: str) -> None:
    assert get(client, f"/certificates?{query}").status_code == 422


def test_the_document_is_handed_out_as_it_was_issued(client: FlaskClient, sqlite_office: Office) -> None:
    (certificate,) = issued_to(sqlite_office, alice())
    answer = get(client, "/certificates/2027-0001.pdf")
    assert answer.data == certificate.pdf
    assert answer.content_type == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="2027-0001.pdf"'


def test_a_certificate_is_revoked_with_a_reason(client: FlaskClient, sqlite_office: Office) -> None:
    issued_to(sqlite_office, alice())
    for body, field in (({}, "reason"), ({"reason": " "}, "reason"), ({"reason": "x" * 1_001}, "reason")):
        refused = post(client, "/certificates/2027-0001/revoke", body)
        assert refused.status_code == 422
        assert refused.json
        assert field in refused.json["errors"]
    answer = post(client, "/certificates/2027-0001/revoke", {"reason": "The name was misspelt."}).json
    assert answer
    assert (answer["state"], answer["reason"]) == ("revoked", "The name was misspelt.")
    assert (answer["revoked_because"], answer["revoked_at"]) == ("organiser", sqlite_office.clock().isoformat())


def test_everybody_may_verify_a_code_however_it_is_typed(client: FlaskClient, sqlite_office: Office) -> None:
    (certificate,) = issued_to(sqlite_office, alice())
    expected = {
        "status": "valid",
        "number": "2027-0001",
        "title": "Association law",
        "date": "2027-03-28",
        "last_date": "2027-03-28",
        "hours": 4.5,
        "teaching_units": 6.0,
        "name_masked": "A. Ö.",
        "issued_at": sqlite_office.clock().isoformat(),
        "revoked_at": None,
    }
    typed = certificate.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for code in (certificate.code, typed):
        answer = get(client, f"/certificates/verify/{code}", token="")
        assert answer.status_code == 200
        assert answer.json == expected
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_revoked_code_says_so_without_the_reason(client: FlaskClient, sqlite_office: Office) -> None:
    (certificate,) = issued_to(sqlite_office, alice())
    revoke(sqlite_office, certificate.number, "She was not there.")
    answer = get(client, f"/certificates/verify/{certificate.code}", token="")
    assert answer.json
    assert (answer.json["status"], answer.json["number"]) == ("revoked", "2027-0001")
    assert "She was not there" not in answer.text


@pytest.mark.parametrize("code", ["7K3M-Q9XP-24TD", "x", "7K3M-Q9XP-24T", "'; DROP TABLE", "%00", "ß" * 12])
def test_an_unknown_code_is_unknown(client: FlaskClient, sqlite_office: Office, code: str) -> None:
    issued_to(sqlite_office, alice())
    answer = get(client, f"/certificates/verify/{code}", token="")
    if code == "%00":  # no path at all
        assert answer.status_code == 404
        return
    assert answer.json
    assert {name for name, value in answer.json.items() if value is not None} == {"status"}
    assert answer.json["status"] == "unknown"


PATHS = [
    ("GET", "/certificates"),
    ("GET", "/certificates/2027-0001"),
    ("GET", "/certificates/2027-0001.pdf"),
    ("POST", "/certificates/2027-0001/revoke"),
    ("GET", "/jobs/{job}"),
    ("POST", "/events/{event}/certificates"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_charlie_and_strangers_are_refused_and_an_auditor_only_reads(
    client: FlaskClient, sqlite_office: Office, method: str, path: str
) -> None:
    event = a_training()
    attend(sqlite_office, event, alice())
    job = post(client, order_path(event), {}).json
    assert job
    issue_what_is_due(sqlite_office)
    path = API + path.format(event=event["event_id"], job=job["id"])

    def status(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"reason": "x"} if path.endswith("revoke") else {}
        return client.open(path, method=method, json=body if method == "POST" else None, headers=headers).status_code

    assert status("") == 401
    assert status("nobody-has-this") == 401
    assert status(CHARLIE) == 403
    assert status(EDA) == (200 if method == "GET" else 403)
    assert the_certificate(sqlite_office, alice_of(sqlite_office)).state == "valid"
    assert status(DORA) in (200, 202)


def alice_of(sqlite_office: Office) -> Someone:
    (certificate,) = certificates(sqlite_office)
    return Someone("", "", "", registration_id=certificate.registration_id)


def test_losing_it_shows_in_the_interface(client: FlaskClient, sqlite_office: Office) -> None:
    event, olena = a_training(), alice()
    attend(sqlite_office, event, olena)
    sqlite_office.clock.turn(**AFTER)
    issue_what_is_due(sqlite_office)
    tell_lost(sqlite_office, olena, event)
    answer = get(client, "/certificates/2027-0001").json
    assert answer
    assert (answer["state"], answer["revoked_because"], answer["reason"]) == ("revoked", "lost", None)
