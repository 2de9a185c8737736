"""Bad requests get a clear answer that says how to mend them; never a 500."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.catalogue.parts import EVENT, SESSION, Catalogue

API = "/api/catalogue/v1"
EVENTS = f"{API}/events"
ITEM = EVENT["programme"][0]
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def alice(catalogue: Catalogue, client: FlaskClient) -> dict[str, str]:
    """Headers in Alice's name."""
    del client  # it employs her
    return catalogue.as_("alice")


def _problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = response.get_json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["request_id"]
    return problem


@pytest.mark.parametrize("body", [[], [EVENT], "text", 7, None, True])
def test_what_is_no_object_at_the_top_is_refused(client: FlaskClient, alice: dict[str, str], body: Any) -> None:
    response = client.post(EVENTS, data=json.dumps(body), content_type="application/json", headers=alice)
    assert _problem(response, 422)["errors"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"colour": "red"}, "colour"),
        ({"sessions": [{**SESSION, "venue": "Elsewhere"}]}, "sessions.0.venue"),
        ({"sessions": [{**SESSION, "ends_at": "2027-03-28T09:00:00+02:00"}], "programme": []}, "sessions.0.ends_at"),
        ({"sessions": [{**SESSION, "time_zone": "Mars/Olympus"}]}, "sessions.0.time_zone"),
        ({"sessions": [{**SESSION, "starts_at": "tomorrow"}]}, "sessions.0.starts_at"),
        ({"sessions": ["tomorrow"]}, "sessions.0"),
        ({"sessions": {"0": SESSION}}, "sessions"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": "many"}, "capacity"),
        ({"capacity": 1e400}, "capacity"),
        ({"title": {"de": "n" * 10_000}}, "title.de"),
        ({"title": {"de": "Recht\x00"}}, "title.de"),
        ({"title": {"de": "Recht\ud800"}}, "title.de"),
        ({"title": {"de": 5}}, "title.de"),
        ({"title": {"not a language": "x"}}, "title.not a language"),
        ({"title": {"de": " \u00a0 "}}, "title"),
        (
            {"programme": [{**EVENT["programme"][0], "speakers": [{"name": "n" * 10_000}]}]},
            "programme.0.speakers.0.name",
        ),
        ({"series_id": "x"}, "series_id"),
        ({"slug": "../etc"}, "slug"),
    ],
)
def test_each_wrong_field_is_named(
    client: FlaskClient, alice: dict[str, str], fields: dict[str, Any], wrong: str
) -> None:
    response = client.post(EVENTS, data=json.dumps({**EVENT, **fields}), content_type="application/json", headers=alice)
    assert list(_problem(response, 422)["errors"]) == [wrong]


def test_what_is_missing_is_named(client: FlaskClient, alice: dict[str, str]) -> None:
    problem = _problem(client.post(EVENTS, json={}, headers={**alice, **ENGLISH}), 422)
    assert problem["errors"] == {"title": ["Please fill this in."], "capacity": ["Please fill this in."]}


def test_problems_are_told_in_the_readers_language(client: FlaskClient, alice: dict[str, str]) -> None:
    english = _problem(client.post(EVENTS, json={}, headers={**alice, **ENGLISH}), 422)
    german = _problem(client.post(EVENTS, json={}, headers={**alice, "Accept-Language": "de"}), 422)
    assert english["code"] == german["code"] == "invalid"
    assert english["title"] != german["title"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/xml"])
def test_another_content_type_is_refused(client: FlaskClient, alice: dict[str, str], content_type: str) -> None:
    body = json.dumps(EVENT)
    _problem(client.post(EVENTS, data=body, content_type=content_type, headers=alice), 415)


@pytest.mark.parametrize("body", ["{", b"\xff\xfe{}", '{"title": }', "[" * 100_000, '{"a":' * 100_000])
def test_what_is_no_json_is_refused(client: FlaskClient, alice: dict[str, str], body: Any) -> None:
    _problem(client.post(EVENTS, data=body, content_type="application/json", headers=alice), 400)


def test_a_body_over_the_limit_is_refused(client: FlaskClient, alice: dict[str, str]) -> None:
    body = json.dumps({**EVENT, "description": {"de": "x" * 1_100_000}})
    _problem(client.post(EVENTS, data=body, content_type="application/json", headers=alice), 413)


@pytest.mark.parametrize("path", ["/events/x", "/events/01920000-0000-7000-8000-000000000000", "/series/x", "/nothing"])
def test_what_is_not_there_is_not_found(client: FlaskClient, alice: dict[str, str], path: str) -> None:
    _problem(client.get(API + path, headers=alice), 404)


@pytest.mark.parametrize("path", ["/events", "/series"])
def test_another_method_is_refused_with_those_that_are_allowed(client: FlaskClient, path: str) -> None:
    response = client.delete(API + path)
    _problem(response, 405)
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("state=secret", "state"),
        ("kind=party", "kind"),
        ("q=%01", "q"),
        ("q=" + "x" * 201, "q"),
        ("series_id=x", "series_id"),
        ("from=2027-01-01", "from"),
        ("until=9999-12-31T23:59:59-12:00", "until"),
    ],
)
def test_a_wrong_query_is_refused(client: FlaskClient, query: str, wrong: str) -> None:
    assert list(_problem(client.get(f"{EVENTS}?{query}"), 422)["errors"]) == [wrong]


@pytest.mark.parametrize("cursor", ["x", "WzFd", "W1sidCIsIm5vdyJdXQ", "%FF"])
def test_a_foreign_cursor_is_refused(client: FlaskClient, cursor: str) -> None:
    for path in ("/events", "/series"):
        assert _problem(client.get(f"{API}{path}?cursor={cursor}"), 422)["code"] == "cursor_invalid"


def test_a_key_that_is_too_long_is_refused(client: FlaskClient, alice: dict[str, str]) -> None:
    headers = {**alice, "Idempotency-Key": "k" * 201}
    assert list(_problem(client.post(EVENTS, json=EVENT, headers=headers), 422)["errors"]) == ["Idempotency-Key"]


def test_the_reason_of_a_cancellation_is_required_and_bounded(
    catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]
) -> None:
    path = f"{EVENTS}/{catalogue.published_event().id}/cancel"
    bodies: list[dict[str, Any]] = [{}, {"reason": {}}, {"reason": "weil"}]
    for body in bodies:
        assert list(_problem(client.post(path, json=body, headers=alice), 422)["errors"]) == ["reason"]
    too_long = {"reason": {"de": "x" * 10_000}}
    assert list(_problem(client.post(path, json=too_long, headers=alice), 422)["errors"]) == ["reason.de"]


def test_a_draft_cannot_be_cancelled(catalogue: Catalogue, client: FlaskClient, alice: dict[str, str]) -> None:
    path = f"{EVENTS}/{catalogue.event().id}/cancel"
    problem = _problem(client.post(path, json={"reason": {"de": "weil"}}, headers=alice), 409)
    assert problem["code"] == "event_not_published"
