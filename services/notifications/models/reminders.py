"""Reminders: organisers' rules for an event, and when each is due."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Index, SmallInteger, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.database import JsonValue

_WAITING: ColumnElement[bool] = literal_column("outcome IS NULL")


class Reminder(Base):
    """A rule: who is written to, and when. Where ``subject`` or ``text`` lack a language, the built-in words hold."""

    __tablename__ = "reminders"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(index=True)
    timing: Mapped[str] = mapped_column(String(12))
    """``before_start`` or ``after_end``."""
    amount: Mapped[int] = mapped_column(SmallInteger)
    unit: Mapped[str] = mapped_column(String(5))
    """``hours`` or ``days``."""
    each_session: Mapped[bool]
    """Whether it is about each session, or once about the event: its first start, its last end."""
    audience: Mapped[str] = mapped_column(String(12))
    """``confirmed``, ``present`` or ``waitlisted``."""
    subject: Mapped[dict[str, str]] = mapped_column(JsonValue)
    text: Mapped[dict[str, str]] = mapped_column(JsonValue)
    created_at: Mapped[datetime]


class ReminderDate(Base):
    """When a reminder is due about one session."""

    __tablename__ = "reminder_dates"
    __table_args__ = (
        Index("ix_reminder_dates_waiting", "available_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    reminder_id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    due_at: Mapped[datetime]
    """As planned. Whoever registers later gets none."""
    available_at: Mapped[datetime]
    """When it is looked at next: later than it is due if it ran into quiet hours, or failed."""
    outcome: Mapped[str | None] = mapped_column(String(12))
    """None while it waits; ``missed``: it was too late; ``written``: then nothing moves it any more."""
