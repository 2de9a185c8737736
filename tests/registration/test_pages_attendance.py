"""Attendance: one session's list with ticks, saved whole or tick by tick."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.models import Attendance
from shared.database import new_id
from tests.catalogue.browser import Page
from tests.registration.browser import Browser, call_off
from tests.registration.front import Front


@dataclass
class Training:
    """An event of two sessions at which Ana and Bo have seats."""

    front: Front
    event: UUID
    sessions: list[UUID]
    ana: UUID
    bo: UUID

    def path(self, number: int = 0, query: str = "") -> str:
        return f"/organise/events/{self.event}/attendance/{self.sessions[number]}{query}"

    def rows(self) -> list[Attendance]:
        with self.front.core.database.read() as session:
            return list(session.scalars(select(Attendance).order_by(Attendance.recorded_at, Attendance.id)))


@pytest.fixture
def training(front: Front) -> Training:
    start = front.house.clock() + timedelta(days=2)
    sessions = [front.house.session(start), front.house.session(start + timedelta(days=1))]
    event = front.house.event(capacity=2, sessions=sessions, certificate_rule={"share_of_hours": 0.8, "sessions": None})
    ana = front.house.register(event, "Ana Novak").registration_id
    bo = front.house.register(event, "Bo Berg").registration_id
    front.house.clock.turn(days=2, hours=1)
    return Training(front, event, [session["session_id"] for session in sessions], ana, bo)


@pytest.fixture
def alice(front: Front, training: Training) -> Browser:
    return Browser(front, "alice")


def ticked(page: Page) -> list[str]:
    return [str(box["value"]) for box in page.soup.select("input[name=ticked][checked]")]


def tick(browser: Browser, path: str, *people: UUID, **more: str) -> Page:
    return browser.send(browser.open(path), ticked=[str(one) for one in people], **more)


def test_the_list_opens_at_the_session_that_goes_on(front: Front, alice: Browser, training: Training) -> None:
    path = f"/organise/events/{training.event}/attendance"
    assert alice.open(path).all("nav.tabs a[aria-current]") == ["Attendance", "13 Jan 2027, 10:00"]
    front.house.clock.turn(days=1)
    assert "14 Jan 2027" in Browser(front, "alice").open(path).all("nav.tabs a[aria-current]")[1]
    front.house.clock.turn(days=30)
    assert "14 Jan 2027" in Browser(front, "alice").open(path).all("nav.tabs a[aria-current]")[1]


def test_one_form_saves_all_ticks_without_a_script(alice: Browser, training: Training) -> None:
    saved = tick(alice, training.path(), training.ana, training.bo)
    assert (saved.status, saved.location) == (303, training.path())
    page = alice.open(saved.location)
    assert sorted(ticked(page)) == sorted([str(training.ana), str(training.bo)])
    assert {row.registration_id for row in training.rows()} == {training.ana, training.bo}
    assert {row.kind for row in training.rows()} == {"door"}
    assert "50 %" in page.all("tbody tr")[0]
    assert ticked(alice.open(training.path(1))) == []


def test_sending_the_same_form_again_records_nothing_twice(alice: Browser, training: Training) -> None:
    form = alice.open(training.path())
    for _ in range(2):
        assert alice.send(form, ticked=[str(training.ana)]).status == 303
    assert len(training.rows()) == 1


def test_a_form_that_was_open_for_long_takes_nothing_back_that_others_recorded(
    front: Front, alice: Browser, training: Training
) -> None:
    old = alice.open(training.path())
    bob = Browser(front, "bob")
    tick(bob, training.path(), training.bo)
    assert alice.send(old, ticked=[str(training.ana)]).status == 303
    assert len(ticked(alice.open(training.path()))) == 2


def test_taking_a_tick_away_needs_a_reason(alice: Browser, training: Training) -> None:
    tick(alice, training.path(), training.ana, training.bo)
    refused = tick(alice, training.path(), training.bo)
    assert refused.status == 422
    assert refused.soup.select(".error-summary a[href='#field-reason']")
    assert ticked(refused) == [str(training.bo)]
    assert len(training.rows()) == 2
    assert alice.send(refused, reason="It was another Ana.").status == 303
    assert ticked(alice.open(training.path())) == [str(training.bo)]
    correction = training.rows()[-1]
    assert (correction.kind, correction.present, correction.reason) == ("correction", False, "It was another Ana.")


def test_a_refused_sheet_saves_nothing_of_itself(alice: Browser, training: Training) -> None:
    tick(alice, training.path(), training.ana)
    refused = tick(alice, training.path(), training.bo)
    assert refused.status == 422
    assert [row.registration_id for row in training.rows()] == [training.ana]


def test_a_tick_comes_back_without_a_reason(alice: Browser, training: Training) -> None:
    tick(alice, training.path(), training.ana)
    tick(alice, training.path(), reason="Wrong line.")
    assert tick(alice, training.path(), training.ana).status == 303
    assert ticked(alice.open(training.path())) == [str(training.ana)]


def test_a_single_tick_leaves_the_rest_of_the_form_alone(alice: Browser, training: Training) -> None:
    form = alice.open(training.path())
    both = [str(training.ana), str(training.bo)]
    assert alice.send(form, ticked=both, only=str(training.bo)).status == 303
    assert ticked(alice.open(training.path())) == [str(training.bo)]
    refused = alice.send(alice.open(training.path()), ticked=[str(training.ana)], only=str(training.bo))
    assert refused.status == 422
    row = refused.one(f"#row-{training.bo}")
    assert "Not saved yet" in row.get_text()
    assert "Not saved yet" in str(row["data-announce"])


def test_who_has_earned_a_certificate_is_counted(alice: Browser, training: Training) -> None:
    tick(alice, training.path(0), training.ana, training.bo)
    tick(alice, training.path(1), training.ana)
    page = alice.open(training.path(1))
    assert "One person has earned a certificate so far." in page.words
    assert page.one(f"#row-{training.ana}").get_text(" ", strip=True).endswith("100 % earned")
    assert page.one(f"#row-{training.bo}").get_text(" ", strip=True).endswith("50% of the hours; 80% are needed.")
    person = alice.open(f"/organise/events/{training.event}/people/{training.bo}")
    assert "On the way to a certificate 50% of the hours; 80% are needed." in person.words


def test_the_door_may_tick_and_sees_no_addresses(front: Front, training: Training) -> None:
    bob = Browser(front, "bob")
    assert tick(bob, training.path(), training.ana).status == 303
    page = bob.open(training.path())
    assert ticked(page) == [str(training.ana)]
    assert "@example.org" not in page.words
    assert not page.soup.select("main a[href*='/people/']")


def test_auditors_may_read_but_not_tick(front: Front, training: Training) -> None:
    audrey = Browser(front, "audrey")
    page = audrey.open(training.path())
    assert page.status == 200
    assert len(page.soup.select("input[name=ticked][disabled]")) == 2
    token = page.soup.select("main input[name=csrf_token]")[0]["value"]
    sent = audrey.post(training.path(), {"csrf_token": str(token), "ticked": str(training.ana)})
    assert sent.status == 403
    assert not training.rows()


@pytest.mark.parametrize(("name", "status"), [("charlie", 403), ("", 307)])
def test_others_see_no_attendance(front: Front, training: Training, name: str, status: int) -> None:
    browser = Browser(front, name)
    assert browser.open(training.path()).status == status
    token = browser.open("/my").value("csrf_token")
    assert browser.post(training.path(), {"csrf_token": token, "ticked": str(training.ana)}).status == status
    assert not training.rows()


def test_a_page_elsewhere_cannot_tick(alice: Browser, training: Training) -> None:
    assert alice.post(training.path(), {"ticked": str(training.ana)}).status == 403
    assert not training.rows()


def test_whoever_has_no_seat_cannot_be_ticked(front: Front, alice: Browser, training: Training) -> None:
    waiting = front.house.register(front.house.event(), "Cem Kaya").registration_id
    refused = tick(alice, training.path(), training.ana, waiting)
    assert refused.status == 422
    assert refused.errors() == ["This registration does not exist at this event."]
    assert not training.rows()


@pytest.mark.parametrize("field", ["ticked", "shown", "only"])
def test_what_is_no_id_is_refused(alice: Browser, training: Training, field: str) -> None:
    assert alice.send(alice.open(training.path()), **{field: "x"}).status == 422


def test_a_session_of_another_event_is_not_found(front: Front, alice: Browser, training: Training) -> None:
    other = front.house.event()
    for path in (f"/organise/events/{other}/attendance/{training.sessions[0]}", training.path() + "0"):
        assert alice.open(path).status == 404
    assert alice.open(f"/organise/events/{training.event}/attendance/{new_id()}").status == 404


def test_the_list_can_be_searched_and_keeps_the_search_when_saved(alice: Browser, training: Training) -> None:
    page = alice.open(training.path(query="?q=berg"))
    assert page.all("tbody th") == ["Berg, Bo"]
    saved = alice.send(page, ticked=[str(training.bo)])
    assert saved.location == training.path(query="?q=berg")
    assert "Nobody fits" in alice.open(training.path(query="?q=zzz")).words


def test_nothing_can_be_ticked_at_a_cancelled_event(front: Front, alice: Browser) -> None:
    snapshot = front.house.snapshot()
    front.house.tell(snapshot)
    ana = front.house.register(snapshot["event_id"], "Ana Novak").registration_id
    path = f"/organise/events/{snapshot['event_id']}/attendance/{snapshot['sessions'][0]['session_id']}"
    form = alice.open(path)
    call_off(front, snapshot, {"en": "Flood."})
    page = alice.open(path)
    assert "This session does not take place" in page.words
    assert page.soup.select("input[name=ticked][disabled]")
    assert alice.send(form, ticked=[str(ana)]).status == 409


def test_an_event_without_people_says_what_will_stand_here(front: Front) -> None:
    event = front.house.event()
    page = Browser(front, "alice").open(f"/organise/events/{event}/attendance")
    assert "Nobody has a seat yet" in page.all("h2")


@pytest.mark.parametrize(
    ("name", "tabs"),
    [
        (
            "alice",
            ["Programme", "People", "Waitlist", "Attendance", "Feedback", "Needs", "Mails", "Certificates", "Numbers"],
        ),
        ("audrey", ["Programme", "People", "Waitlist", "Attendance", "Feedback", "Needs", "Certificates", "Numbers"]),
        ("bob", ["Attendance"]),
    ],
)
def test_the_room_shows_only_the_tabs_that_the_role_may_open(front: Front, name: str, tabs: list[str]) -> None:
    event = front.house.event()
    page = Browser(front, name).open(f"/organise/events/{event}/attendance")
    assert page.all("nav.tabs a") == tabs
