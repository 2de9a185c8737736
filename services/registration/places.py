"""Positions in line, computed when they are read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from services.registration.line import IS_WAITING, place_in
from services.registration.models import Registration, table
from services.registration.states import State

REGISTRATIONS = table(Registration)


def position_of(session: Session, registration: Registration) -> int | None:
    """Counted from 1; None if the registration does not wait."""
    return positions_of(session, [registration]).get(registration.id)


def positions_of(session: Session, registrations: Iterable[Registration]) -> dict[UUID, int]:
    """The positions of those that wait: one query for all who are alone at their event, one for each other event."""
    by_event: dict[UUID, list[Registration]] = defaultdict(list)
    for registration in registrations:
        if registration.state == State.WAITLISTED:
            by_event[registration.event_id].append(registration)
    alone = [waiting[0].id for waiting in by_event.values() if len(waiting) == 1]
    positions = _counted_one_by_one(session, alone)
    for event_id, waiting in by_event.items():
        if len(waiting) > 1:
            positions |= _counted_along_the_line(session, event_id, waiting)
    return positions


def _counted_one_by_one(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    if not ids:
        return {}
    ahead = REGISTRATIONS.alias()
    counted = (
        select(func.count())
        .where(
            ahead.c.event_id == REGISTRATIONS.c.event_id,
            ahead.c.state == literal_column("'waitlisted'"),
            place_in(ahead.c) <= place_in(REGISTRATIONS.c),
        )
        .scalar_subquery()
    )
    query = select(REGISTRATIONS.c.id, counted).where(REGISTRATIONS.c.id.in_(ids))
    return dict(session.execute(query).all())


def _counted_along_the_line(session: Session, event_id: UUID, waiting: Sequence[Registration]) -> dict[UUID, int]:
    """Passes the line once, as far as the last of them, however many there are."""
    last = max((registration.priority, registration.place) for registration in waiting)
    columns = REGISTRATIONS.c
    position = func.row_number().over(order_by=[columns.priority, columns.place])
    line = (
        select(columns.id, position.label("position"))
        .where(columns.event_id == event_id, IS_WAITING, place_in(columns) <= last)
        .subquery()
    )
    query = select(line.c.id, line.c.position).where(line.c.id.in_([registration.id for registration in waiting]))
    return dict(session.execute(query).all())
