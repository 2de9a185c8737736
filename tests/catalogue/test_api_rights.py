"""Who may do what. Alice organises, Bob only reads, Charlie holds a door, and many have no token at all."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.catalogue import accounts
from tests.catalogue.parts import ACTOR, EVENT, REASON, Catalogue

API = "/api/catalogue/v1"
CANCEL = {"reason": REASON}

# method, path, body, and the status for Adam, Alice, Bob, Charlie, and somebody without a token
RIGHTS: list[tuple[str, str, Any, tuple[int, int, int, int, int]]] = [
    ("GET", "/series", None, (200, 200, 200, 200, 200)),
    ("GET", "/series/{series}", None, (200, 200, 200, 200, 200)),
    ("GET", "/series/{draft_series}", None, (200, 200, 200, 200, 404)),
    ("GET", "/events", None, (200, 200, 200, 200, 200)),
    ("GET", "/events/{event}", None, (200, 200, 200, 200, 200)),
    ("GET", "/events/{event}?revision=pending", None, (200, 200, 200, 200, 401)),
    ("GET", "/events/{draft}", None, (200, 200, 200, 200, 404)),
    ("GET", "/me", None, (200, 200, 200, 200, 401)),
    ("GET", "/audit", None, (200, 200, 200, 403, 401)),
    ("POST", "/series", {"title": {"de": "Reihe"}}, (201, 201, 403, 403, 401)),
    ("PATCH", "/series/{series}", {"title": {"de": "Reihe"}}, (200, 200, 403, 403, 401)),
    ("POST", "/series/{draft_series}/publish", None, (200, 200, 403, 403, 401)),
    ("POST", "/series/{series}/cancel", CANCEL, (200, 200, 403, 403, 401)),
    ("POST", "/series/{series}/copy", {"starts_on": "2028-01-10"}, (422, 422, 403, 403, 401)),  # it has no event
    ("POST", "/events", EVENT, (201, 201, 403, 403, 401)),
    ("PATCH", "/events/{event}", {"capacity": 5}, (200, 200, 403, 403, 401)),
    ("POST", "/events/{draft}/publish", None, (200, 200, 403, 403, 401)),
    ("POST", "/events/{event}/copy", {"starts_on": "2028-01-10"}, (201, 201, 403, 403, 401)),
    ("POST", "/events/{event}/cancel", CANCEL, (200, 200, 403, 403, 401)),
]
PEOPLE = ("adam", "alice", "bob", "charlie", "")


@pytest.mark.parametrize(("method", "path", "body", "statuses"), RIGHTS, ids=[f"{r[0]} {r[1]}" for r in RIGHTS])
@pytest.mark.parametrize("person", PEOPLE)
def test_each_person_may_do_what_their_role_allows(
    catalogue: Catalogue,
    client: FlaskClient,
    method: str,
    path: str,
    body: Any,
    statuses: tuple[int, ...],
    person: str,
) -> None:
    ids = {
        "series": catalogue.published_series().id,
        "draft_series": catalogue.series().id,
        "event": catalogue.published_event().id,
        "draft": catalogue.event().id,
    }
    before = len(catalogue.sent())
    response = client.open(API + path.format(**ids), method=method, json=body, headers=catalogue.as_(person))
    assert response.status_code == statuses[PEOPLE.index(person)]
    if response.status_code in (401, 403, 404):
        assert response.content_type == "application/problem+json"
        assert len(catalogue.sent()) == before
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_every_operation_stands_in_the_table_of_rights(client: FlaskClient) -> None:
    described = client.get(f"{API}/openapi.json").get_json()["paths"]
    methods = {
        (method.upper(), path.removeprefix(API).replace("{series_id}", "{}").replace("{event_id}", "{}"))
        for path, operations in described.items()
        for method in operations
        if method != "parameters"
    }
    tried = {(method, _shape(path)) for method, path, _body, _statuses in RIGHTS}
    assert tried == methods


def _shape(path: str) -> str:
    for name in ("series", "draft_series", "event", "draft"):
        path = path.replace(f"{{{name}}}", "{}")
    return path.split("?")[0]


@pytest.mark.parametrize("header", ["Bearer invented", "Bearer ", "Basic YTpi", "Bearer Ä", "nonsense"])
@pytest.mark.parametrize("path", ["/events", "/me"])
def test_a_wrong_token_is_refused_even_where_none_is_needed(client: FlaskClient, header: str, path: str) -> None:
    response = client.get(API + path, headers={"Authorization": header})
    assert (response.status_code, response.get_json()["code"]) == (401, "token_invalid")


def test_a_token_that_is_narrowed_does_no_more_than_its_scope(catalogue: Catalogue, client: FlaskClient) -> None:
    with catalogue.work() as uow:
        admin = accounts.account_by_email(uow.session, "adam@example.org")
        assert admin is not None
        token = accounts.add_token(uow, admin.id, "reader", ["auditor"], ACTOR)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get(f"{API}/me", headers=headers).get_json()["scopes"] == ["auditor"]
    assert client.post(f"{API}/events", json=EVENT, headers=headers).status_code == 403


def test_a_locked_account_is_out_at_once(catalogue: Catalogue, client: FlaskClient) -> None:
    headers = catalogue.as_("alice")
    with catalogue.work() as uow:
        alice = accounts.account_by_email(uow.session, "alice@example.org")
        assert alice is not None
        accounts.lock(uow, alice.id, ACTOR)
    assert client.get(f"{API}/me", headers=headers).status_code == 401


def test_the_api_takes_no_cookie(catalogue: Catalogue, client: FlaskClient) -> None:
    client.set_cookie("reihe_staff", catalogue.staff["alice"])
    assert client.get(f"{API}/me").status_code == 401


def test_organisers_read_in_the_audit_log_what_concerns_events_and_auditors_everything(
    catalogue: Catalogue, client: FlaskClient
) -> None:
    catalogue.event()

    def actions(person: str) -> set[str]:
        answer = client.get(f"{API}/audit", headers=catalogue.as_(person))
        return {act["action"] for act in answer.json["items"]}  # type: ignore[index]  # it is JSON

    assert actions("alice") == {"event.created"}
    assert actions("bob") == {"event.created", "account.added", "account.token_added"}
