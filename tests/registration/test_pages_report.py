"""A meeting's report is tried out, shown row by row, and recorded when that is confirmed; on both databases."""

import io
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.attendance import Entry, Recorder, record
from services.registration.models import Attendance, EventSession
from services.registration.presence import minutes_present
from shared.database import new_id
from tests.catalogue.browser import Page
from tests.registration.browser import Browser
from tests.registration.front import Front

HEADER = "Name,User Email,Join Time,Leave Time\n"


@dataclass
class Report:
    """Of an event online of six hours, which began at 10 in the morning in Berlin, with Ana and two called Bo Berg."""

    front: Front
    event: UUID
    session: UUID
    ana: UUID
    alice: Browser

    @property
    def path(self) -> str:
        return f"/organise/events/{self.event}/attendance/{self.session}/report"

    def tried(self, *rows: str) -> Page:
        table = (HEADER + "\n".join(rows)).encode()
        return self.alice.send(self.alice.open(self.path), file=(io.BytesIO(table), "report.csv"))

    def stored(self, *rows: str) -> Page:
        return self.alice.send(self.tried(*rows))

    def rows(self) -> list[Attendance]:
        with self.front.core.database.read() as session:
            return list(session.scalars(select(Attendance).order_by(Attendance.recorded_at, Attendance.id)))

    def minutes(self) -> int:
        with self.front.core.database.read() as session:
            held = session.get_one(EventSession, self.session)
        return minutes_present(held, self.rows())


def row(who: str, begin: str, end: str) -> str:
    return f"{who},01/13/2027 {begin},01/13/2027 {end}"


@pytest.fixture
def report(front_of_both: Front) -> Report:
    house = front_of_both.house
    start = house.clock() + timedelta(days=2)
    held = house.session(start, meeting_url="https://meet.example.org/room")
    event = house.event(capacity=5, format="online", sessions=[held])
    ana = house.register(event, "Ana Novák").registration_id
    for number in range(2):
        house.register(event, "Bo Berg", email=f"bo{number}@example.org")
    house.clock.turn(days=2, hours=8)
    return Report(front_of_both, event, held["session_id"], ana, Browser(front_of_both, "alice"))


def test_a_trial_shows_each_row_and_keeps_nothing(report: Report) -> None:
    page = report.tried(
        row("Ana Novak (Gast),", "10:00", "11:00"),
        row("Bo Berg,", "10:00", "11:00"),
        row("somebody,BO1@example.org", "10:00", "11:00"),
        row("iPhone,", "10:00", "11:00"),
        row("Ana Novak,", "06:00", "07:00"),
        row("Ana Novak,", "never", "11:00"),
    )
    shown = page.all("tbody tr")
    assert page.all("main h2") == ["2 rows would be recorded"]
    ends = {line.split()[0]: line for line in shown}
    assert ends["2"].endswith("Ana Novák")
    assert "Several people have this name" in ends["3"]
    assert ends["4"].endswith("Bo Berg")
    assert "Nobody with a seat" in ends["5"]
    assert "Not in the time of this session." in ends["6"]
    assert "The times cannot be read." in ends["7"]
    assert report.rows() == []


def test_stretches_of_one_person_are_joined_and_recorded_as_online(report: Report) -> None:
    done = report.stored(
        row("Novak; Ana,", "09:30", "11:00"), row("Ana Novak,", "10:45", "11:30"), row("Ana Novak,", "12:00", "12:30")
    )
    assert done.all("main h2") == ["2 pieces of evidence were recorded"]
    assert {(one.kind, one.registration_id) for one in report.rows()} == {("online", report.ana)}
    assert all(one.account_id is not None for one in report.rows())
    assert report.minutes() == 120


def test_the_same_report_again_records_nothing(report: Report) -> None:
    for expected in (1, 0):
        done = report.stored(row("Ana Novak,", "10:00", "11:00"))
        heading = "One piece of evidence was recorded" if expected else "0 pieces of evidence were recorded"
        assert done.all("main h2") == [heading]
    assert len(report.rows()) == 1


def test_what_was_taken_back_stays_so_when_the_same_report_comes_again_but_not_for_another(report: Report) -> None:
    report.stored(row("Ana Novak,", "10:00", "11:00"))
    report.front.house.clock.turn(minutes=1)
    with report.front.core.database.unit_of_work(report.front.house.clock()) as uow:
        back = Entry(new_id(), report.ana, "correction", uow.now, present=False, reason="It was somebody else.")
        record(uow, report.session, [back], Recorder(new_id()))
        uow.commit()
    report.front.house.clock.turn(minutes=1)
    report.stored(row("Ana Novak,", "10:00", "11:00"))
    assert report.minutes() == 0
    report.stored(row("Ana Novak,", "12:00", "12:30"))
    assert report.minutes() == 30


def test_a_report_shortens_what_joining_was_taken_for(report: Report) -> None:
    report.front.house.clock.turn(hours=-7)
    visitor = Browser(report.front)
    path = f"/my/{report.front.token_of(report.ana)}/registrations/{report.ana}/join/{report.session}"
    visitor.send(visitor.open(path))
    assert report.minutes() == 300
    report.front.house.clock.turn(hours=7)
    report.stored(row("Ana Novak,", "11:00", "12:00"))
    assert report.minutes() == 60


def test_what_is_no_report_is_refused_with_what_to_mend(report: Report) -> None:
    refused = report.alice.send(report.alice.open(report.path), file=(io.BytesIO(b"a,b\n1,2\n"), "report.csv"))
    assert refused.status == 422
    assert refused.soup.select(".error-summary a[href='#field-file']")


@pytest.mark.parametrize(
    "rows", ["", "[1]", "{}", '[[1, "a", "b", "soon", null]]', '[[1, "a", "b", "2027-01-13", null]]']
)
def test_rows_that_no_trial_has_made_are_refused(report: Report, rows: str) -> None:
    trial = report.tried(row("Ana Novak,", "10:00", "11:00"))
    assert report.alice.send(trial, rows=rows).status == 422
    assert report.rows() == []


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("adam", 200), ("bob", 403), ("audrey", 403)])
def test_only_organisers_come_in(report: Report, name: str, status: int) -> None:
    assert Browser(report.front, name).open(report.path).status == status
