"""Circulars: what organisers write to many people of an event, and what has become of it for each of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.database import JsonValue, new_id

_WAITING: ColumnElement[bool] = literal_column("outcome IS NULL")


class Circular(Base):
    """A draft until it is ordered; from then on its words and its recipients stay as they are."""

    __tablename__ = "circulars"
    __table_args__ = (Index("ix_circulars_event_id_id", "event_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID]
    account_id: Mapped[UUID]
    """Who wrote it first."""
    subject: Mapped[dict[str, str]] = mapped_column(JsonValue)
    text: Mapped[dict[str, str]] = mapped_column(JsonValue)
    session_id: Mapped[UUID | None]
    """The session that it is about; None for the event as a whole."""
    is_news: Mapped[bool]
    """Whether it goes beyond people's own places, so that they may refuse such mails."""
    states: Mapped[list[str]] = mapped_column(JsonValue)
    """It goes to those whose registration is in one of these when it is ordered; empty: to those who were chosen."""
    version: Mapped[int]
    """Rises with each change of the draft, so that nobody sends what they have not seen."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ordered_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]

    @property
    def is_draft(self) -> bool:
        return self.ordered_at is None

    @property
    def is_stopped(self) -> bool:
        return self.stopped_at is not None


class CircularRecipient(Base):
    """One registration that a circular is for."""

    __tablename__ = "circular_recipients"
    __table_args__ = (
        Index("ix_circular_recipients_waiting", "circular_id", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    circular_id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    outcome: Mapped[str | None] = mapped_column(String(12))
    """``written``, then the mail has the state; ``ended`` and ``refused``: left out, because the registration
    had ended, or the person wants no such mails; ``stopped``. None while it waits."""
