"""The door: what a device is given, what it may send, and what becomes of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.registration.door_codes import door_code, door_picture
from shared.database import new_id
from shared.web.csrf import COOKIE as CSRF_COOKIE
from tests.catalogue.browser import Page
from tests.registration.browser import Browser, call_off
from tests.registration.front import Front


@dataclass
class Door:
    """The door of an event of two sessions with three seats, at which Ana and Bo are expected."""

    front: Front
    browser: Browser
    event: UUID
    held: list[dict[str, Any]]
    ana: UUID
    bo: UUID

    def path(self, rest: str = "") -> str:
        return f"/check-in/{self.event}{rest}"

    @property
    def room(self) -> str:
        return f"/organise/events/{self.event}/attendance/door"

    def people(self) -> dict[str, Any]:
        answer = self.browser.client.get(self.path("/people"), headers=self.browser.headers)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.get_json()
        return told

    def post(self, what: str, body: Any, event: UUID | None = None) -> Any:
        headers = {**self.browser.headers, "X-CSRF-Token": self.people()["csrf"]}
        return self.browser.client.post(f"/check-in/{event or self.event}/{what}", json=body, headers=headers)

    def row(self, registration_id: UUID, number: int = 0, **changes: Any) -> dict[str, Any]:
        at = self.front.house.clock().isoformat()
        row = {
            "id": new_id(),
            "session_id": self.held[number]["session_id"],
            "registration_id": registration_id,
            "kind": "scan",
        }
        return {**row, "at": at, "device": "7F3A", **changes}

    def record(self, *rows: dict[str, Any]) -> list[tuple[str, str]]:
        answer = self.post("rows", list(rows))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return [(one["status"], one.get("code", "")) for one in answer.get_json()]

    def walk_in(self, **changes: Any) -> Any:
        person = {"first_name": "Goran", "last_name": "Ilić", "email": "goran@example.org"}
        at = self.front.house.clock().isoformat()
        return self.post(
            "walk-ins", {"id": new_id(), "session_id": self.held[0]["session_id"], "at": at, **person, **changes}
        )


@pytest.fixture
def door(front: Front) -> Door:
    start = front.house.clock() + timedelta(days=2)
    sessions = [front.house.session(start), front.house.session(start + timedelta(days=1))]
    event = front.house.event(capacity=3, sessions=sessions)
    ana = front.house.register(event, "Ana Novak", organisation="Brücke").registration_id
    bo = front.house.register(event, "Bo Berg").registration_id
    front.house.clock.turn(days=2, hours=1)
    return Door(front, Browser(front, "bob"), event, sessions, ana, bo)


def test_the_page_lists_the_sessions_that_take_place(door: Door) -> None:
    page = door.browser.open(door.path())
    assert page.status == 200
    assert [option["value"] for option in page.soup.select("#session option")] == [
        str(one["session_id"]) for one in door.held
    ]
    assert page.one("#session option[selected]")["value"] == str(door.held[0]["session_id"])
    assert "camera=(self)" in page.response.headers["Permissions-Policy"]


def test_only_what_takes_place_about_now_is_offered(door: Door) -> None:
    assert door.browser.open("/check-in").all("main h2") == ["Association law"]
    door.front.house.clock.turn(days=3)
    assert Browser(door.front, "bob").open("/check-in").all("main h2") == ["No event takes place in the next days"]


def test_a_cancelled_event_has_no_door(door: Door) -> None:
    snapshot = door.front.house.snapshot(event_id=door.event, sessions=door.held)
    call_off(door.front, snapshot, {"de": "Sturm"})
    page = door.browser.open(door.path())
    assert page.soup.select("#check-in") == []
    assert door.record(door.row(door.ana)) == [("refused", "event_cancelled")]


def test_the_list_says_who_is_expected_and_who_is_here(door: Door) -> None:
    assert door.record(door.row(door.ana)) == [("recorded", "")]
    told = door.people()
    assert told["free"] == 1
    here = {one["name"]: list(one["here"]) for one in told["people"]}
    assert here == {"Bo Berg": [], "Ana Novak": [str(door.held[0]["session_id"])]}
    assert {one["name"]: (one["organisation"], one["state"]) for one in told["people"]} == {
        "Bo Berg": ("", "confirmed"),
        "Ana Novak": ("Brücke", "confirmed"),
    }


def test_a_row_that_comes_twice_and_one_of_another_event_do_no_harm(door: Door) -> None:
    row = door.row(door.ana)
    assert door.record(row, door.row(door.bo, number=1)) == [("recorded", ""), ("recorded", "")]
    assert door.record(row) == [("known", "")]
    other = door.front.house.event()
    stranger = door.front.house.register(other).registration_id
    assert door.record(door.row(stranger)) == [("refused", "registration_unknown")]
    answer = door.post("rows", [door.row(door.ana)], event=other)
    assert [one["code"] for one in answer.get_json()] == ["session_not_found"]


def test_what_was_undone_is_not_here_any_more(door: Door) -> None:
    row = door.row(door.ana)
    undone = door.row(door.ana, kind="correction", present=False, corrects=row["id"], reason="Undone at the door")
    assert door.record(row) == [("recorded", "")]
    assert door.record(undone) == [("recorded", "")]
    assert [one["here"] for one in door.people()["people"]] == [{}, {}]


def test_the_person_s_page_names_the_device(door: Door) -> None:
    door.record(door.row(door.ana))
    page = Browser(door.front, "alice").open(f"/organise/events/{door.event}/people/{door.ana}")
    assert "Bob (7F3A)" in page.one("main").get_text()


@pytest.mark.parametrize(
    ("body", "says"),
    [({}, "at most 200"), ([1], "object"), ([{"id": "x"}], "check"), ([{}] * 201, "at most 200")],
    ids=["no list", "no rows", "wrong rows", "too many"],
)
def test_what_cannot_be_read_is_refused_as_data(door: Door, body: Any, says: str) -> None:
    answer = door.post("rows", body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert says in answer.get_data(as_text=True)


def test_somebody_without_a_registration_gets_a_free_seat_and_is_here(door: Door) -> None:
    sent = {"id": new_id()}
    assert door.walk_in(**sent).get_json()["status"] == "recorded"
    assert door.walk_in(**sent).get_json()["status"] == "recorded"
    told = door.people()
    assert [one["name"] for one in told["people"] if one["here"]] == ["Goran Ilić"]
    assert told["free"] == 0


def test_nobody_is_let_in_without_a_seat(door: Door) -> None:
    assert door.walk_in(email="first@example.org").status_code == 200
    answer = door.walk_in()
    assert (answer.status_code, answer.get_json()["code"]) == (409, "waitlist_closed")
    assert len(door.people()["people"]) == 3


def test_whoever_is_registered_already_is_not_let_in_twice(door: Door) -> None:
    door.walk_in()
    answer = door.walk_in()
    assert (answer.status_code, answer.get_json()["code"]) == (409, "already_registered")


def test_a_walk_in_without_a_name_or_at_another_event_is_refused(door: Door) -> None:
    answer = door.walk_in(last_name="", session_id="x")
    assert answer.status_code == 422
    assert sorted(answer.get_json()["errors"]) == ["last_name", "session_id"]
    other = door.front.house.event()
    headers = {"X-CSRF-Token": door.people()["csrf"]}
    body = {"id": new_id(), "session_id": door.held[0]["session_id"], "at": door.front.house.clock().isoformat()}
    person = {"first_name": "Goran", "last_name": "Ilić", "email": "goran@example.org"}
    answer = door.browser.client.post(f"/check-in/{other}/walk-ins", json={**body, **person}, headers=headers)
    assert answer.status_code == 404


def test_a_foreign_page_can_record_nothing(door: Door) -> None:
    assert door.browser.client.post(door.path("/rows"), json=[door.row(door.ana)]).status_code == 403
    door.browser.client.set_cookie(CSRF_COOKIE, "forged")
    headers = {"X-CSRF-Token": "forged"}
    assert door.browser.client.post(door.path("/rows"), json=[door.row(door.ana)], headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["", "/{event}", "/{event}/people"])
def test_only_organisers_and_the_door_see_it(front: Front, door: Door, path: str) -> None:
    url = "/check-in" + path.format(event=door.event)
    codes = {name: Browser(front, name).open(url).status for name in ("alice", "bob", "charlie", "")}
    assert codes == {"alice": 200, "bob": 200, "charlie": 403, "": 307}


def test_the_worker_may_serve_the_whole_of_the_door(door: Door) -> None:
    answer = door.browser.client.get("/check-in/worker.js")
    assert answer.headers["Service-Worker-Allowed"] == "/check-in"
    assert answer.content_type == "text/javascript; charset=utf-8"


def test_the_own_page_shows_the_code_of_a_seat_with_a_door(front: Front, door: Door) -> None:
    webinar = front.house.event(format="online", venue=None)
    front.house.register(webinar, "Ana Novak")
    page = Browser(front).open(f"/my/{front.token_of(door.ana)}")
    assert [str(picture["src"]) for picture in page.soup.select(".door-code img")] == [door_picture(door.ana)]
    assert door_code(door.ana) == str(door.ana).replace("-", "").upper()


@pytest.fixture
def helper(front: Front, door: Door) -> Browser:
    """Somebody without an account who has opened a link for the door."""
    alice = Browser(front, "alice")
    alice.send(alice.open(door.room), "form[action$=door]", name="Entrance north")
    browser = Browser(front)
    assert browser.open(address_of(alice.open(door.room))).location == door.path()
    return browser


def address_of(page: Page) -> str:
    """Where the first link for the door leads."""
    return page.one("article code").get_text().partition("localhost:8000")[2]


def test_a_helper_with_a_link_records_in_its_name(front: Front, door: Door, helper: Browser) -> None:
    door.browser = helper
    assert helper.open("/check-in").location == door.path()
    assert helper.open(door.path()).status == 200
    assert door.record(door.row(door.ana)) == [("recorded", "")]
    person = Browser(front, "alice").open(f"/organise/events/{door.event}/people/{door.ana}")
    assert "Entrance north (7F3A)" in person.one("main").get_text()
    log = Browser(front, "audrey").open("/organise/audit/registrations").one("main").get_text()
    assert "whoever has the link “Entrance north”" in log


def test_a_link_opens_nothing_but_the_door_of_its_event(front: Front, door: Door, helper: Browser) -> None:
    other = front.house.event()
    assert helper.open(f"/check-in/{other}/people").status == 307
    assert helper.open(door.room).status == 307


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_link_ends(front: Front, door: Door, helper: Browser, how: str) -> None:
    address = address_of(Browser(front, "alice").open(door.room))
    if how == "revoked":
        alice = Browser(front, "alice")
        alice.send(alice.open(door.room), "form[action$=revoke]")
    else:
        front.house.clock.turn(days=3)
    assert helper.open(door.path()).status == 307
    assert Browser(front).open(address).status == 404


def test_only_organisers_make_links(front: Front, door: Door) -> None:
    alice = Browser(front, "alice")
    form = alice.open(door.room)
    assert alice.send(form, "form[action$=door]", name="").status == 422
    for name in ("bob", "audrey"):
        other = Browser(front, name)
        assert other.open(door.room).status == 403
        token = {"csrf_token": other.open("/my").value("csrf_token"), "name": "x"}
        assert other.post(door.room, token).status == 403
