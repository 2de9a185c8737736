"""Who has earned the certificate for a whole series, however the evidence and the programme change."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from services.registration.addresses import correct_address
from services.registration.attendance import Entry, Recorder, record
from services.registration.certificate_rules import Condition
from services.registration.changes import Correction, correct
from services.registration.forgetting import forget_registrations
from services.registration.handlers import HANDLERS
from services.registration.models import AUDIT, OUTBOX, SeriesVerdict, metadata
from shared.database import Database, new_id
from shared.messages import REGISTRY
from shared.messages.base import dumped, loaded
from shared.messaging.inbox import Received
from shared.messaging.outbox import Outbox
from shared.testing import TurnableClock
from tests.conftest import EngineFor
from tests.registration.parts import ORGANISER, House

RULE = {"share_of_hours": None, "sessions": None, "modules": 2, "required_modules": [3]}


class Course:
    """A series of three modules of one session each, in which Ana has a seat everywhere."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.series: dict[str, Any] = {"series_id": new_id(), "slug": "reihe", "title": {"en": "Foundations"}}
        self.modules = [self.module(number) for number in (1, 2, 3)]
        self.tell(RULE)
        self.ana = [self.enrol(module["event_id"], "Ana Novak") for module in self.modules]

    def module(self, number: int, **changes: Any) -> dict[str, Any]:
        session = self.house.session(self.house.clock() + timedelta(days=number), hours=4)
        snapshot = self.house.snapshot(
            series=self.series, module_number=number, sessions=[session], capacity=20, **changes
        )
        self.house.tell(snapshot)
        return snapshot

    def tell(self, rule: dict[str, Any] | None, *more: UUID) -> None:
        """As the message of the series would come."""
        schema = REGISTRY["series.changed.v1"]
        event_ids = [module["event_id"] for module in self.modules] + list(more)
        body = dumped(schema, {**self.series, "certificate_rule": rule, "event_ids": event_ids})
        received = Received(
            new_id(), schema.topic, self.series["series_id"], 1, self.house.clock(), loaded(schema, body)
        )
        with self.house.database.unit_of_work(self.house.clock()) as uow:
            HANDLERS[schema.topic](uow, received)
            uow.commit()

    def enrol(self, event_id: UUID, name: str, **changes: Any) -> UUID:
        return self.house.register(event_id, name, **changes).registration_id

    def attend(self, number: int, registration_id: UUID, **changes: Any) -> UUID:
        """The id of the row."""
        held = self.modules[number - 1]["sessions"][0]["session_id"]
        entry = Entry(
            **{"id": new_id(), "registration_id": registration_id, "kind": "door", "at": self.house.clock(), **changes}
        )
        with self.house.database.unit_of_work(self.house.clock()) as uow:
            assert [answer.status for answer in record(uow, held, [entry], Recorder(new_id()))] == ["recorded"]
            uow.commit()
        return entry.id

    def ana_attends(self, *numbers: int) -> None:
        for number in numbers:
            self.attend(number, self.ana[number - 1])

    def verdicts(self) -> list[SeriesVerdict]:
        with self.house.database.read() as session:
            return list(session.scalars(select(SeriesVerdict).order_by(SeriesVerdict.sort_key)))

    def verdict(self) -> SeriesVerdict:
        (found,) = self.verdicts()
        return found

    def missing(self) -> dict[str, tuple[Any, ...]]:
        standing = [Condition.from_json(kept) for kept in self.verdict().standing]
        return {one.kind: (int(one.has), int(one.needs), *one.missing) for one in standing if not one.is_met}


@pytest.fixture
def course(house: House) -> Course:
    return Course(house)


def test_a_series_is_earned_over_all_its_modules(course: Course) -> None:
    course.ana_attends(1)
    assert course.missing() == {"modules": (1, 2), "required_modules": (0, 1, 3)}
    course.ana_attends(2)
    assert course.missing() == {"required_modules": (0, 1, 3)}
    assert not course.verdict().earned
    course.ana_attends(3)
    verdict = course.verdict()
    assert verdict.earned
    assert [part["minutes"] for part in verdict.sessions] == [240, 240, 240]
    assert verdict.registration_id == course.ana[2]


def test_a_correction_takes_the_certificate_of_the_series_away(course: Course) -> None:
    course.ana_attends(1, 3)
    assert course.verdict().earned
    course.attend(3, course.ana[2], kind="correction", present=False, reason="It was another Ana.")
    assert not course.verdict().earned
    assert course.missing() == {"modules": (1, 2), "required_modules": (0, 1, 3)}


def test_what_is_earned_and_lost_is_told_with_the_modules_attended(course: Course) -> None:
    course.ana_attends(1, 3)
    course.ana_attends(2)
    course.house.cancel(course.ana[2], ORGANISER, "wrong person")
    messages = course.house.messages("certificate.earned.v1", "certificate.lost.v1")
    of_series = [row for row in messages if UUID(row.body["earned_id"]) not in course.ana]
    assert [(row.topic, row.body["revision"]) for row in of_series] == [
        ("certificate.earned.v1", 1),
        ("certificate.earned.v1", 2),
        ("certificate.lost.v1", 3),
    ]
    earned = loaded(REGISTRY["certificate.earned.v1"], of_series[1].body)
    assert earned["series"]["series_id"] == course.series["series_id"]
    assert [part["event_id"] for part in earned["sessions"]] == [module["event_id"] for module in course.modules]
    assert earned["available_at"] == course.modules[2]["sessions"][0]["ends_at"]


