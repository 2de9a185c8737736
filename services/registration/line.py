"""What the rows say about seats and the line: who has a seat, who waits, which organisations are full."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Tuple,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from services.registration.decide import Claim, Kind, Reason, Unit
from services.registration.models import PLACES_BETWEEN, Registration, table
from services.registration.states import ENDED, SEATED
from shared.errors import ConflictError
from shared.languages import text as _
from shared.rows import each_text

REGISTRATIONS = table(Registration)

# Spelt out, not bound, so that both databases see that the indexes of some states fit.
IS_WAITING: ColumnElement[bool] = REGISTRATIONS.c.state == literal_column("'waitlisted'")
IS_SEATED: ColumnElement[bool] = REGISTRATIONS.c.state.in_([literal_column(f"'{state}'") for state in SEATED])
IS_LIVE: ColumnElement[bool] = REGISTRATIONS.c.state.not_in([literal_column(f"'{state}'") for state in ENDED])


Place = tuple[int, int]
"""Where in line: the class of priority and the place within it."""

FRONT: Place = (-1, 0)


def place_in(columns: Any) -> Tuple:
    """The order of the line, of the table or an alias of it."""
    return tuple_(columns.priority, columns.place)


def taken_by(session: Session, event_id: UUID, organisation_keys: Iterable[str]) -> dict[str, int]:
    """The seats that each of these organisations has; asks nothing where none is named."""
    keys = sorted({key for key in organisation_keys if key})
    if not keys:
        return {}
    counted = session.execute(_TAKEN_BY, {"event": event_id, "keys": keys})
    return {key: seats for key, seats in counted if seats}


def _taken_by() -> Select[Any]:
    columns, each = REGISTRATIONS.c, each_text("keys")
    of_one = select(func.count()).where(
        columns.event_id == bindparam("event"), columns.organisation_key == each.c.value, IS_SEATED
    )
    return select(each.c.value, of_one.scalar_subquery())


_TAKEN_BY = _taken_by()


def taken_in_pools(session: Session, event_id: UUID) -> dict[int, int]:
    """The seats that the people of each pool have."""
    columns = REGISTRATIONS.c
    query = (
        select(columns.pool, func.count())
        .where(columns.event_id == event_id, IS_SEATED, columns.pool.is_not(None))
        .group_by(columns.pool)
    )
    return dict(session.execute(query).all())


def earliest_deadline(session: Session, event_id: UUID) -> datetime | None:
    """Of the offers and pending registrations of an event."""
    columns = REGISTRATIONS.c
    query = select(func.min(columns.deadline)).where(columns.event_id == event_id, columns.deadline.is_not(None))
    earliest: datetime | None = session.execute(query).scalar_one()
    return earliest


@dataclass(frozen=True, slots=True)
class Admissible:
    """Who could have a seat now: nobody set aside or of a full organisation, or for whom no ``kinds`` are left."""

    kinds: frozenset[Kind]
    quota: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of the line. ``end`` is the place of its last; None if nobody is left behind it."""

    units: Sequence[Unit]
    end: Place | None


def next_in_line(
    session: Session, event_id: UUID, *, limit: int, behind: Place = FRONT, only: Admissible | None = None
) -> Stretch:
    """The first units behind a place in line, a party never cut in two; about ``limit`` registrations."""
    query = _waiting_behind(event_id, behind)
    if only is not None:
        query = query.where(_could_have_a_seat(event_id, only))
    rows = session.execute(query.limit(limit)).all()
    if len(rows) < limit:
        return Stretch(units_of(rows), None)
    if rows[-1].party_id is not None:
        rest = _waiting_behind(event_id, _place(rows[-1])).where(REGISTRATIONS.c.party_id == rows[-1].party_id)
        rows = [*rows, *session.execute(rest)]
    return Stretch(units_of(rows), _place(rows[-1]))


