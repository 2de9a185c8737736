"""Circulars over the API: drafted, looked at, sent, watched, stopped; and by whom."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.notifications.app import create_app
from tests.notifications.parts import Office, alice, an_event

API = "/api/notifications/v1"
DORA = {"Authorization": "Bearer dora-token"}
CHARLIE = {"Authorization": "Bearer charlie-token"}
WORDS = {"subject": {"en": "Please bring a laptop"}, "text": {"en": "We practise."}, "states": ["confirmed"]}


@pytest.fixture
def client(sqlite_office: Office) -> FlaskClient:
    sqlite_office.employ("Dora", "organiser", token="dora-token")
    sqlite_office.employ("Charlie", "door", "auditor", "needs", token="charlie-token")
    return create_app(sqlite_office.core).test_client()


@pytest.fixture
def event(sqlite_office: Office) -> dict[str, Any]:
    made = an_event()
    sqlite_office.publish(made)
    sqlite_office.confirm(alice(), made)
    return made


def call(client: FlaskClient, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = client.open(API + path, method=method, json=body, headers=DORA)
    assert answer.status_code == status, answer.text
    return answer.json if answer.data else None


def test_a_circular_is_drafted_changed_looked_at_sent_and_watched(
    client: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    of_event = f"/events/{event['event_id']}/circulars"
    made = call(client, "POST", of_event, WORDS, status=201)
    assert (made["state"], made["version"], made["recipients"]) == ("draft", 1, {})
    path = f"/circulars/{made['id']}"
    changed = call(client, "PUT", path, {**WORDS, "text": {"en": "We practise a lot."}})
    assert changed["version"] == 2
    shown = call(client, "GET", f"{path}/preview/en")
    assert (shown["subject"], "We practise a lot." in shown["text"]) == ("Please bring a laptop", True)
    assert call(client, "POST", f"{path}/test", {"locale": "en"}, status=202)["to"] == "dora@verband.example"
    call(client, "POST", f"{path}/send", {"version": 1}, status=409)
    assert call(client, "POST", f"{path}/send", {"version": 2}, status=202)["state"] == "sending"
    sqlite_office.write_circulars()
    sqlite_office.send()
    far = call(client, "GET", path)
    assert (far["state"], far["recipients"]) == ("sent", {"sent": 1})
    (recipient,) = call(client, "GET", f"{path}/recipients?state=sent")["items"]
    assert (recipient["to"], recipient["state"]) == ("alice@verein.example", "sent")
    (mail,) = call(client, "GET", f"/mails?circular_id={made['id']}")["items"]
    assert (mail["id"], mail["circular_id"]) == (recipient["mail_id"], made["id"])
    assert [one["id"] for one in call(client, "GET", of_event)["items"]] == [made["id"]]


def test_it_is_stopped_and_a_draft_discarded(client: FlaskClient, event: dict[str, Any]) -> None:
    of_event = f"/events/{event['event_id']}/circulars"
    ids = [call(client, "POST", of_event, WORDS, status=201)["id"] for _ in range(2)]
    call(client, "POST", f"/circulars/{ids[0]}/stop", status=409)
    call(client, "POST", f"/circulars/{ids[0]}/send", {"version": 1}, status=202)
    assert call(client, "POST", f"/circulars/{ids[0]}/stop")["state"] == "stopped"
    call(client, "DELETE", f"/circulars/{ids[1]}", status=204)
    call(client, "GET", f"/circulars/{ids[1]}", status=404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/events/{event}/circulars"),
        ("POST", "/events/{event}/circulars"),
        ("GET", "/circulars/{id}"),
        ("PUT", "/circulars/{id}"),
        ("DELETE", "/circulars/{id}"),
        ("GET", "/circulars/{id}/preview/en"),
        ("GET", "/circulars/{id}/recipients"),
        ("POST", "/circulars/{id}/test"),
        ("POST", "/circulars/{id}/send"),
        ("POST", "/circulars/{id}/stop"),
    ],
)
def test_only_organisers_may(client: FlaskClient, event: dict[str, Any], method: str, path: str) -> None:
    made = call(client, "POST", f"/events/{event['event_id']}/circulars", WORDS, status=201)
    filled = API + path.format(event=event["event_id"], id=made["id"])
    assert client.open(filled, method=method, json={}, headers=CHARLIE).status_code == 403
    assert client.open(filled, method=method, json={}).status_code == 401
