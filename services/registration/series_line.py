"""Those in line who take a seat only together with others of their series: for whom one is kept until all is looked at.

One event's seats are locked while its line is passed, and those of the others cannot be locked then without danger of
a deadlock. So a seat is kept for whoever might have the whole series now, and their enrolment becomes due: it is looked
at in a transaction of its own (:mod:`services.registration.whole_series`) that locks all that it needs.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.registration.decide import Decided, Unit
from services.registration.models import Enrolment, Event, Registration, SeatCounter, table
from services.registration.seats import Seats
from services.registration.states import State
from shared.database import UnitOfWork

REGISTRATIONS = table(Registration)
COUNTERS = table(SeatCounter)
EVENTS = table(Event)
ENROLMENTS = table(Enrolment)


def with_seats_kept(uow: UnitOfWork, seats: Seats, units: Sequence[Unit]) -> list[Unit]:
    """The units; those that might have their whole series now keep the seat, and are looked at as soon as may be."""
    waiting = waiting_for_series(units)
    if seats.passed_over is not None:
        return keeping(units, waiting - seats.passed_over)
    looking_open = whose_series_looks_open(uow.session, waiting)
    look_again(uow, looking_open.values())
    return keeping(units, looking_open)


def waiting_for_series(units: Sequence[Unit]) -> set[UUID]:
    """Those of these units, all of them somebody alone, that are passed over for their series and nothing else."""
    return {unit.claims[0].registration_id for unit in units if unit.hindrance == "series_incomplete"}


def keeping(units: Sequence[Unit], registration_ids: Collection[UUID]) -> list[Unit]:
    """The units, of which these keep a seat that they could have."""
    return [replace(unit, keeps_seat=unit.claims[0].registration_id in registration_ids) for unit in units]


def kept_among(units: Sequence[Unit], decided: Decided) -> list[UUID]:
    """For whom of these a seat was kept."""
    keepers = {unit.claims[0].registration_id for unit in units if unit.keeps_seat}
    passed = (ruling for ruling in decided.rulings if ruling.reason == "series_incomplete")
    return [ruling.registration_id for ruling in passed if ruling.registration_id in keepers]


def whose_series_looks_open(session: Session, registration_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Their enrolments, by registration, if nothing else that these wait for is known to be full.

    Seats that somebody else has locked at this moment may be coming free. They are not waited for, since that might be
    for ever, and not taken for full: of two who give up their seats in two modules at the same moment, neither sees
    what the other does.
    """
    if not registration_ids:
        return {}
    columns, others = REGISTRATIONS.c, REGISTRATIONS.alias()
    known_as_full = (
        select(columns.id)
        .join(others, (others.c.enrolment_id == columns.enrolment_id) & (others.c.id != columns.id))
        .join(COUNTERS, COUNTERS.c.event_id == others.c.event_id)
        .join(EVENTS, EVENTS.c.id == others.c.event_id)
        .where(columns.id.in_(sorted(registration_ids)), others.c.waits_for_series)
        .where(others.c.state == State.WAITLISTED, EVENTS.c.state != "cancelled")
        .where(COUNTERS.c.confirmed >= COUNTERS.c.capacity)
        .with_for_update(read=True, skip_locked=True, of=COUNTERS)
    )
    open_ones = sorted(set(registration_ids).difference(session.scalars(known_as_full)))
    query = select(columns.id, columns.enrolment_id).where(columns.id.in_(open_ones))
    found = {row.id: row.enrolment_id for row in session.execute(query)}
    hindered = who_is_hindered(session, found.values())
    return {registration_id: one for registration_id, one in found.items() if one not in hindered}


def who_is_hindered(session: Session, enrolment_ids: Collection[UUID]) -> set[UUID]:
    """Those of these enrolments that cannot have their whole series now, whatever is free.

    They have no seat yet in a module that is wanted in any case, or are set aside in one of those that they wait for.
    """
    if not enrolment_ids:
        return set()
    columns = REGISTRATIONS.c
    query = (
        select(columns.enrolment_id)
        .join(EVENTS, EVENTS.c.id == columns.event_id)
        .where(columns.enrolment_id.in_(sorted(enrolment_ids)), or_(~columns.waits_for_series, columns.set_aside))
        .where(columns.state == State.WAITLISTED, EVENTS.c.state != "cancelled")
    )
    return set(session.scalars(query))


def somebody_is_looked_at(session: Session, event_id: UUID) -> bool:
    """Whether somebody waits for this event with others of its series who might have all of it now."""
    columns = REGISTRATIONS.c
    query = (
        select(columns.id)
        .join(ENROLMENTS, ENROLMENTS.c.id == columns.enrolment_id)
        .where(columns.event_id == event_id, columns.waits_for_series, ENROLMENTS.c.due_at.is_not(None))
    )
    return session.execute(query.limit(1)).first() is not None


def look_again(uow: UnitOfWork, enrolment_ids: Iterable[UUID | None]) -> None:
    """These may now have all that they wait for, or wait for less."""
    columns, ids = ENROLMENTS.c, {one for one in enrolment_ids if one is not None}
    if ids:
        # Locked in one order by everybody: other events may say the same of the same people at this moment.
        whole = select(columns.id).where(columns.id.in_(sorted(ids)), columns.mode == "whole").order_by(columns.id)
        locked = uow.session.scalars(whole.with_for_update()).all()
        uow.session.execute(update(ENROLMENTS).where(columns.id.in_(locked)).values(due_at=uow.now))


def look_again_at_event(uow: UnitOfWork, event_id: UUID) -> None:
    """The same for all who wait here and enrolled in a series."""
    columns = REGISTRATIONS.c
    here = select(columns.enrolment_id).where(columns.event_id == event_id, columns.state == State.WAITLISTED)
    look_again(uow, uow.session.scalars(here.where(columns.enrolment_id.is_not(None))))
