"""The gateway holds floods back, per address of the reader."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from services.catalogue import app as catalogue
from services.catalogue.settings import CatalogueSettings
from services.registration import app as registration
from services.registration.settings import RegistrationSettings
from shared.messages import SERVICES
from tests.deploy.conftest import Front
from tests.deploy.running import running_gateway
from tests.deploy.upstreams import ask

LIMITED = {
    "/login": 10,
    "/my": 10,
    "/register/events/x": 60,
    "/register/series/x": 60,
    "/api/registration/v1/events/1/registrations": 60,
    "/api/registration/v1/series/1/enrolments": 60,
    "/api/registration/v1/events/1/parties": 60,
}


def reader(number: int) -> dict[str, str]:
    """Each test comes from an address of its own."""
    return {"X-Forwarded-For": f"198.51.100.{number}"}


@pytest.mark.parametrize(("number", "path", "burst"), [(n, p, b) for n, (p, b) in enumerate(LIMITED.items())])
def test_a_burst_passes_and_a_flood_does_not(front: Front, number: int, path: str, burst: int) -> None:
    statuses = [front.ask(path, method="POST", headers=reader(number)).status for _ in range(burst + 1)]
    assert set(statuses) == {200}
    # While these are sent, few more become free: at most 5 a second.
    assert 429 in [front.ask(path, method="POST", headers=reader(number)).status for _ in range(burst)]


def test_the_paths_that_are_limited_are_those_of_the_services(tmp_path: Path) -> None:
    environ = {"REIHE_ENVIRONMENT": "development", "REIHE_BASE_URL": "http://localhost"}
    for service in SERVICES:
        environ[f"REIHE_{service.upper()}_DATABASE_URL"] = f"sqlite:///{tmp_path / service}.db"
    signing_in = catalogue.create_app(catalogue.compose(CatalogueSettings.from_environment(environ)))
    registering = registration.create_app(registration.compose(RegistrationSettings.from_environment(environ)))
    event_id = UUID(int=1)
    for app, path in (
        (signing_in, "/login"),
        (registering, "/my"),
        (registering, "/register/events/x"),
        (registering, f"/api/registration/v1/events/{event_id}/registrations"),
    ):
        assert app.url_map.bind("localhost").test(path, "POST"), path


def test_one_flood_does_not_shut_others_out(front: Front) -> None:
    assert 429 in [front.ask("/login", method="POST", headers=reader(50)).status for _ in range(15)]
    assert front.ask("/login", method="POST", headers=reader(51)).status == 200
    assert front.ask("/register/events/x", method="POST", headers=reader(50)).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/login"),
        ("GET", "/register/events/x"),
        ("GET", "/events/x"),
        ("POST", "/login/renew"),
        ("POST", "/my/token/registrations/1/cancel"),
        ("POST", "/api/registration/v1/sessions/1/attendance"),
        ("POST", "/organise/events"),
    ],
)
def test_reading_and_working_are_not_limited_here(front: Front, method: str, path: str) -> None:
    assert {front.ask(path, method=method, headers=reader(60)).status for _ in range(80)} == {200}


def test_who_is_held_back_hears_for_how_long_in_both_languages(front: Front) -> None:
    answer = next(
        answer
        for answer in (front.ask("/login", method="POST", headers=reader(70)) for _ in range(20))
        if answer.status == 429
    )
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Zu viele Anfragen" in answer.body.decode()
    assert "Too many requests" in answer.body.decode()


def test_a_program_that_is_held_back_gets_a_problem(front: Front) -> None:
    path = "/api/registration/v1/events/1/registrations"
    answer = next(
        answer
        for answer in (front.ask(path, method="POST", headers=reader(80)) for _ in range(200))
        if answer.status == 429
    )
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.body)
    assert (problem["status"], problem["code"]) == (429, "too_many_requests")
    assert problem["request_id"] == answer.headers["X-Request-Id"]


def test_the_limits_can_be_off_for_a_load_test(front: Front, tmp_path: Path) -> None:
    addresses = {name: front.upstreams[name].address for name in SERVICES}
    with running_gateway(tmp_path, addresses, limited=False) as gateway:
        assert {ask(gateway.address, "/login", method="POST").status for _ in range(40)} == {200}
