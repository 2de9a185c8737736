"""What the API refuses, each with an answer that says how to mend it."""

from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from shared.database import new_id
from tests.registration.front import Front, wish
from tests.rules import a_waitlist


@pytest.fixture
def event(front: Front) -> UUID:
    return front.house.event(capacity=5)


def errors(answer: TestResponse) -> list[str]:
    """The fields that are refused; the answer is a problem in the reader's language."""
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    found: dict[str, list[str]] = answer.get_json()["errors"]
    assert all(sentences and all(sentences) for sentences in found.values())
    return sorted(found)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"first_name": ""}, ["first_name"]),
        ({"first_name": "   "}, ["first_name"]),
        ({"first_name": None}, ["first_name"]),
        ({"first_name": 7, "last_name": ["x"]}, ["first_name", "last_name"]),
        ({"first_name": "x" * 10_000}, ["first_name"]),
        ({"last_name": "Ana\u0000"}, ["last_name"]),
        ({"last_name": "Ana\nBcc: all@example.org"}, ["last_name"]),
        ({"last_name": "\ud800"}, ["last_name"]),
        ({"email": "no address"}, ["email"]),
        ({"email": "a@b"}, ["email"]),
        ({"email": "a" * 250 + "@example.org"}, ["email"]),
        ({"email": "ana@example.org\r\nBcc: x@example.org"}, ["email"]),
        ({"organisation": "x" * 201}, ["organisation"]),
        ({"locale": "tlh"}, ["locale"]),
        ({"locale": 1}, ["locale"]),
        ({"answers": {"diet": "vegan"}, "needs": [], "consents": ["photo"]}, ["consents", "needs"]),
    ],
)
def test_wrong_fields_are_named(front: Front, event: UUID, changes: dict[str, Any], fields: list[str]) -> None:
    assert errors(front.post(f"/events/{event}/registrations", {**wish("Ana Novak"), **changes})) == fields
    assert front.house.states(event) == []


def test_missing_fields_are_named(front: Front, event: UUID) -> None:
    assert errors(front.post(f"/events/{event}/registrations", {})) == ["email", "first_name", "last_name"]


@pytest.mark.parametrize("body", [[], [wish("Ana Novak")], "text", 1, True])
def test_anything_but_an_object_is_refused(front: Front, event: UUID, body: Any) -> None:
    answer = front.send("POST", f"/events/{event}/registrations", json=body)
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


def test_rows_of_attendance_must_be_a_list(front: Front) -> None:
    answer = front.post(f"/sessions/{new_id()}/attendance", {"id": "x"}, by="bob")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "x"}, "0.id"),
        ({"kind": "telepathy"}, "0.kind"),
        ({"at": "2027-03-28T10:00:00"}, "0.at"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "0.at"),
        ({"at": "yesterday"}, "0.at"),
        ({"until": "0001-01-01T00:00:00+14:00"}, "0.until"),
        ({"present": "yes"}, "0.present"),
        ({"device": "x" * 61}, "0.device"),
        ({"reason": "x" * 1_001}, "0.reason"),
    ],
)
def test_wrong_fields_of_a_row_are_named_with_the_row(front: Front, changes: dict[str, Any], field: str) -> None:
    row = {"id": str(new_id()), "registration_id": str(new_id()), "kind": "door", "at": "2027-03-28T10:00:00+02:00"}
    assert errors(front.post(f"/sessions/{new_id()}/attendance", [{**row, **changes}], by="bob")) == [field]


def test_another_content_type_is_not_understood(front: Front, event: UUID) -> None:
    path = f"/events/{event}/registrations"
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
        answer = front.send("POST", path, data=b"{}", content_type=content_type)
        assert answer.status_code == 415, content_type
        assert answer.get_json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"email": NaN'])
def test_what_is_no_json_is_refused(front: Front, event: UUID, body: bytes) -> None:
    answer = front.send("POST", f"/events/{event}/registrations", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


def test_a_body_over_the_limit_is_refused(front: Front, event: UUID) -> None:
    answer = front.post(f"/events/{event}/registrations", {**wish("Ana Novak"), "organisation": "x" * 1_100_000})
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": "9" * 5_000}, "limit"),
        ({"state": "asleep"}, "state"),
        ({"q": "x" * 201}, "q"),
        ({"q": "\x1b"}, "q"),
        ({"cursor": "x" * 1_001}, "cursor"),
    ],
)
def test_wrong_queries_are_named(front: Front, event: UUID, query: dict[str, str], field: str) -> None:
    assert errors(front.get(f"/events/{event}/registrations", by="alice", **query)) == [field]


@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U", "W10", "W1sidiIsIDFdLCBbInYiLCAyXSwgWyJ2IiwgM11d"])
def test_a_foreign_cursor_is_refused(front: Front, event: UUID, cursor: str) -> None:
    for path in ("registrations", "waitlist", "decisions", "attendance"):
        answer = front.get(f"/events/{event}/{path}", by="alice", cursor=cursor)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "cursor_invalid")


def test_an_idempotency_key_is_bounded(front: Front, event: UUID) -> None:
    answer = front.post(f"/events/{event}/registrations", wish("Ana Novak"), headers={"Idempotency-Key": "x" * 201})
    assert errors(answer) == ["Idempotency-Key"]


@pytest.mark.parametrize("path", ["/events/1", "/events/x/registrations", "/registrations/../cancel", "/nothing"])
def test_ids_that_are_none_are_not_found(front: Front, path: str) -> None:
    answer = front.get(path, by="alice")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_an_unknown_event_is_said_to_be_unknown(front: Front) -> None:
    answer = front.register(new_id(), "Ana Novak")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "event_not_found")


def test_a_closed_window_and_a_full_event_say_so(front: Front) -> None:
    closed = front.house.event(registration_closes_at=front.house.clock())
    assert front.register(closed, "Ana Novak").get_json()["code"] == "closed"
    full = front.house.event(capacity=0, waitlist=a_waitlist(enabled=False))
    answer = front.register(full, "Ana Novak")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "event_full")


def test_refusals_speak_the_readers_language(front: Front, event: UUID) -> None:
    front.register(event, "Ana Novak")
    path = f"/events/{event}/registrations"
    german = front.post(path, wish("Ana Novak"), headers={"Accept-Language": "de"}).get_json()["detail"]
    english = front.post(path, wish("Ana Novak"), headers={"Accept-Language": "en"}).get_json()["detail"]
    assert german != english
    assert english.startswith("This address is already registered")
