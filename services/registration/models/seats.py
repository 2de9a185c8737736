"""The counters of an event's seats, and the log of what was decided about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, Index, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue

_IS_DUE_ONCE = literal_column("due_at IS NOT NULL", Boolean)


class SeatCounter(Base):
    """The counters of one event's seats: the row that is locked while seats are given, and nothing else.

    It is updated with every registration, so on PostgreSQL it has room for new versions in its page and is vacuumed
    eagerly; nothing refers to it by a foreign key, which would lock it once more.
    """

    __tablename__ = "seat_counters"
    __table_args__ = (
        Index("ix_seat_counters_due_at", "due_at", postgresql_where=_IS_DUE_ONCE, sqlite_where=_IS_DUE_ONCE),
        {
            "postgresql_with": {
                "fillfactor": 50,
                "autovacuum_vacuum_scale_factor": 0,
                "autovacuum_vacuum_threshold": 200,
                "autovacuum_vacuum_cost_delay": 0,
            }
        },
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    capacity: Mapped[int]
    confirmed: Mapped[int]
    waiting: Mapped[int]
    series_waiting: Mapped[int] = mapped_column(default=0)
    """Of those who wait, how many take this seat only together with others of a series."""
    next_seq: Mapped[int]
    version: Mapped[int]
    due_at: Mapped[datetime | None]
    """When time alone will next change something: at the latest then somebody must look."""
    withheld: Mapped[list[Any] | None] = mapped_column(JsonValue)
    """The seats that are free and yet kept for somebody who waits: rows of kind, priority and reason."""


class Decision(Base):
    """Who was considered for a seat, with what outcome and why. Holds ids only; ``note`` is an organiser's own reason.

    ``seats_version`` is the version of the event's counters that the decision led to: (it, id) is the order.
    """

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_event", "event_id", "seats_version", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    registration_id: Mapped[UUID] = mapped_column(index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str]
    actor: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[UUID | None]
    rule_version: Mapped[int]
    seats_version: Mapped[int]
    inputs: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    decided_at: Mapped[datetime]


class Holiday(Base):
    """A day on which no offer is made and none runs out. The worker keeps those of the installation's region."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
