"""What the rows say about seats and the line: who has a seat, who waits, which organisations are full."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Tuple, func, literal_column, select, tuple_
from sqlalchemy.orm import Session

from services.registration.decide import Claim
from services.registration.models import Registration, table
from services.registration.rule import Rule
from services.registration.states import ENDED, SEATED

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


def taken_by(session: Session, event_id: UUID, rule: Rule, organisation_keys: Iterable[str]) -> dict[str, int]:
    """The seats that each of these organisations has; asks nothing where no quota is set."""
    keys = sorted({key for key in organisation_keys if key})
    if rule.max_per_organisation is None or not keys:
        return {}
    columns = REGISTRATIONS.c
    query = (
        select(columns.organisation_key, func.count())
        .where(columns.event_id == event_id, IS_SEATED, columns.organisation_key.in_(keys))
        .group_by(columns.organisation_key)
    )
    return dict(session.execute(query).all())


def next_in_line(
    session: Session, event_id: UUID, rule: Rule, *, limit: int, behind: Place = FRONT, leave_out_full: bool
) -> list[tuple[Claim, Place]]:
    """The first candidates behind a place in line, each with its own; full organisations may be left out."""
    columns = REGISTRATIONS.c
    query = (
        select(columns.id, columns.organisation_key, columns.pool, columns.priority, columns.place)
        .where(columns.event_id == event_id, IS_WAITING, place_in(columns) > behind)
        .order_by(columns.priority, columns.place)
        .limit(limit)
    )
    if leave_out_full and rule.max_per_organisation is not None:
        query = query.where(columns.organisation_key.not_in(_full_organisations(event_id, rule.max_per_organisation)))
    return [
        (Claim(row.id, row.organisation_key, row.pool), (row.priority, row.place)) for row in session.execute(query)
    ]


def _full_organisations(event_id: UUID, most: int) -> Select[Any]:
    columns = REGISTRATIONS.c
    return (
        select(columns.organisation_key)
        .where(columns.event_id == event_id, IS_SEATED, columns.organisation_key != "")
        .group_by(columns.organisation_key)
        .having(func.count() >= most)
    )
