"""The checker finds what is broken, and nothing where nothing is."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, text, update

from services.registration.attendance import Entry, Recorder, record
from services.registration.consistency import findings
from services.registration.models import OUTBOX, Decision, Registration, SeatCounter, table
from services.registration.rule import Traits
from shared.database import UnitOfWork, new_id
from tests.registration.parts import ORGANISER, House
from tests.rules import a_pool, a_waitlist

REGISTRATIONS, DECISIONS, COUNTERS = table(Registration), table(Decision), table(SeatCounter)


@pytest.fixture
def event(house: House) -> UUID:
    """Two seats with a quota of one, everything that can happen to them, two who wait."""
    snapshot = house.snapshot(capacity=2, max_per_organisation=1)
    event = house.tell(snapshot)
    first = house.register(event, organisation="A").registration_id
    house.register(event, organisation="B")
    house.register(event, organisation="A")
    for _ in range(3):
        house.register(event)
    house.cancel(first)
    house.tell({**snapshot, "capacity": 3})
    house.tell({**snapshot, "capacity": 2})
    return event


def found(house: House) -> list[str]:
    return [finding.split(": ", 1)[1] for finding in findings(house.database, house.clock())]


def tamper(house: House, change: Callable[[UnitOfWork], object]) -> list[str]:
    with house.database.unit_of_work(house.clock()) as uow:
        change(uow)
        uow.commit()
    return found(house)


def test_what_the_use_cases_leave_behind_is_in_order(house: House, event: UUID) -> None:
    assert found(house) == []
    house.clock.turn(days=1)
    assert found(house) == []


def test_whoever_has_a_reserved_seat_kept_for_them_until_morning_is_not_overtaken(house: House) -> None:
    snapshot = house.snapshot(capacity=0, waitlist=a_waitlist(policy="offer", pools=[a_pool(1, "code", code="GAST")]))
    event = house.tell(snapshot)
    guest = house.register(event, traits=Traits(code="GAST")).registration_id
    house.clock.moment = house.clock.moment.replace(hour=22)
    house.tell({**snapshot, "capacity": 2})
    assert house.state(guest) == "waitlisted"
    assert house.register(event).state == "confirmed"
    assert found(house) == []


def test_what_is_told_of_attendance_is_no_state_of_the_registration(house: House) -> None:
    session = house.session(house.clock() + timedelta(days=1))
    event = house.event(sessions=[session])
    person = house.register(event).registration_id
    with house.database.unit_of_work(house.clock()) as uow:
        entry = Entry(new_id(), person, "door", house.clock())
        record(uow, session["session_id"], [entry], Recorder(new_id()))
        uow.commit()
    assert [message.version for message in house.messages("attendance.changed.v1")] == [1]
    assert house.registration(person).version == 1
    assert found(house) == []


def test_an_empty_database_is_in_order(house: House) -> None:
    assert found(house) == []


def test_counters_that_differ_from_the_rows(house: House, event: UUID) -> None:
    broken = tamper(house, lambda uow: uow.session.execute(update(COUNTERS).values(confirmed=1, next_seq=2)))
    assert broken[:2] == [
        "the counters say 1 confirmed and 2 waiting, the rows 3 and 2",
        "place 6 is given, but 2 would be next",
    ]


def test_registrations_without_counters(house: House, event: UUID) -> None:
    broken = tamper(house, lambda uow: uow.session.execute(delete(COUNTERS)))
    assert "has registrations but no counters" in broken


def test_a_state_that_nobody_decided(house: House, event: UUID) -> None:
    def change(uow: UnitOfWork) -> None:
        uow.session.execute(delete(DECISIONS).where(DECISIONS.c.outcome == "cancelled"))

    assert tamper(house, change) == ["is cancelled, but the last decision is confirmed"]


def test_a_seat_given_when_none_was_free(house: House, event: UUID) -> None:
    path = "UPDATE decisions SET inputs = '{\"taken\": 2, \"capacity\": 2}' WHERE outcome = 'promoted'"
    broken = tamper(house, lambda uow: uow.session.execute(text(path)))
    assert set(broken) == {"was given a seat when none was free"}


def test_a_seat_given_beyond_a_quota(house: House, event: UUID) -> None:
    inputs = '{"taken": 0, "capacity": 2, "organisation_seats": 1, "max_per_organisation": 1}'
    query = f"UPDATE decisions SET inputs = '{inputs}' WHERE outcome = 'confirmed'"
    broken = tamper(house, lambda uow: uow.session.execute(text(query)))
    assert set(broken) == {"was given a seat although its organisation had all of its own"}


def test_somebody_who_waits_although_a_seat_is_free(house: House, event: UUID) -> None:
    broken = tamper(house, lambda uow: uow.session.execute(update(COUNTERS).values(capacity=9)))
    assert "waits although a seat is free" in broken


def test_somebody_who_was_overtaken(house: House, event: UUID) -> None:
    def swap(uow: UnitOfWork) -> None:
        """The last in line, who has no organisation, is put before everybody."""
        query = update(REGISTRATIONS).where(REGISTRATIONS.c.state == "waitlisted", REGISTRATIONS.c.seq == 6)
        uow.session.execute(query.values(place=0))
        admitted = update(DECISIONS).where(DECISIONS.c.outcome == "promoted").values(seats_version=100)
        uow.session.execute(admitted)

    assert "waits although somebody behind it was admitted" in tamper(house, swap)


def test_an_organiser_may_promote_past_others(house: House) -> None:
    event = house.event(capacity=3, max_per_organisation=1)
    for _ in range(3):
        house.register(event, organisation="A")
    waiting = house.registration(house.register(event, organisation="A").registration_id)
    house.promote(waiting.id)
    house.cancel(waiting.id, ORGANISER)
    assert found(house) == []


def test_a_change_that_was_not_told(house: House, event: UUID) -> None:
    def forget(uow: UnitOfWork) -> None:
        uow.session.execute(delete(OUTBOX).where(OUTBOX.c.topic == "registration.cancelled.v1"))

    assert tamper(house, forget) == ["its change was not told"]


def test_a_change_that_was_told_wrong(house: House, event: UUID) -> None:
    def change(uow: UnitOfWork) -> None:
        wrong = update(OUTBOX).where(OUTBOX.c.topic == "registration.cancelled.v1")
        uow.session.execute(wrong.values(body={"state": "confirmed"}))

    assert tamper(house, change) == ["is cancelled, but was told to be confirmed"]


def test_seats_that_were_told_wrong(house: House, event: UUID) -> None:
    def change(uow: UnitOfWork) -> None:
        wrong = update(OUTBOX).where(OUTBOX.c.topic == "seats.changed.v1")
        uow.session.execute(wrong.values(body={"capacity": 1, "confirmed": 1, "waiting": 1}))

    assert tamper(house, change) == ["the seats that were told last are not those of the counters"]


def test_a_state_that_does_not_go_with_its_deadline(house: House, event: UUID) -> None:
    def change(uow: UnitOfWork) -> None:
        one = update(REGISTRATIONS).where(REGISTRATIONS.c.seq == 2)
        uow.session.execute(one.values(deadline=house.clock() + timedelta(hours=1)))

    assert tamper(house, change) == ["is confirmed, which does not go with its deadline"]


def test_an_offer_without_a_deadline(house: House) -> None:
    offered(house)
    broken = tamper(house, lambda uow: uow.session.execute(update(REGISTRATIONS).values(deadline=None)))
    assert broken == ["is offered, which does not go with its deadline"]


def test_an_offer_that_ran_out_and_nobody_has_seen_to(house: House) -> None:
    registration_id = offered(house)
    deadline = house.registration(registration_id).deadline
    assert deadline is not None
    house.clock.moment = deadline + timedelta(minutes=9)
    assert found(house) == []
    house.clock.turn(minutes=2)
    assert found(house) == ["ran out, and nobody has seen to it"]


def test_a_seat_given_that_was_reserved_for_others(house: House) -> None:
    event = house.event(capacity=2, waitlist=a_waitlist(pools=[a_pool(1)]))
    house.register(event)
    assert found(house) == []
    inputs = '{"taken": 1, "capacity": 2, "reserved": 1}'
    query = f"UPDATE decisions SET inputs = '{inputs}' WHERE outcome = 'confirmed'"
    broken = tamper(house, lambda uow: uow.session.execute(text(query)))
    assert broken == ["was given a seat that was reserved for others"]


def test_a_party_of_which_some_wait(house: House) -> None:
    event = house.event(capacity=2)
    house.register_party(event, 2)
    assert found(house) == []

    def tear(uow: UnitOfWork) -> None:
        uow.session.execute(update(REGISTRATIONS).where(REGISTRATIONS.c.seq == 2).values(state="waitlisted"))

    assert "some have a seat while others wait" in tamper(house, tear)


def test_a_party_that_takes_fewer_seats_may_be_split(house: House) -> None:
    event = house.event(capacity=2)
    house.register(event)
    house.register_party(event, 2, takes_fewer=True)
    assert house.states(event) == ["confirmed", "confirmed", "waitlisted"]
    assert found(house) == []


def test_a_free_seat_that_is_not_offered(house: House) -> None:
    event = house.event(capacity=1, waitlist=a_waitlist(policy="offer"))
    for _ in range(2):
        house.register(event)
    broken = tamper(house, lambda uow: uow.session.execute(update(COUNTERS).values(capacity=2)))
    assert "waits although a seat is free" in broken


def test_a_free_seat_that_is_kept_back_until_morning(house: House) -> None:
    """Nothing is offered in quiet hours, so nobody waits in vain."""
    event = house.event(capacity=1, waitlist=a_waitlist(policy="offer"))
    seated = house.register(event).registration_id
    house.register(event)
    house.clock.turn(hours=12)
    house.cancel(seated)
    assert house.states(event) == ["cancelled", "waitlisted"]
    assert found(house) == []


def offered(house: House) -> UUID:
    """Somebody who was offered the only seat when it came free."""
    event = house.event(capacity=1, waitlist=a_waitlist(policy="offer"))
    seated, waiting = (house.register(event).registration_id for _ in range(2))
    house.cancel(seated)
    return waiting
