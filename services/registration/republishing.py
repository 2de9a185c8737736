"""Telling everything once more: the present state of all registrations, attendance and seats, versions unchanged."""

from sqlalchemy import select

from services.registration.announcements import announce_again
from services.registration.attendance_told import tell_again
from services.registration.models import Registration, SeatCounter
from services.registration.places import positions_of
from services.registration.seats import announce_seats
from shared.clock import Clock
from shared.database import Database
from shared.paging import LARGEST_LIMIT, page


def republish(database: Database, clock: Clock) -> int:
    """Returns the number of snapshots. Whoever knows a version ignores it; nobody is written to."""
    return _republish_seats(database, clock) + _republish_registrations(database, clock)


def _republish_seats(database: Database, clock: Clock) -> int:
    with database.unit_of_work(clock()) as uow:
        counters = uow.session.scalars(select(SeatCounter)).all()
        for counter in counters:
            announce_seats(uow, counter.event_id, counter.version, counter.capacity, counter.confirmed, counter.waiting)
        uow.commit()
    return len(counters)


def _republish_registrations(database: Database, clock: Clock) -> int:
    total, cursor = 0, None
    while True:
        with database.unit_of_work(clock()) as uow:
            found = page(
                uow.session,
                select(Registration),
                [Registration.id],
                lambda r: [r.id],
                limit=LARGEST_LIMIT,
                cursor=cursor,
            )
            positions = positions_of(uow.session, found.items)
            for registration in found.items:
                announce_again(uow, registration, position=positions.get(registration.id))
            attended = tell_again(uow, found.items)
            uow.commit()
        total, cursor = total + len(found.items) + attended, found.next_cursor
        if cursor is None:
            return total
