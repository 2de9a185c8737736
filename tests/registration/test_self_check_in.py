"""People say themselves that they are in the room, with the code on its screen; on both databases."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.limits import CODES_PER_REGISTRATION
from services.registration.models import Attendance
from shared.database import new_id
from tests.catalogue.browser import Page
from tests.registration.browser import Browser, call_off
from tests.registration.front import Front

VENUE: dict[str, Any] = {
    "name": "Haus der Vielfalt",
    "street": "Kortumstr. 106",
    "postcode": "44787",
    "city": "Bochum",
    "country": "DE",
    "room": "Saal 2",
    "accessibility": {},
    "latitude": None,
    "longitude": None,
}


@dataclass
class Room:
    """A session of six hours at a place, which begins in ten minutes; Ana has a seat."""

    front: Front
    snapshot: dict[str, Any]
    ana: UUID

    @property
    def session(self) -> UUID:
        found: UUID = self.snapshot["sessions"][0]["session_id"]
        return found

    @property
    def screen(self) -> str:
        return f"/organise/events/{self.snapshot['event_id']}/attendance/{self.session}/screen"

    def path(self, registration_id: UUID | None = None) -> str:
        who = registration_id or self.ana
        return f"/my/{self.front.token_of(who)}/registrations/{who}/here/{self.session}"

    def code(self) -> str:
        """What the screen shows now."""
        (code,) = Browser(self.front, "bob").open(self.screen).all(".room-code")
        return code

    def rows(self) -> list[Attendance]:
        with self.front.core.database.read() as session:
            return list(session.scalars(select(Attendance).order_by(Attendance.recorded_at, Attendance.id)))


def a_room(front: Front, venue: dict[str, Any] | None = None) -> Room:
    session = front.house.session(front.house.clock() + timedelta(days=2, minutes=10), venue=venue)
    snapshot = front.house.snapshot(capacity=1, sessions=[session])
    event = front.house.tell(snapshot)
    ana = front.house.register(event, "Ana Novak", locale="en").registration_id
    front.house.clock.turn(days=2)
    return Room(front, snapshot, ana)


@pytest.fixture
def room(front_of_both: Front) -> Room:
    return a_room(front_of_both, VENUE)


def typed(room: Room, code: str) -> Page:
    visitor = Browser(room.front)
    return visitor.send(visitor.open(room.path()), code=code)


def test_whoever_types_the_screens_code_is_recorded_as_present(room: Room) -> None:
    answer = typed(room, room.code())
    assert (answer.status, answer.location) == (303, room.path())
    (row,) = room.rows()
    assert (row.kind, row.present, row.account_id, row.from_at) == ("self", True, None, None)
    page = Browser(room.front).open(room.path())
    assert "We have noted that you are there." in page.words
    assert page.soup.select("main form") == []


def test_sending_it_twice_counts_once(room: Room) -> None:
    visitor = Browser(room.front)
    form, code = visitor.open(room.path()), room.code()
    assert [visitor.send(form, code=code).status for _ in range(2)] == [303, 303]
    assert len(room.rows()) == 1


def test_a_code_of_a_minute_ago_still_holds(room: Room) -> None:
    code = room.code()
    room.front.house.clock.turn(minutes=1)
    assert typed(room, code).status == 303


def test_a_late_or_wrong_code_is_refused_with_what_to_do(room: Room) -> None:
    late = room.code()
    room.front.house.clock.turn(minutes=2)
    for code in (late, "AAAAAA", ""):
        refused = typed(room, code)
        assert refused.status == 422
        assert refused.soup.select(".error-summary a[href='#field-code']")
        assert "please type the one that the screen shows now" in refused.words
    assert room.rows() == []


def test_nobody_can_try_many_codes(room: Room) -> None:
    right = room.code()
    statuses = [typed(room, "AAAAAA").status for _ in range(CODES_PER_REGISTRATION.most)]
    assert set(statuses) == {422}
    assert typed(room, right).status == 429
    assert room.rows() == []
    room.front.house.clock.turn(hours=1)
    assert typed(room, room.code()).status == 303


@pytest.mark.parametrize("minutes", [-21, 370], ids=["too early", "too late"])
def test_outside_its_time_there_is_no_code_and_none_is_taken(room: Room, minutes: int) -> None:
    visitor, code = Browser(room.front), room.code()
    form = visitor.open(room.path())
    room.front.house.clock.turn(minutes=minutes)
    assert Browser(room.front, "bob").open(room.screen).all(".room-code") == []
    assert visitor.send(form, code=code).location == room.path()
    page = visitor.open(room.path())
    assert "from half an hour before the session until its end" in page.words
    assert room.rows() == []


def test_the_persons_page_leads_there_while_it_can_be_used(room: Room) -> None:
    visitor, own_page = Browser(room.front), f"/my/{room.front.token_of(room.ana)}"
    assert visitor.open(own_page).one("a[href*='/here/']")["href"] == room.path()
    room.front.house.clock.turn(minutes=-21)
    assert visitor.open(own_page).soup.select("a[href*='/here/']") == []


def test_only_whoever_has_the_seat_finds_the_page(room: Room) -> None:
    house, visitor = room.front.house, Browser(room.front)
    other = house.event(capacity=1, sessions=[house.session(house.clock() + timedelta(hours=1))])
    stranger = house.register(other).registration_id
    assert visitor.open(room.path(stranger)).status == 404
    form = visitor.open(room.path())
    house.cancel(room.ana)
    assert (visitor.open(room.path()).status, visitor.send(form, code=room.code()).status) == (404, 404)
    assert room.rows() == []


def test_the_screen_shows_a_code_and_where_to_type_it_and_asks_anew_each_minute(room: Room) -> None:
    room.front.house.clock.turn(seconds=20)
    page = Browser(room.front, "bob").open(room.screen)
    shown = room.front.house.clock()
    assert page.response.headers["Refresh"] == str(60 - shown.second)
    assert page.response.headers["Cache-Control"] == "no-store"
    assert str(page.one("main img")["src"]).startswith("data:image/svg+xml")
    assert page.soup.select("main script") == []
    before = page.all(".room-code")
    room.front.house.clock.turn(minutes=1)
    assert Browser(room.front, "bob").open(room.screen).all(".room-code") != before


def test_before_and_after_the_session_the_screen_says_so(room: Room) -> None:
    bob = Browser(room.front, "bob")
    room.front.house.clock.turn(minutes=-25)
    early = bob.open(room.screen)
    assert "The code stands here from" in early.words
    assert early.response.headers["Refresh"] == "300"
    room.front.house.clock.turn(hours=7)
    over = Browser(room.front, "bob").open(room.screen)
    assert "This session is over." in over.words
    assert "Refresh" not in over.response.headers


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 200), ("bob", 200), ("adam", 200), ("audrey", 403), ("charlie", 403)]
)
def test_only_organisers_and_the_door_see_the_screen(front: Front, name: str, status: int) -> None:
    screen = a_room(front, VENUE).screen
    assert Browser(front, name).open(screen).status == status


def test_nobody_sees_the_screen_without_signing_in(front: Front) -> None:
    refused = Browser(front).open(a_room(front, VENUE).screen)
    assert refused.status == 307
    assert refused.location.startswith("/login")


def test_the_screens_qr_code_leads_to_a_page_that_says_how_to_go_on(room: Room) -> None:
    page = Browser(room.front).open(f"/my/here/{room.session}")
    assert page.status == 200
    assert "Press “I am in the room” there." in page.words
    assert page.one("main a.button")["href"] == "/my"
    assert Browser(room.front).open(f"/my/here/{new_id()}").status == 404


def test_where_there_is_no_room_or_nothing_takes_place_there_is_no_page(front: Front) -> None:
    online = a_room(front)
    call = a_room(front, VENUE)
    call_off(front, call.snapshot, {"de": "krank"})
    for one in (online, call):
        assert Browser(front).open(one.path()).status == 404
        assert Browser(front).open(f"/my/here/{one.session}").status == 404
        assert Browser(front, "alice").open(one.screen).status == 404
