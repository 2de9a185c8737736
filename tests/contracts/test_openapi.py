"""The three OpenAPI documents: what they promise is there, and programs understand them."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from shared.messages import SERVICES
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.xdist_group("api")

PROMISED = {
    "catalogue": """
        GET /series
        POST /series
        GET /series/{}
        PATCH /series/{}
        POST /series/{}/publish
        POST /series/{}/cancel
        GET /events
        POST /events
        GET /events/{}
        PATCH /events/{}
        POST /events/{}/publish
        POST /events/{}/cancel
        GET /me
    """,
    "registration": """
        GET /events/{}
        POST /events/{}/registrations
        POST /series/{}/enrolments
        GET /events/{}/registrations
        GET /events/{}/waitlist
        POST /registrations/{}/cancel
        POST /registrations/{}/promote
        GET /my/{}
        PATCH /my/{}
        PATCH /my/{}/registrations/{}
        POST /my/{}/registrations/{}/accept
        POST /my/{}/registrations/{}/cancel
        POST /my/{}/registrations/{}/decline
        POST /my/{}/enrolments/{}/cancel
        POST /sessions/{}/attendance
        GET /events/{}/attendance
        GET /events/{}/decisions
        GET /events/{}/statistics
        GET /events/{}/feedback
        GET /statistics
        GET /organisations
        GET /directory
        POST /organisations
        PATCH /organisations/{}
        POST /organisations/{}/merge
    """,
    "notifications": """
        GET /mails
        GET /mails/{}.eml
        POST /mails/{}/resend
        POST /events/{}/certificates
        GET /certificates
        GET /certificates/{}
        GET /certificates/{}.pdf
        POST /certificates/{}/revoke
        GET /certificates/verify/{}
        GET /jobs/{}
    """,
}
"""Paths that are fixed, so that tools can rely on them."""

PUBLIC = {
    "catalogue": {"GET /series", "GET /series/{}", "GET /events", "GET /events/{}"},
    "registration": {
        "GET /organisations",
        "GET /events/{}",
        "POST /events/{}/registrations",
        "POST /events/{}/parties",
        "POST /series/{}/enrolments",
        "GET /my/{}",
        "PATCH /my/{}",
        "PATCH /my/{}/registrations/{}",
        "POST /my/{}/registrations/{}/cancel",
        "POST /my/{}/registrations/{}/accept",
        "POST /my/{}/registrations/{}/decline",
        "POST /my/{}/registrations/{}/confirm",
        "POST /my/{}/registrations/{}/resume",
        "POST /my/{}/registrations/{}/transfer",
        "PATCH /my/{}/enrolments/{}",
        "POST /my/{}/enrolments/{}/cancel",
    },
    "notifications": {"GET /certificates/verify/{}"},
}
"""What may be asked without a token of staff."""

CREATING = [
    "POST /series",
    "POST /events",
    "POST /events/{}/registrations",
    "POST /events/{}/parties",
    "POST /series/{}/enrolments",
]
VERSIONED = ["PATCH /series/{}", "PATCH /events/{}", "POST /events/{}/publish", "POST /events/{}/cancel"]


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def document(api: RunningSystem, service: str) -> dict[str, Any]:
    answer = api.get(f"/api/{service}/v1/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    loaded: dict[str, Any] = answer.json()
    return loaded


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """``GET /events/{}`` → operation, with the parameters of its path."""
    return {
        f"{method.upper()} {_short(path)}": {
            **operation,
            "parameters": [*item.get("parameters", []), *operation.get("parameters", [])],
        }
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def _short(path: str) -> str:
    return re.sub(r"{\w+}", "{}", re.sub(r"^/api/\w+/v1", "", path))


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_it_is_an_openapi_3_1_document(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    jsonschema.Draft202012Validator(OPENAPI_31).validate(document)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_all_it_refers_to_is_there(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert found
    for reference in found:
        part: Any = document
        for name in reference.removeprefix("#/").split("/"):
            assert name in part, reference
            part = part[name]


def test_all_that_was_promised_is_there(document: dict[str, Any], service: str) -> None:
    promised = {line.strip() for line in PROMISED[service].strip().splitlines()}
    assert promised - operations(document).keys() == set()


def test_every_operation_says_what_it_does_and_how_it_refuses(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert operation.get("summary"), name
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}, name
        assert any(status.startswith("2") for status in operation["responses"]), name


def test_all_but_the_public_operations_need_a_token(document: dict[str, Any], service: str) -> None:
    open_to_all = {name for name, operation in operations(document).items() if not operation.get("security")}
    assert open_to_all == PUBLIC[service]


def test_what_creates_takes_an_idempotency_key_and_what_two_may_edit_a_version(document: dict[str, Any]) -> None:
    of_service = operations(document)
    for header, names in (("Idempotency-Key", CREATING), ("If-Match", VERSIONED)):
        for name in of_service.keys() & names:
            assert header in [parameter["name"] for parameter in of_service[name]["parameters"]], name


def test_people_can_read_it_too(api: RunningSystem, document: dict[str, Any], service: str) -> None:
    page = api.get(f"/api/{service}/v1/")
    assert page.status_code == 200
    assert all(path in page.text for path in document["paths"])