def _waiting_behind(event_id: UUID, behind: Place) -> Select[Any]:
    columns = REGISTRATIONS.c
    names = ("id", "organisation_key", "pool", "address_confirmed", "party_id", "takes_fewer", "priority", "place")
    return (
        select(*(columns[name] for name in names), columns.waits_for_series, columns.set_aside)
        .where(columns.event_id == event_id, IS_WAITING, place_in(columns) > behind)
        .order_by(columns.priority, columns.place)
    )


def _place(row: Row[Any]) -> Place:
    return row.priority, row.place


def units_of(rows: Sequence[Any]) -> list[Unit]:
    """Registrations that wait, or rows of them, in the order of the line, as they wait: alone or as a party."""
    grouped = groupby(rows, key=lambda row: row.party_id or row.id)
    return [_unit(list(people)) for _one, people in grouped]


def _unit(people: Sequence[Any]) -> Unit:
    first = people[0]
    claims = tuple(Claim(row.id, row.organisation_key, row.pool, row.address_confirmed) for row in people)
    return Unit(claims, first.priority, first.takes_fewer, _hindrance(first))


def _hindrance(waiting: Any) -> Reason | None:
    """Why whoever waits so is passed over although there is a seat; a party is set aside whole."""
    if waiting.set_aside:
        return "set_aside"
    return "series_incomplete" if waiting.waits_for_series else None


def _could_have_a_seat(event_id: UUID, only: Admissible) -> ColumnElement[bool]:
    """Leaves out who could have none. Parties that are not set aside are looked at whole by the rule itself."""
    columns = REGISTRATIONS.c
    conditions: list[ColumnElement[bool]] = []
    if only.quota is not None:
        conditions.append(columns.organisation_key.not_in(_full_organisations(event_id, only.quota)))
    if None not in only.kinds:
        conditions.append(columns.pool.in_(sorted(kind for kind in only.kinds if kind is not None)))
    return and_(~columns.set_aside, or_(columns.party_id.is_not(None), and_(true(), *conditions)))


def _full_organisations(event_id: UUID, most: int) -> Select[Any]:
    columns = REGISTRATIONS.c
    return (
        select(columns.organisation_key)
        .where(columns.event_id == event_id, IS_SEATED, columns.organisation_key != "")
        .group_by(columns.organisation_key)
        .having(func.count() >= most)
    )


def free_places(session: Session, registration: Registration, many: int, position: int) -> tuple[int, list[int]]:
    """The class, and as many places in it in order, that put the registration and its party to this position.

    ``position`` counts from 1. Raises :class:`ConflictError` (``no_place_between``).
    """
    ahead, behind = _neighbours(session, registration, position)
    if behind is None:
        if ahead is None:
            return registration.priority, _between(registration.place - 1, registration.place + many, many)
        # Whoever comes later gets a whole number, and stands behind everything that begins with a smaller one.
        return ahead.priority, _between(ahead.place, (ahead.place // PLACES_BETWEEN + 1) * PLACES_BETWEEN, many)
    if ahead is None or ahead.priority != behind.priority:
        return behind.priority, _between(behind.place - PLACES_BETWEEN, behind.place, many)
    return behind.priority, _between(ahead.place, behind.place, many)


def _neighbours(session: Session, registration: Registration, position: int) -> tuple[Row[Any] | None, Row[Any] | None]:
    """Who will stand directly ahead and behind; never two of one party."""
    columns = REGISTRATIONS.c
    others = _waiting_behind(registration.event_id, FRONT).where(columns.id != registration.id)
    if registration.party_id is not None:
        others = others.where(columns.party_id.is_distinct_from(registration.party_id))
    rows = session.execute(others.limit(position)).all()
    index = min(position - 1, len(rows))
    while 0 < index < len(rows) and rows[index].party_id and rows[index].party_id == rows[index - 1].party_id:
        index -= 1
    return rows[index - 1] if index else None, rows[index] if index < len(rows) else None


def _between(lowest: int, highest: int, many: int) -> list[int]:
    step = (highest - lowest) // (many + 1)
    if step < 1:
        raise ConflictError(
            "no_place_between", _("There is no room left between these two places. Please choose another position.")
        )
    return [lowest + step * number for number in range(1, many + 1)]