def test_whoever_gives_a_place_up_has_no_longer_attended_that_module(course: Course) -> None:
    course.ana_attends(1, 3)
    course.house.cancel(course.ana[2], ORGANISER, "wrong person")
    assert not course.verdict().earned
    assert course.verdict().registration_id == course.ana[1]


def test_another_rule_is_judged_at_once_and_without_one_nothing_is_kept(course: Course) -> None:
    course.ana_attends(1)
    course.tell({**RULE, "modules": 1, "required_modules": []})
    assert course.verdict().earned
    course.tell(None)
    assert course.verdicts() == []
    assert course.house.messages("certificate.lost.v1")
    course.tell(RULE)
    assert not course.verdict().earned


def test_a_module_that_is_cancelled_or_leaves_the_series_is_judged_at_once(course: Course) -> None:
    course.ana_attends(1, 2)
    assert course.missing().keys() == {"required_modules"}
    course.house.tell(course.modules[2], cancelled=True)
    assert course.verdict().earned
    course.house.tell({**course.modules[0], "series": None, "module_number": None})
    assert course.missing() == {"modules": (1, 2)}


def test_a_certificate_waits_for_modules_that_have_no_date_yet(course: Course) -> None:
    course.ana_attends(1, 3)
    assert course.verdict().available_at == course.modules[2]["sessions"][0]["ends_at"]
    course.tell(RULE, new_id())
    assert course.verdict().available_at is None
    course.tell(RULE)
    assert course.verdict().available_at == course.modules[2]["sessions"][0]["ends_at"]


def test_people_who_share_an_address_are_judged_apart(course: Course) -> None:
    bo = course.enrol(course.modules[1]["event_id"], "Bo Berg", email="family@example.org")
    cy = course.enrol(course.modules[2]["event_id"], "Cy Berg", email="family@example.org")
    course.attend(2, bo)
    course.attend(3, cy)
    assert [(one.sort_key, one.earned) for one in course.verdicts()] == [("berg bo", False), ("berg cy", False)]


def test_a_corrected_name_or_address_brings_one_persons_modules_together(course: Course) -> None:
    eva = course.enrol(course.modules[0]["event_id"], "Eva Roth")
    mistyped = course.enrol(course.modules[2]["event_id"], "Ewa Roth", email="eva.rot@example.org")
    course.attend(1, eva)
    course.attend(3, mistyped)
    assert [verdict.earned for verdict in course.verdicts()] == [False, False]
    with course.house.database.unit_of_work(course.house.clock()) as uow:
        correct(uow, mistyped, Correction(first_name="Eva"), ORGANISER)
        uow.commit()
    assert [verdict.earned for verdict in course.verdicts()] == [False, False]
    with course.house.database.unit_of_work(course.house.clock()) as uow:
        assert correct_address(uow, mistyped, "eva.roth@example.org")
        uow.commit()
    assert course.verdict().earned


def test_what_was_told_of_a_series_may_come_before_and_after_its_events(house: House) -> None:
    course = Course(house)
    course.ana_attends(1, 3)
    fourth = course.module(4)
    course.modules.append(fourth)
    assert course.verdict().earned
    course.tell({**RULE, "required_modules": [3, 4]})
    assert course.missing() == {"required_modules": (1, 2, 4)}


def test_whoever_is_forgotten_loses_no_certificate_and_leaves_no_name(course: Course) -> None:
    course.ana_attends(1, 3)
    for evidence in (course.ana, []):
        with course.house.database.unit_of_work(course.house.clock()) as uow:
            forget_registrations(uow, course.ana, evidence)
            uow.commit()
        assert len(course.verdicts()) == (1 if evidence else 0)
    assert course.house.messages("certificate.lost.v1") == []
    with course.house.database.read() as session:
        assert "Novak" not in str(session.execute(select(OUTBOX.c.body)).all())


def test_two_doors_at_two_modules_lose_nothing_of_each_other(engine_for: EngineFor, clock: TurnableClock) -> None:
    """The first has recorded and not committed when the second judges: it must wait, and see both."""
    engine = engine_for("postgresql", "registration", metadata)
    course = Course(House(Database(engine, Outbox(OUTBOX, "registration"), audit_log=AUDIT), clock))
    held = course.modules[0]["sessions"][0]["session_id"]
    entry = Entry(id=new_id(), registration_id=course.ana[0], kind="door", at=clock())
    judging = Event()

    def notice(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO series_verdicts"):
            judging.set()

    with ThreadPoolExecutor(1) as thread, course.house.database.unit_of_work(clock()) as uow:
        record(uow, held, [entry], Recorder(new_id()))
        sqlalchemy_event.listen(engine, "before_cursor_execute", notice)
        second = thread.submit(course.ana_attends, 3)
        assert judging.wait(20)
        uow.commit()
        second.result(20)
    assert course.verdict().earned
