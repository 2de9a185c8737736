"""The API for mails: listing, the stored source, sending again, and who may."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.notifications.app import create_app
from tests.notifications.parts import Office, alice, an_event, bob, parsed, text_of

MAILS = "/api/notifications/v1/mails"
DORA = {"Authorization": "Bearer dora-token"}
CHARLIE = {"Authorization": "Bearer charlie-token"}


@pytest.fixture
def client(sqlite_office: Office) -> FlaskClient:
    sqlite_office.employ("Dora", "organiser", token="dora-token")
    sqlite_office.employ("Charlie", "door", "auditor", "needs", token="charlie-token")
    return create_app(sqlite_office.core).test_client()


@pytest.fixture
def event(sqlite_office: Office) -> dict[str, Any]:
    made = an_event()
    sqlite_office.publish(made)
    return made


def test_a_registrations_mails_are_listed_without_their_content(
    client: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    person = alice()
    sqlite_office.confirm(person, event)
    sqlite_office.wait(bob(), event)
    answer = client.get(f"{MAILS}?registration_id={person.registration_id}", headers=DORA)
    assert answer.status_code == 200
    (item,) = answer.json["items"]  # type: ignore[index]  # there is a body
    assert (
        item.items()
        >= {
            "registration_id": str(person.registration_id),
            "event_id": str(event["event_id"]),
            "kind": "confirmed",
            "to": "alice@verein.example",
            "subject": "Your place is confirmed: Association law",
            "state": "queued",
            "sent_at": None,
        }.items()
    )
    assert item["created_at"] == "2027-01-11T09:00:00+00:00"
    assert "text" not in item


def test_mails_are_filtered_by_event_and_state_and_come_in_pages(
    client: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    sqlite_office.confirm(alice(), event)
    sqlite_office.send()
    sqlite_office.wait(bob(), event)
    for state, count in (("sent", 1), ("queued", 1), ("failed", 0)):
        found = client.get(f"{MAILS}?event_id={event['event_id']}&state={state}", headers=DORA).json
        assert len(found["items"]) == count  # type: ignore[index]
    for query, count in (("kind=waitlisted", 1), ("address=bob", 1), ("until=2027-01-11T09:00:00Z", 0)):
        assert len(client.get(f"{MAILS}?{query}", headers=DORA).json["items"]) == count  # type: ignore[index]
    first: Any = client.get(f"{MAILS}?limit=1", headers=DORA).json
    second: Any = client.get(f"{MAILS}?limit=1&cursor={first['next_cursor']}", headers=DORA).json
    assert [page["items"][0]["kind"] for page in (first, second)] == ["confirmed", "waitlisted"]
    assert second["next_cursor"] is None


def test_the_source_of_a_mail_leaves_the_persons_links_as_placeholders(
    client: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    sqlite_office.confirm(alice(), event)
    sqlite_office.send()
    (mail,) = sqlite_office.mails()
    answer = client.get(f"{MAILS}/{mail.id}.eml", headers=DORA)
    assert answer.headers["Content-Type"] == "message/rfc822"
    assert answer.headers["Cache-Control"] == "no-store"
    message = parsed(answer.data)
    assert "https://reihe.example/my/PERSONAL-LINK\n" in text_of(message)
    assert message["Message-ID"] == f"<{mail.message_id}>"


def test_a_mail_is_sent_again(client: FlaskClient, sqlite_office: Office, event: dict[str, Any]) -> None:
    sqlite_office.confirm(alice(), event)
    (first,) = sqlite_office.send()
    (mail,) = sqlite_office.mails()
    answer = client.post(f"{MAILS}/{mail.id}/resend", headers=DORA)
    assert answer.status_code == 202
    assert answer.json["state"] == "queued"  # type: ignore[index]
    (again,) = sqlite_office.send()
    assert again["Message-ID"] == first["Message-ID"]
    assert text_of(again) == text_of(first)


def test_a_mail_that_waits_is_stopped_and_one_that_has_left_is_not(
    client: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    sqlite_office.confirm(alice(), event)
    (mail,) = sqlite_office.mails()
    for _ in range(2):
        answer = client.post(f"{MAILS}/{mail.id}/stop", headers=DORA)
        assert (answer.status_code, answer.json["state"]) == (200, "stopped")  # type: ignore[index]
    assert sqlite_office.send() == []
    client.post(f"{MAILS}/{mail.id}/resend", headers=DORA)
    assert len(sqlite_office.send()) == 1
    late = client.post(f"{MAILS}/{mail.id}/stop", headers=DORA)
    assert (late.status_code, late.json["code"]) == (409, "mail_not_waiting")  # type: ignore[index]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/{id}.eml"), ("POST", "/{id}/resend"), ("POST", "/{id}/stop")]
)
@pytest.mark.parametrize(("headers", "status"), [(CHARLIE, 403), ({}, 401), ({"Authorization": "Bearer wrong"}, 401)])
def test_charlie_may_do_nothing_here(
    client: FlaskClient,
    sqlite_office: Office,
    event: dict[str, Any],
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    sqlite_office.confirm(alice(), event)
    sqlite_office.send()
    (mail,) = sqlite_office.mails()
    answer = client.open(MAILS + path.format(id=mail.id), method=method, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert sqlite_office.send() == []


def test_a_locked_account_is_out_at_once(client: FlaskClient, sqlite_office: Office) -> None:
    account_id = sqlite_office.employ("Erik", "organiser", token="eriks-token")
    erik = {"Authorization": "Bearer eriks-token"}
    assert client.get(MAILS, headers=erik).status_code == 200
    sqlite_office.employ("Erik", "organiser", token="eriks-token", account_id=account_id, active=False)
    assert client.get(MAILS, headers=erik).status_code == 401


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("registration_id=nonsense", "registration_id"),
        ("event_id=1", "event_id"),
        ("state=lost", "state"),
        ("limit=0", "limit"),
        ("limit=1000", "limit"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_field(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"{MAILS}?{query}", headers=DORA)
    assert answer.status_code == 422
    assert field in answer.json["errors"]  # type: ignore[index]


def test_a_cursor_of_another_list_is_refused(client: FlaskClient) -> None:
    assert client.get(f"{MAILS}?cursor=bm90aGluZw", headers=DORA).status_code == 422


@pytest.mark.parametrize("mail_id", ["01920000-0000-7000-8000-000000000000", "nonsense"])
def test_an_unknown_mail_is_not_found(client: FlaskClient, mail_id: str) -> None:
    assert client.get(f"{MAILS}/{mail_id}.eml", headers=DORA).status_code == 404
    assert client.post(f"{MAILS}/{mail_id}/resend", headers=DORA).status_code == 404


def test_readiness_says_since_when_the_oldest_mail_waits(
    client: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    assert client.get("/readyz").json["oldest_mail_seconds"] is None  # type: ignore[index]
    sqlite_office.confirm(alice(), event)
    sqlite_office.clock.turn(seconds=90)
    assert client.get("/readyz").json["oldest_mail_seconds"] == 90.0  # type: ignore[index]
