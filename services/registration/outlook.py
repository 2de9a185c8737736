"""The waitlist as organisers see it: the order, what keeps each back, and what happens at the next free seat.

All of it is computed by the same ``decide`` that will give the seats.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from services.registration.decide import Decided, Reason, Ruling, SeatState, Unit, decide, why_waiting
from services.registration.holidays import rule_of
from services.registration.line import (
    FRONT,
    IS_WAITING,
    Admissible,
    next_in_line,
    place_in,
    taken_by,
    taken_in_pools,
    units_of,
)
from services.registration.models import Event, Registration, SeatCounter, table
from services.registration.places import positions_of
from services.registration.rule import Rule
from services.registration.seats import holds_from
from services.registration.series_line import keeping, waiting_for_series, whose_series_looks_open
from shared.paging import DEFAULT_LIMIT, Page, page

REGISTRATIONS = table(Registration)

NextReason = Reason | Literal["nobody_waits", "nobody_admissible", "surplus"]

CANDIDATES_AT_A_TIME = 16


@dataclass(frozen=True, slots=True)
class Place:
    """One place in line. ``reason`` says what keeps this person from a seat now."""

    registration: Registration
    position: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class NextSeat:
    """What happens when the next seat comes free.

    With the reason ``seat_free`` it goes to the registration, at once or as an offer until ``deadline``. With another
    the registration, if there is one, is whom the seat is kept for, at least until ``not_before`` where that is known.
    """

    registration: Registration | None
    reason: NextReason
    deadline: datetime | None = None
    not_before: datetime | None = None
    passed_by: int = 0
    """How many of those who are set aside stand ahead of the registration, or in line if there is none."""


def waitlist_of(
    session: Session,
    event: Event,
    counter: SeatCounter,
    now: datetime,
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Place]:
    """The waitlist in order, each place with its reason, and the contact of its party.

    Raises :class:`InvalidError` for a foreign cursor.
    """
    query = select(Registration).where(Registration.event_id == event.id, IS_WAITING)
    query = query.options(undefer(Registration.contact))
    order = [Registration.priority, Registration.place]
    found: Page[Registration] = page(session, query, order, lambda r: [r.priority, r.place], limit=limit, cursor=cursor)
    positions = positions_of(session, found.items)
    reasons = _reasons(session, event, counter, now, found.items)
    places = [Place(r, positions[r.id], reasons.get(r.id, "event_full")) for r in found.items if r.id in positions]
    return Page(places, found.next_cursor)


def _reasons(
    session: Session, event: Event, counter: SeatCounter, now: datetime, waiting: Sequence[Registration]
) -> dict[UUID, Reason]:
    if not waiting:
        return {}
    rule = rule_of(session, event, now)
    units = units_of(waiting)
    return why_waiting(_state(session, counter, rule, now, units), units, rule, now)


def at_next_free_seat(session: Session, event: Event, counter: SeatCounter, now: datetime) -> NextSeat:
    """Who gets it, or why nobody does."""
    rule = rule_of(session, event, now)
    if rule.cancelled:
        return NextSeat(None, "event_cancelled")
    if counter.confirmed > counter.capacity:
        return NextSeat(None, "surplus")
    if not counter.waiting:
        return NextSeat(None, "nobody_waits")
    if not rule.moves(now):
        return NextSeat(None, "waitlist_closed")
    ruling = first_served(session, counter, rule, now, more_seats=1)
    next_seat = _next_seat(session, rule, now, ruling) if ruling else NextSeat(None, "nobody_admissible")
    return replace(next_seat, passed_by=_set_aside_ahead(session, event.id, next_seat.registration))


def _set_aside_ahead(session: Session, event_id: UUID, served: Registration | None) -> int:
    columns = REGISTRATIONS.c
    query = select(func.count()).where(columns.event_id == event_id, IS_WAITING, columns.set_aside)
    if served is not None:
        query = query.where(place_in(columns) < (served.priority, served.place))
    return session.execute(query).scalar_one()


def _next_seat(session: Session, rule: Rule, now: datetime, ruling: Ruling) -> NextSeat:
    registration = session.get(Registration, ruling.registration_id)
    if ruling.state is None and ruling.reason == "quiet_hours" and rule.offers:
        return NextSeat(registration, ruling.reason, not_before=rule.offers.working.next_from(now))
    return NextSeat(registration, ruling.reason, deadline=ruling.deadline)


def first_served(
    session: Session, counter: SeatCounter, rule: Rule, now: datetime, *, more_seats: int = 0
) -> Ruling | None:
    """The first ruling that gives a seat or keeps it for somebody, with so many seats more; nothing is done."""
    for decided in _rounds(session, counter, rule, now, more_seats):
        served = next((ruling for ruling in decided.rulings if ruling.state is not None), None)
        if served or decided.withheld:
            kept_for = [r for r in decided.rulings if r.reason in {hold.reason for hold in decided.withheld.values()}]
            return served or kept_for[0]
    return None


def _rounds(session: Session, counter: SeatCounter, rule: Rule, now: datetime, more_seats: int) -> Iterator[Decided]:
    """What ``decide`` says of the line, from the head on, until somebody would have a seat or nobody is left."""
    behind, only = FRONT, None
    while True:
        stretch = next_in_line(session, counter.event_id, limit=CANDIDATES_AT_A_TIME, behind=behind, only=only)
        units = _keeping(session, counter, stretch.units)
        state = _state(session, counter, rule, now, units, more_seats=more_seats, afresh=True)
        decided = decide(state, (), rule, now)
        yield decided
        if stretch.end is None or not decided.open:
            return
        behind, only = stretch.end, Admissible(decided.open, rule.quota(now))


def _keeping(session: Session, counter: SeatCounter, units: Sequence[Unit]) -> Sequence[Unit]:
    """The units; whoever might have the whole series now keeps the seat."""
    if not counter.series_waiting:
        return units
    return keeping(units, whose_series_looks_open(session, waiting_for_series(units)))


def _state(
    session: Session,
    counter: SeatCounter,
    rule: Rule,
    now: datetime,
    units: Sequence[Unit],
    *,
    more_seats: int = 0,
    afresh: bool = False,
) -> SeatState:
    keys = {claim.organisation_key for unit in units for claim in unit.claims}
    return SeatState(
        capacity=counter.capacity + more_seats,
        taken=counter.confirmed,
        waiting=counter.waiting,
        next_seq=counter.next_seq,
        taken_by=taken_by(session, counter.event_id, keys) if rule.quota(now) is not None else {},
        taken_in=taken_in_pools(session, counter.event_id) if rule.reserves(now) else {},
        withheld={} if afresh else holds_from(counter.withheld),
        candidates=units if afresh else (),
    )
