"""Recording attendance at a door, and what it earns."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event as sqlalchemy_event

from services.registration.attendance import Answer, Entry, Recorder, record
from services.registration.attendance_list import Attendee, attendance_of
from services.registration.events import event_with_sessions
from services.registration.handlers import certificate_issued
from services.registration.models import AUDIT, OUTBOX, Verdict, metadata
from services.registration.republishing import republish
from services.registration.states import State
from services.registration.statistics import statistics_of
from shared.database import Database, new_id
from shared.errors import BusyError, ConflictError, NotFoundError
from shared.messaging.inbox import Received
from shared.messaging.outbox import Outbox
from shared.testing import TurnableClock
from tests.conftest import EngineFor
from tests.registration.parts import ORGANISER, House


class Room:
    """An event of two sessions, the second twice as long, and one person with a seat."""

    def __init__(self, house: House, **changes: Any) -> None:
        self.house = house
        start = house.clock() + timedelta(days=1)
        self.sessions = [house.session(start, hours=2), house.session(start + timedelta(days=1), hours=4)]
        self.snapshot = house.snapshot(sessions=self.sessions, **changes)
        self.event = house.tell(self.snapshot)
        self.short, self.long = (session["session_id"] for session in self.sessions)
        self.person = house.register(self.event, "Ana Novak", organisation="Verein").registration_id

    def entry(self, **changes: Any) -> Entry:
        values = {"id": new_id(), "registration_id": self.person, "kind": "door", "at": self.house.clock()}
        return Entry(**{**values, **changes})

    def record(self, session_id: UUID, *entries: Entry) -> list[Answer]:
        with self.house.database.unit_of_work(self.house.clock()) as uow:
            answers = record(uow, session_id, entries, Recorder(ORGANISER.account_id or new_id()))
            uow.commit()
        return answers

    def tick(self, *session_ids: UUID, **changes: Any) -> list[Entry]:
        entries = [self.entry(**changes) for _ in session_ids]
        for session_id, entry in zip(session_ids, entries, strict=True):
            assert [a.status for a in self.record(session_id, entry)] == ["recorded"]
        return entries

    def codes(self, session_id: UUID, *entries: Entry) -> list[str]:
        return [answer.code for answer in self.record(session_id, *entries)]

    def attendees(self, **options: Any) -> list[Attendee]:
        with self.house.database.read() as session:
            return attendance_of(session, event_with_sessions(session, self.event), **options).items

    def told(self) -> list[tuple[str, int]]:
        rows = self.house.messages("certificate.earned.v1", "certificate.lost.v1")
        return [(row.topic.split(".")[1], row.body["revision"]) for row in rows]


@pytest.fixture
def room(house: House) -> Room:
    return Room(house)


def test_a_tick_is_evidence_of_the_whole_session(room: Room) -> None:
    room.tick(room.short)
    (attendee,) = room.attendees()
    assert attendee.minutes == {room.short: 120}
    assert attendee.share == pytest.approx(1 / 3)


def test_the_same_row_sent_again_is_harmless(room: Room) -> None:
    entry = room.entry()
    room.record(room.short, entry)
    assert [a.status for a in room.record(room.short, entry, entry)] == ["known", "known"]
    assert room.attendees()[0].minutes == {room.short: 120}


def test_an_id_stands_for_one_row_only(room: Room) -> None:
    (entry,) = room.tick(room.short)
    other = room.entry(id=entry.id, kind="scan")
    assert room.codes(room.short, other) == ["id_reused"]
    assert room.codes(room.long, entry) == ["id_reused"]


def test_an_id_sent_at_once_for_two_people_stands_for_one_of_them(engine_for: EngineFor, clock: TurnableClock) -> None:
    engine = engine_for("postgresql", "registration", metadata)
    room = Room(House(Database(engine, Outbox(OUTBOX, "registration"), audit_log=AUDIT), clock))
    other = room.house.register(room.event).registration_id
    first = room.entry()
    second = room.entry(id=first.id, registration_id=other)
    inserting = Event()

    def notice(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO attendance"):
            inserting.set()

    with ThreadPoolExecutor(1) as thread, room.house.database.unit_of_work(clock()) as uow:
        record(uow, room.short, [first], Recorder(new_id()))
        sqlalchemy_event.listen(engine, "before_cursor_execute", notice)
        waiting = thread.submit(room.record, room.short, second)
        assert inserting.wait(20)
        uow.commit()
        with pytest.raises(BusyError):
            waiting.result(20)
    assert [room.codes(room.short, entry) for entry in (first, second)] == [[""], ["id_reused"]]


def test_each_row_is_answered_for_itself(room: Room) -> None:
    elsewhere = room.house.register(room.house.event()).registration_id
    answers = room.record(
        room.short,
        room.entry(registration_id=new_id()),
        room.entry(registration_id=elsewhere),
        room.entry(kind="correction"),
        room.entry(present=False),
        room.entry(kind="correction", corrects=new_id(), reason="mistaken"),
        room.entry(from_at=room.house.clock() + timedelta(days=9)),
        room.entry(),
    )
    assert [a.code for a in answers] == [
        "registration_unknown",
        "registration_unknown",
        "reason_required",
        "reason_required",
        "corrects_unknown",
        "span_empty",
        "",
    ]
    assert all(a.text for a in answers[:-1])
    assert room.attendees()[0].minutes == {room.short: 120}


def test_a_scan_that_a_phone_sends_late_does_not_undo_what_was_corrected_since(room: Room) -> None:
    late = room.entry(kind="scan")
    room.house.clock.turn(hours=1)
    room.record(room.short, room.entry(kind="correction", present=False, reason="left at once"))
    room.house.clock.turn(hours=2)
    assert [a.status for a in room.record(room.short, late)] == ["recorded"]
    assert room.attendees()[0].minutes == {}
    room.tick(room.short)
    assert room.attendees()[0].minutes == {room.short: 120}


def test_only_whoever_has_a_seat_is_recorded_but_anybodys_row_can_be_corrected(room: Room) -> None:
    waiting = Room(room.house, capacity=0)
    assert waiting.codes(waiting.short, waiting.entry()) == ["not_confirmed"]
    room.tick(room.short)
    room.house.cancel(room.person)
    assert room.codes(room.short, room.entry()) == ["not_confirmed"]
    assert room.codes(room.short, room.entry(kind="correction", present=False, reason="not there")) == [""]
    assert room.attendees()[0].minutes == {}


def test_a_row_corrects_only_its_own_person_and_session(room: Room) -> None:
    (entry,) = room.tick(room.short)
    correction = {"kind": "correction", "corrects": entry.id, "reason": "mistaken", "present": False}
    assert room.codes(room.long, room.entry(**correction)) == ["corrects_unknown"]
    other = room.house.register(room.event).registration_id
    assert room.codes(room.short, room.entry(**correction, registration_id=other)) == ["corrects_unknown"]
    assert room.codes(room.short, room.entry(**correction)) == [""]
    assert room.attendees(q="novak")[0].minutes == {}


def test_a_session_that_does_not_take_place_has_no_attendance(room: Room) -> None:
    with pytest.raises(NotFoundError, match="session_not_found"):
        room.record(new_id(), room.entry())
    first, second = room.sessions
    room.house.tell({**room.snapshot, "sessions": [{**first, "cancelled": True}, second]})
    with pytest.raises(ConflictError, match="session_cancelled"):
        room.record(room.short, room.entry())
    room.house.tell(room.snapshot, cancelled=True)
    with pytest.raises(ConflictError, match="event_cancelled"):
        room.record(room.long, room.entry())


def test_a_certificate_is_earned_when_enough_of_the_hours_were_attended(room: Room) -> None:
    room.tick(room.long)
    assert room.told() == []
    room.tick(room.short)
    (told,) = room.house.messages("certificate.earned.v1")
    assert told.body["registration_id"] == str(room.person)
    assert told.body["sessions"] == [
        {"event_id": str(room.event), "session_id": str(room.short), "minutes": 120},
        {"event_id": str(room.event), "session_id": str(room.long), "minutes": 240},
    ]
    assert told.body["available_at"] == room.sessions[1]["ends_at"].isoformat()
    assert told.version == 0


def test_losing_and_earning_again_raise_the_revision(room: Room) -> None:
    entries = room.tick(room.short, room.long)
    correction = room.entry(kind="correction", corrects=entries[1].id, present=False, reason="was ill")
    room.record(room.long, correction)
    room.tick(room.long, from_at=room.sessions[1]["starts_at"] + timedelta(minutes=30))
    assert room.told() == [("earned", 1), ("lost", 2), ("earned", 3)]


def test_other_hours_are_told_again_and_the_same_hours_are_not(room: Room) -> None:
    room.tick(room.short)
    room.tick(room.long, until_at=room.sessions[1]["starts_at"] + timedelta(hours=3))
    room.tick(room.short)
    room.tick(room.long)
    assert room.told() == [("earned", 1), ("earned", 2)]


def test_teaching_units_weigh_if_every_session_has_them(house: House) -> None:
    room = Room(house)
    first, second = room.sessions
    weighed = [{**first, "teaching_units": 8.0}, {**second, "teaching_units": 2.0}]
    house.tell({**room.snapshot, "sessions": weighed})
    room.tick(room.short)
    assert room.attendees()[0].share == pytest.approx(0.8)
    assert room.told() == [("earned", 1)]


def test_another_rule_or_another_programme_is_judged_at_once(room: Room) -> None:
    room.tick(room.short)
    room.house.tell({**room.snapshot, "certificate_rule": {"share_of_hours": 0.3, "sessions": None}})
    assert room.told() == [("earned", 1)]
    room.house.tell(room.snapshot)
    assert room.told()[-1] == ("lost", 2)
    first, second = room.sessions
    room.house.tell({**room.snapshot, "sessions": [first, {**second, "cancelled": True}]})
    assert room.told()[-1] == ("earned", 3)
    room.house.tell({**room.snapshot, "certificate_rule": None})
    assert room.told()[-1] == ("lost", 4)


def test_whoever_gives_the_place_up_has_no_longer_earned_a_certificate(room: Room) -> None:
    room.tick(room.short, room.long)
    room.house.cancel(room.person, ORGANISER, "wrong person")
    assert room.told() == [("earned", 1), ("lost", 2)]


def test_where_there_is_no_rule_nothing_is_earned(house: House) -> None:
    room = Room(house, certificate_rule=None)
    room.tick(room.short, room.long)
    assert room.told() == []
    with house.database.read() as session:
        assert session.query(Verdict).count() == 0


def test_the_list_shows_people_with_seats_or_evidence_with_their_certificates(room: Room) -> None:
    house = room.house
    house.register(room.event, "Bo Berg")
    house.register(room.event, "Waits Only")
    room.tick(room.short, room.long)
    certificate = {
        "certificate_id": new_id(),
        "earned_id": room.person,
        "series_id": None,
        "registration_id": room.person,
        "event_id": room.event,
        "number": "2027-0001",
        "code": "ABCD",
        "state": "valid",
        "issued_at": house.clock(),
    }
    with house.database.unit_of_work(house.clock()) as uow:
        certificate_issued(uow, Received(new_id(), "", new_id(), 1, house.clock(), certificate))
        uow.commit()
    attendees = room.attendees()
    assert [(a.registration.name, a.earned, a.certificate is not None) for a in attendees] == [
        ("Bo Berg", False, False),
        ("Ana Novak", True, True),
    ]
    with house.database.read() as session:
        figures = statistics_of(session, event_with_sessions(session, room.event))
    assert (figures.attended, figures.certificates_earned, figures.certificates_valid) == (1, 1, 1)
    assert [(s.attended, s.minutes) for s in figures.sessions] == [(1, 120), (1, 240)]
    assert (figures.organisations, figures.by_state[State.WAITLISTED]) == (1, 1)


def sessions_told(room: Room) -> list[tuple[int, list[str]]]:
    return [(row.version, row.body["session_ids"]) for row in room.house.messages("attendance.changed.v1")]


def test_the_sessions_at_which_somebody_was_are_told_when_they_change(room: Room) -> None:
    (tick,) = room.tick(room.short)
    room.tick(room.short)
    room.tick(room.long)
    room.record(room.short, room.entry(kind="correction", present=False, reason="Left at once"))
    both = sorted(map(str, (room.short, room.long)))
    assert sessions_told(room) == [(1, [str(room.short)]), (3, both), (4, [str(room.long)])]
    assert room.codes(room.short, tick) == [""]
    assert len(sessions_told(room)) == 3


def test_a_row_that_says_nothing_new_of_presence_is_not_told(room: Room) -> None:
    room.record(room.short, room.entry(kind="correction", present=False, reason="Was never there"))
    assert sessions_told(room) == []


def test_attendance_is_told_again_with_the_version_it_has(room: Room) -> None:
    room.tick(room.short, room.long)
    last = sessions_told(room)[-1]
    republish(room.house.database, room.house.clock)
    assert sessions_told(room)[-1] == last
    assert len(sessions_told(room)) == 3
