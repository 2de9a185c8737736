"""Joining a session's meeting through the person's own page, on both databases."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.attendance import Entry, Recorder, record
from services.registration.models import Attendance, EventSession
from services.registration.presence import minutes_present
from shared.database import new_id
from tests.catalogue.browser import Page
from tests.registration.browser import Browser, call_off
from tests.registration.front import Front

URL = "https://meet.example.org/room?pwd=1"


@dataclass
class Meeting:
    """A session online of six hours, at which Ana has the only seat; it begins in ten minutes."""

    front: Front
    snapshot: dict[str, Any]
    ana: UUID

    @property
    def session(self) -> UUID:
        found: UUID = self.snapshot["sessions"][0]["session_id"]
        return found

    @property
    def starts_at(self) -> datetime:
        found: datetime = self.snapshot["sessions"][0]["starts_at"]
        return found

    def path(self, registration_id: UUID | None = None) -> str:
        who = registration_id or self.ana
        return f"/my/{self.front.token_of(who)}/registrations/{who}/join/{self.session}"

    def rows(self) -> list[Attendance]:
        with self.front.core.database.read() as session:
            return list(session.scalars(select(Attendance).order_by(Attendance.recorded_at, Attendance.id)))

    def minutes(self) -> int:
        with self.front.core.database.read() as session:
            rows = list(session.scalars(select(Attendance).order_by(Attendance.recorded_at, Attendance.id)))
            held = session.get_one(EventSession, self.session)
        return minutes_present(held, rows)

    def by_staff(self, **changes: Any) -> None:
        with self.front.core.database.unit_of_work(self.front.house.clock()) as uow:
            entry = Entry(**{"id": new_id(), "registration_id": self.ana, "kind": "online", "at": uow.now, **changes})
            (answer,) = record(uow, self.session, [entry], Recorder(new_id()))
            assert answer.status == "recorded", answer
            uow.commit()


@pytest.fixture
def meeting(front_of_both: Front) -> Meeting:
    return a_meeting(front_of_both)


def a_meeting(front: Front, url: str = URL) -> Meeting:
    session = front.house.session(front.house.clock() + timedelta(days=2, minutes=10), meeting_url=url)
    snapshot = front.house.snapshot(capacity=1, format="hybrid", sessions=[session])
    event = front.house.tell(snapshot)
    ana = front.house.register(event, "Ana Novak", locale="en").registration_id
    front.house.clock.turn(days=2)
    return Meeting(front, snapshot, ana)


def joined(meeting: Meeting) -> Page:
    visitor = Browser(meeting.front)
    return visitor.send(visitor.open(meeting.path()))


def test_the_button_records_that_the_person_is_there_and_leads_to_the_meeting(meeting: Meeting) -> None:
    answer = joined(meeting)
    assert (answer.status, answer.location) == (303, URL)
    (row,) = meeting.rows()
    assert (row.kind, row.present, row.account_id) == ("online", True, None)
    assert (row.from_at, row.until_at) == (meeting.front.house.clock(), None)
    assert meeting.minutes() == 360


def test_looking_at_the_page_records_nothing_and_does_not_show_the_address(meeting: Meeting) -> None:
    page = Browser(meeting.front).open(meeting.path())
    assert page.all("main form button") == ["Join the meeting now"]
    assert "meet.example.org" not in page.response.get_data(as_text=True)
    assert meeting.rows() == []


def test_whoever_comes_late_counts_from_then_on(meeting: Meeting) -> None:
    meeting.front.house.clock.turn(minutes=70)
    joined(meeting)
    assert meeting.minutes() == 300


def test_joining_again_leads_there_and_counts_once(meeting: Meeting) -> None:
    joined(meeting)
    meeting.front.house.clock.turn(hours=1)
    assert joined(meeting).location == URL
    assert len(meeting.rows()) == 1


def test_what_staff_took_back_is_recorded_anew_by_joining_again(meeting: Meeting) -> None:
    joined(meeting)
    meeting.by_staff(kind="correction", present=False, reason="It was somebody else.")
    assert meeting.minutes() == 0
    meeting.front.house.clock.turn(minutes=70)
    joined(meeting)
    assert meeting.minutes() == 300


def test_a_report_of_the_meeting_shortens_what_joining_was_taken_for(meeting: Meeting) -> None:
    joined(meeting)
    start = meeting.starts_at
    meeting.by_staff(from_at=start, until_at=start + timedelta(minutes=90))
    assert meeting.minutes() == 90
    joined(meeting)
    assert (meeting.minutes(), len(meeting.rows())) == (90, 2)


def test_the_meetings_address_hears_nothing_of_the_persons_link(meeting: Meeting) -> None:
    visitor = Browser(meeting.front)
    page = visitor.open(meeting.path())
    for answer in (page, visitor.send(page)):
        assert answer.response.headers["Referrer-Policy"] == "no-referrer"
        assert answer.response.headers["Cache-Control"] == "no-store"


def test_the_page_lets_its_form_lead_to_other_sites_of_https_alone(meeting: Meeting) -> None:
    policy = Browser(meeting.front).open(meeting.path()).response.headers["Content-Security-Policy"]
    assert "form-action 'self' https:;" in policy
    assert "script-src 'self';" in policy


@pytest.mark.parametrize("minutes", [-21, 370], ids=["too early", "too late"])
def test_outside_its_time_the_page_leads_back(meeting: Meeting, minutes: int) -> None:
    visitor = Browser(meeting.front)
    form = visitor.open(meeting.path())
    meeting.front.house.clock.turn(minutes=minutes)
    own_page = f"/my/{meeting.front.token_of(meeting.ana)}"
    assert visitor.open(meeting.path()).location == own_page
    assert visitor.send(form).location == own_page
    assert meeting.rows() == []


def test_the_persons_page_offers_it_in_time_and_says_before_when_that_is(meeting: Meeting) -> None:
    visitor, own_page = Browser(meeting.front), f"/my/{meeting.front.token_of(meeting.ana)}"
    assert visitor.open(own_page).one("a[href*='/join/']")["href"] == meeting.path()
    meeting.front.house.clock.turn(minutes=-21)
    early = visitor.open(own_page)
    assert "You can join online here from" in early.words
    assert early.soup.select("a[href*='/join/']") == []


def test_only_whoever_has_the_seat_finds_the_page(meeting: Meeting) -> None:
    house, visitor = meeting.front.house, Browser(meeting.front)
    other_event = house.event(capacity=1, sessions=[house.session(house.clock() + timedelta(hours=1))])
    stranger = house.register(other_event).registration_id
    foreign = meeting.path().replace(meeting.front.token_of(meeting.ana), meeting.front.token_of(stranger))
    assert visitor.open(foreign).status == 404
    assert visitor.open(meeting.path(stranger)).status == 404
    form = visitor.open(meeting.path())
    house.cancel(meeting.ana)
    assert (visitor.open(meeting.path()).status, visitor.send(form).status) == (404, 404)
    assert meeting.rows() == []


def test_where_the_event_is_called_off_there_is_no_page(meeting: Meeting) -> None:
    call_off(meeting.front, meeting.snapshot, {"de": "krank"})
    assert Browser(meeting.front).open(meeting.path()).status == 404


@pytest.mark.parametrize("url", ["http://meet.example.org/room", None])
def test_without_an_address_of_https_there_is_no_page(front: Front, url: str) -> None:
    meeting = a_meeting(front, url)
    visitor = Browser(front)
    assert visitor.open(meeting.path()).status == 404
    direct = visitor.open(f"/my/{front.token_of(meeting.ana)}").soup.select("article a[rel=noreferrer]")
    assert [str(one["href"]) for one in direct] == ([url] if url else [])


def test_organisers_see_who_recorded_it(meeting: Meeting) -> None:
    joined(meeting)
    event = meeting.snapshot["event_id"]
    page = Browser(meeting.front, "alice").open(f"/organise/events/{event}/people/{meeting.ana}")
    assert "seen online" in page.words
    assert "the person" in page.words
