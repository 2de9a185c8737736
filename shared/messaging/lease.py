"""Claiming rows for work on the world outside: a lease set by a conditional UPDATE on the database's clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, or_, select, update
from sqlalchemy.orm import Session


def database_clock(session: Session) -> datetime:
    """The one clock that all workers of a service share. SQLite has one process, and so the machine's."""
    if session.get_bind().dialect.name == "postgresql":
        moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return moment
    return datetime.now(UTC)


def claim(
    session: Session,
    table: Table,
    ready: ColumnElement[bool],
    *,
    order_by: Sequence[ColumnElement[Any]],
    limit: int,
    lease: timedelta,
) -> list[UUID]:
    """Take up to ``limit`` rows that are ready and that nobody holds, until ``lease`` has passed; their ids in order.

    The table has the columns ``id`` and ``claimed_until``. A worker that dies simply lets its lease run out.
    """
    now = database_clock(session)
    free = or_(table.c.claimed_until.is_(None), table.c.claimed_until < now)
    candidates = (
        select(table.c.id).where(ready, free).order_by(*order_by).limit(limit).with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(candidates))
    if ids:
        session.execute(update(table).where(table.c.id.in_(ids)).values(claimed_until=now + lease))
    return ids
