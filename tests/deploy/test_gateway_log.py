"""The gateway's log: who may not be in it, and what has to be."""

import json
import os
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services import __main__ as one_process
from services.catalogue import app as catalogue
from services.notifications import app as notifications
from services.registration import app as registration
from shared.messages import SERVICES
from shared.testing import eventually, free_port
from tests.deploy.conftest import Front
from tests.deploy.running import running_gateway
from tests.deploy.upstreams import ask

TOKEN = "AQGSj7Qk3n4v5w6x7y8z9A0B1C2D3E4F5G6H7I8J9K0L1M2N3O4P5Q"
SECRET_PART = re.compile(r"<(?:\w+:)?(?:\w*token|code)>")
ANY_PART = re.compile(r"<[^>]+>")
READER = "203.0.113.77"
PLACES = {
    f"/my/{TOKEN}": "/my/-",
    f"/my/{TOKEN}/registrations/0190/cancel": "/my/-/registrations/0190/cancel",
    f"//my//{TOKEN}": "//my//-",
    f"/%6Dy/{TOKEN}": "/my/-",
    f"/MY/{TOKEN}": "/MY/-",
    f"/my/{TOKEN}%0A": "/my/-",
    f"/my/x%0A{TOKEN}/y": "/my/-/y",
    f"/calendars/{TOKEN}.ics": "/calendars/-",
    f"/staff-calendars/{TOKEN}.ics": "/staff-calendars/-",
    f"/check-in/with/{TOKEN}": "/check-in/with/-",
    f"/unsubscribe/{TOKEN}": "/unsubscribe/-",
    f"/certificates/{TOKEN}.pdf": "/certificates/-",
    f"/certificates/verify/{TOKEN}": "/certificates/verify/-",
    f"/api/registration/v1/my/{TOKEN}": "/api/registration/v1/my/-",
    f"/api/registration/v1/my/{TOKEN}/registrations/0190": "/api/registration/v1/my/-/registrations/0190",
    f"/api/notifications/v1/certificates/verify/{TOKEN}": "/api/notifications/v1/certificates/verify/-",
    f"/x/../my/{TOKEN}": "/my/-",
    f"/events/vereinsrecht?next={TOKEN}": "/events/vereinsrecht",
}


def logged(output: Path, request_id: str) -> dict[str, Any]:
    """The access log's line about one request."""

    def found() -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in output.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["request_id"] == request_id]

    lines: list[dict[str, Any]] = eventually(found, within=5)
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(("target", "path"), PLACES.items())
def test_a_line_says_where_but_not_with_which_token(front: Front, target: str, path: str) -> None:
    request_id = uuid4().hex
    front.ask(target, headers={"X-Request-Id": request_id})
    assert logged(front.gateway.output, request_id)["path"] == path


@pytest.fixture(scope="module")
def routes_with_a_secret(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Those whose path has a token or a code in it, of all services."""
    own = {"REIHE_ENVIRONMENT": "development", "REIHE_DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    system = one_process.compose(one_process.environment_of_one_process({**os.environ, **own, "REIHE_PORT": "8000"}))
    applications = (
        catalogue.create_app(system.catalogue),
        registration.create_app(system.registration),
        notifications.create_app(system.notifications),
    )
    rules = {rule.rule for application in applications for rule in application.url_map.iter_rules()}
    return {rule for rule in rules if SECRET_PART.search(rule)}


def test_no_route_with_a_token_or_code_is_logged_with_it(front: Front, routes_with_a_secret: set[str]) -> None:
    assert "/my/<token>" in routes_with_a_secret
    for rule in sorted(routes_with_a_secret):
        request_id = uuid4().hex
        front.ask(ANY_PART.sub("0190", SECRET_PART.sub(TOKEN, rule)), headers={"X-Request-Id": request_id})
        assert TOKEN not in logged(front.gateway.output, request_id)["path"], rule


def test_a_line_holds_what_finds_a_fault(front: Front) -> None:
    request_id = uuid4().hex
    front.ask("/organise/events/0190/people", headers={"X-Request-Id": request_id})
    line = logged(front.gateway.output, request_id)
    assert (line["service"], line["answered_by"], line["method"]) == ("gateway", "registration", "GET")
    assert (line["status"], line["upstream_status"], line["bytes"]) == (200, "200", 6)
    assert float(line["seconds"]) >= 0
    assert float(line["upstream_seconds"]) >= 0


@pytest.mark.parametrize("up", [True, False], ids=["services up", "services away"])
def test_nothing_of_a_person_is_anywhere_in_the_output(front: Front, tmp_path: Path, *, up: bool) -> None:
    addresses = {name: front.upstreams[name].address if up else f"127.0.0.1:{free_port()}" for name in SERVICES}
    headers = {
        "X-Forwarded-For": READER,
        "Referer": f"https://reihe.example/my/{TOKEN}",
        "Cookie": f"reihe_staff={TOKEN}",
        "Authorization": f"Bearer {TOKEN}",
        "User-Agent": TOKEN,
    }
    with running_gateway(tmp_path, addresses) as gateway:
        for target in PLACES:
            for body in (b"", b"x" * 3_000_000):
                ask(gateway.address, target, method="POST" if body else "GET", headers=headers, body=body)
        for _ in range(15):
            ask(gateway.address, f"/login?next=/my/{TOKEN}", method="POST", headers=headers)
        assert ask(gateway.address, f"/my/{TOKEN}", headers={"X-Large": TOKEN * 2000}).status == 400
        assert ask(gateway.address, f"/my/{TOKEN}", headers={"Content-Length": TOKEN}).status == 400
    output = gateway.output.read_text()
    assert output.count("\n") > 40
    assert TOKEN not in output
    assert READER not in output
    assert "127.0.0.1" not in output
