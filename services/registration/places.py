"""Places in line, computed when they are read, and the waitlist as organisers see it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from services.registration.decide import Claim, SeatState, decide, is_full
from services.registration.line import IS_WAITING, next_in_line, place_in, taken_by
from services.registration.models import Event, Registration, SeatCounter, table
from services.registration.rule import Rule
from services.registration.states import State
from shared.paging import DEFAULT_LIMIT, Page, page

REGISTRATIONS = table(Registration)

PlaceReason = Literal["event_full", "organisation_full"]
NextReason = Literal["seat_free", "nobody_waits", "nobody_admissible", "surplus", "waitlist_closed", "event_cancelled"]


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


@dataclass(frozen=True, slots=True)
class Place:
    """One place in line. ``reason`` says what keeps this person from a seat now."""

    registration: Registration
    position: int
    reason: PlaceReason


@dataclass(frozen=True, slots=True)
class NextSeat:
    """What happens when the next seat comes free: who gets it, or why nobody does."""

    registration: Registration | None
    reason: NextReason


def waitlist_of(
    session: Session, event: Event, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Place]:
    """The waitlist in order, each place with its reason. Raises :class:`InvalidError` for a foreign cursor."""
    columns = Registration
    query = select(Registration).where(Registration.event_id == event.id, IS_WAITING)
    found: Page[Registration] = page(
        session, query, [columns.priority, columns.place], lambda r: [r.priority, r.place], limit=limit, cursor=cursor
    )
    positions = positions_of(session, found.items)
    full = _full_ones(session, event, found.items)
    places = [
        Place(r, positions[r.id], "organisation_full" if r.organisation_key in full else "event_full")
        for r in found.items
        if r.id in positions
    ]
    return Page(places, found.next_cursor)


def _full_ones(session: Session, event: Event, registrations: Sequence[Registration]) -> set[str]:
    keys = {registration.organisation_key for registration in registrations}
    seats = taken_by(session, event.id, event.rule, keys)
    return {key for key in keys if is_full(event.rule, key, seats)}


def at_next_free_seat(session: Session, event: Event, counter: SeatCounter, now: datetime) -> NextSeat:
    """Computed by the same ``decide`` that will give the seat."""
    rule = event.rule
    if not rule.moves(now):
        return NextSeat(None, "event_cancelled" if rule.cancelled else "waitlist_closed")
    if counter.confirmed > counter.capacity:
        return NextSeat(None, "surplus")
    line = next_in_line(session, event.id, rule, limit=1, leave_out_full=True)
    claims = [claim for claim, _place in line]
    rulings = decide(_with_one_free_seat(session, event.id, rule, counter, claims), (), rule, now)
    promoted = [ruling.registration_id for ruling in rulings if ruling.outcome == "promoted"]
    if not promoted:
        return NextSeat(None, "nobody_admissible" if counter.waiting else "nobody_waits")
    return NextSeat(session.get(Registration, promoted[0]), "seat_free")


def _with_one_free_seat(
    session: Session, event_id: UUID, rule: Rule, counter: SeatCounter, candidates: Sequence[Claim]
) -> SeatState:
    return SeatState(
        capacity=counter.confirmed + 1,
        taken=counter.confirmed,
        waiting=counter.waiting,
        next_seq=counter.next_seq,
        taken_by=taken_by(session, event_id, rule, [claim.organisation_key for claim in candidates]),
        candidates=candidates,
    )
