"""Reminders over the API: listed with when each is sent, added, changed, looked at, removed; and by whom."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.notifications.app import create_app
from shared.database import new_id
from tests.notifications.parts import Office, alice, an_event

API = "/api/notifications/v1"
DORA = {"Authorization": "Bearer dora-token"}
CHARLIE = {"Authorization": "Bearer charlie-token"}
RULE = {"timing": "before_start", "amount": 2, "unit": "days", "each_session": True, "audience": "confirmed"}


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


@pytest.fixture
def path(event: dict[str, Any]) -> str:
    return f"/events/{event['event_id']}/reminders"


def call(client: FlaskClient, method: str, path: str, body: Any = None, *, status: int = 200, key: str = "") -> Any:
    headers = {**DORA, "Idempotency-Key": key} if key else DORA
    answer = client.open(API + path, method=method, json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json if answer.data else None


def test_a_reminder_is_added_listed_changed_looked_at_and_removed(
    client: FlaskClient, event: dict[str, Any], path: str
) -> None:
    made = call(client, "POST", path, {**RULE, "subject": {"en": "See you soon"}}, status=201)
    assert made.items() >= {**RULE, "event_id": str(event["event_id"]), "subject": {"en": "See you soon"}}.items()
    (turn,) = made["turns"]
    assert turn == {
        "session_id": str(event["sessions"][0]["session_id"]),
        "due_at": "2027-03-26T09:00:00+00:00",
        "state": "planned",
        "mails": {},
    }
    assert call(client, "GET", path) == {"items": [made], "next_cursor": None}
    one = f"{path}/{made['id']}"
    changed = call(client, "PUT", one, {**RULE, "amount": 1})
    assert (changed["amount"], changed["subject"], changed["turns"][0]["due_at"][:10]) == (1, {}, "2027-03-27")
    assert call(client, "GET", one) == changed
    shown = call(client, "GET", f"{one}/preview/en")
    assert "A… Ö…" in shown["text"]
    call(client, "DELETE", one, status=204)
    call(client, "GET", one, status=404)
    assert call(client, "GET", path)["items"] == []


def test_what_has_been_sent_is_counted(client: FlaskClient, sqlite_office: Office, path: str) -> None:
    made = call(client, "POST", path, RULE, status=201)
    sqlite_office.clock.turn(days=74, hours=1)
    sqlite_office.remind()
    (turn,) = call(client, "GET", f"{path}/{made['id']}")["turns"]
    assert (turn["state"], turn["mails"]) == ("written", {"queued": 1})


def test_the_same_key_adds_one_reminder_and_another_request_with_it_is_refused(client: FlaskClient, path: str) -> None:
    first = call(client, "POST", path, RULE, status=201, key="one")
    assert call(client, "POST", path, RULE, status=201, key="one")["id"] == first["id"]
    refused = call(client, "POST", path, {**RULE, "amount": 3}, status=422, key="one")
    assert refused["code"] == "idempotency_key_reused"
    assert len(call(client, "GET", path)["items"]) == 1


def test_the_same_key_drafts_one_circular(client: FlaskClient, event: dict[str, Any]) -> None:
    path = f"/events/{event['event_id']}/circulars"
    letter = {"subject": {"en": "Hello"}, "text": {"en": "Bring a pen."}, "states": ["confirmed"]}
    drafted = [call(client, "POST", path, letter, status=201, key="one")["id"] for _ in range(2)]
    assert len(set(drafted)) == len(call(client, "GET", path)["items"]) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": "2"}, "amount"),
        ({"unit": "weeks"}, "unit"),
        ({"each_session": "yes"}, "each_session"),
        ({"audience": "present"}, "audience"),
        ({"text": {"en": "{oops}"}}, "text.en"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_field(
    client: FlaskClient, path: str, changes: dict[str, Any], field: str
) -> None:
    refused = call(client, "POST", path, {**RULE, **changes}, status=422)
    assert list(refused["errors"]) == [field]
    assert call(client, "GET", path)["items"] == []


def test_a_reminder_of_another_event_or_of_none_is_not_found(
    client: FlaskClient, sqlite_office: Office, path: str
) -> None:
    made, other = call(client, "POST", path, RULE, status=201), an_event()
    sqlite_office.publish(other)
    for event_id in (other["event_id"], new_id()):
        for method, rest, body in everything(made["id"]):
            if rest:
                call(client, method, f"/events/{event_id}/reminders{rest}", body, status=404)
    call(client, "POST", f"/events/{new_id()}/reminders", RULE, status=404)
    call(client, "GET", f"/events/{new_id()}/reminders", status=404)


def everything(reminder_id: UUID | str) -> list[tuple[str, str, Any]]:
    one = f"/{reminder_id}"
    return [
        ("GET", "", None),
        ("POST", "", RULE),
        ("GET", one, None),
        ("PUT", one, RULE),
        ("GET", f"{one}/preview/en", None),
        ("DELETE", one, None),
    ]


def test_only_organisers_may(client: FlaskClient, path: str) -> None:
    made = call(client, "POST", path, RULE, status=201)
    for method, rest, body in everything(made["id"]):
        for headers, status in ((CHARLIE, 403), ({}, 401)):
            assert client.open(f"{API}{path}{rest}", method=method, json=body, headers=headers).status_code == status
    assert call(client, "GET", path)["items"] == [made]
