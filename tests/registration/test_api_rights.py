"""Who may do what in the API: Alice organises, Bob is at the door, Charlie has no rights here."""

from dataclasses import dataclass, fields
from uuid import UUID

import pytest

from services.registration import directory
from services.registration.directory import Draft
from shared.audit import ENGINE
from shared.database import new_id
from tests.registration.front import API, Front

CONFIRMED = "registration.confirmed.v1"
READERS = {"alice", "audrey", "adam"}
ORGANISERS = {"alice", "adam"}
STAFF_PATHS = [
    ("GET", "/events/{event}/registrations", READERS),
    ("POST", "/events/{event}/people", ORGANISERS),
    ("GET", "/events/{event}/waitlist", READERS),
    ("GET", "/events/{event}/attendance", READERS),
    ("GET", "/events/{event}/decisions", READERS),
    ("GET", "/events/{event}/statistics", READERS),
    ("GET", "/events/{event}/feedback", READERS),
    ("GET", "/statistics", READERS),
    ("GET", "/audit", READERS),
    ("GET", "/webhooks", {"adam"}),
    ("POST", "/webhooks", {"adam"}),
    ("PUT", "/webhooks/{webhook}", {"adam"}),
    ("DELETE", "/webhooks/{webhook}", {"adam"}),
    ("POST", "/webhooks/{webhook}/secret", {"adam"}),
    ("POST", "/webhooks/{webhook}/test", {"adam"}),
    ("GET", "/webhooks/{webhook}/deliveries", {"adam"}),
    ("POST", "/webhooks/{webhook}/deliveries/{delivery}/replay", {"adam"}),
    ("POST", "/registrations/{registration}/cancel", ORGANISERS),
    ("POST", "/registrations/{registration}/promote", ORGANISERS),
    ("POST", "/registrations/{registration}/offer", ORGANISERS),
    ("POST", "/registrations/{registration}/move", ORGANISERS),
    ("POST", "/registrations/{registration}/aside", ORGANISERS),
    ("POST", "/registrations/{registration}/resume", ORGANISERS),
    ("GET", "/directory", READERS),
    ("GET", "/organisations/{organisation}", READERS),
    ("POST", "/organisations", ORGANISERS),
    ("PATCH", "/organisations/{organisation}", ORGANISERS),
    ("POST", "/organisations/{organisation}/merge", ORGANISERS),
    ("POST", "/sessions/{session}/attendance", ORGANISERS | {"bob"}),
]
PUBLIC_PATHS = {
    ("GET", "/organisations"),
    ("GET", "/events/{event_id}"),
    ("POST", "/events/{event_id}/registrations"),
    ("POST", "/events/{event_id}/parties"),
    ("POST", "/series/{series_id}/enrolments"),
    ("PATCH", "/my/{token}/enrolments/{enrolment_id}"),
    ("POST", "/my/{token}/enrolments/{enrolment_id}/cancel"),
    ("GET", "/my/{token}"),
    ("PATCH", "/my/{token}"),
    ("PATCH", "/my/{token}/registrations/{registration_id}"),
    ("POST", "/my/{token}/registrations/{registration_id}/cancel"),
    ("POST", "/my/{token}/registrations/{registration_id}/accept"),
    ("POST", "/my/{token}/registrations/{registration_id}/decline"),
    ("POST", "/my/{token}/registrations/{registration_id}/confirm"),
    ("POST", "/my/{token}/registrations/{registration_id}/resume"),
    ("POST", "/my/{token}/registrations/{registration_id}/transfer"),
}


@dataclass
class Doors:
    front: Front
    event: UUID
    session: UUID
    registration: UUID
    organisation: UUID
    webhook: UUID
    delivery: UUID

    def knock(self, method: str, path: str, by: str) -> int:
        filled = path.format(**{field.name: getattr(self, field.name) for field in fields(self)})
        return self.front.send(method, filled, by=by, json=None if method == "GET" else {}).status_code


@pytest.fixture
def doors(front: Front) -> Doors:
    snapshot = front.house.snapshot()
    event = front.house.tell(snapshot)
    registration = front.house.register(event).registration_id
    with front.core.database.unit_of_work(front.core.clock()) as uow:
        organisation = directory.add(uow, Draft("Brücke"), ENGINE).id
        uow.commit()
    made = front.post("/webhooks", {"url": "https://verein.example", "topics": [CONFIRMED]}, by="adam").get_json()
    return Doors(front, event, snapshot["sessions"][0]["session_id"], registration, organisation, made["id"], new_id())


@pytest.mark.parametrize(("method", "path", "allowed"), STAFF_PATHS)
def test_only_the_right_people_come_in(doors: Doors, method: str, path: str, allowed: set[str]) -> None:
    for name in ("alice", "bob", "charlie", "adam", "audrey"):
        status = doors.knock(method, path, name)
        assert (status in (200, 202, 204, 404, 422)) if name in allowed else (status == 403), (name, status)


@pytest.mark.parametrize(("method", "path", "allowed"), STAFF_PATHS)
def test_nobody_comes_in_without_a_token_that_holds(doors: Doors, method: str, path: str, allowed: set[str]) -> None:
    assert doors.knock(method, path, "") == 401
    assert doors.knock(method, path, "made-up") == 401
    assert doors.knock(method, path, "alice-scoped") == 403


def test_every_path_is_public_on_purpose_or_tested_for_its_rights(front: Front) -> None:
    spec = front.get("/openapi.json").get_json()
    found = {
        (method.upper(), path.removeprefix(API))
        for path, operations in spec["paths"].items()
        for method in operations
        if method != "parameters"
    }
    names = {
        name: f"{{{name}_id}}" for name in ("event", "session", "registration", "organisation", "webhook", "delivery")
    }
    guarded = {(method, path.format(**names)) for method, path, _allowed in STAFF_PATHS}
    assert found == PUBLIC_PATHS | guarded


def test_the_description_says_which_paths_need_a_token(front: Front) -> None:
    paths = front.get("/openapi.json").get_json()["paths"]
    assert paths[f"{API}/events/{{event_id}}/waitlist"]["get"]["security"] == [{"token": []}]
    assert "security" not in paths[f"{API}/events/{{event_id}}"]["get"]


def test_a_wrong_link_opens_nothing(doors: Doors) -> None:
    front = doors.front
    token = front.token_of(doors.registration)
    for wrong in ("nonsense", token[:-2] + "AA", "a" * 500):
        assert front.get(f"/my/{wrong}").status_code == 404
        assert front.patch(f"/my/{wrong}", {"locale": "en"}).status_code == 404
        for act in ("cancel", "accept", "decline", "confirm", "resume"):
            assert front.post(f"/my/{wrong}/registrations/{doors.registration}/{act}").status_code == 404
    assert front.house.state(doors.registration) == "confirmed"


def test_a_cookie_opens_nothing_in_the_api(doors: Doors) -> None:
    doors.front.client.set_cookie("reihe_staff", "anything")
    assert doors.knock("GET", "/events/{event}/waitlist", "") == 401


def test_unknown_things_are_not_found(front: Front) -> None:
    for path in ("", "/registrations", "/waitlist", "/attendance", "/decisions", "/statistics", "/feedback"):
        answer = front.get(f"/events/{new_id()}{path}", by="alice")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "event_not_found"), path
    reason = {"reason": "because"}
    assert front.post(f"/registrations/{new_id()}/cancel", reason, by="alice").status_code == 404
    assert front.post(f"/registrations/{new_id()}/promote", reason, by="alice").status_code == 404
    assert front.post(f"/sessions/{new_id()}/attendance", [], by="alice").status_code == 404
