"""The checker finds what is broken, and nothing where nothing is."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import delete, text, update

from services.registration.consistency import findings
from services.registration.models import OUTBOX, Decision, Registration, SeatCounter, table
from shared.database import UnitOfWork
from tests.registration.parts import ORGANISER, House

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
