"""What notifications knows of events, people and registrations, as the other services last told it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from services.notifications.snapshot import Snapshot
from shared.database import JsonValue

ACTIVE_STATES = ("pending", "confirmed", "waitlisted", "offered")
"""States of registrations whose people are told what becomes of the event."""


class Event(Base):
    """Catalogue's newest snapshot of an event; the columns are what pages and queries need of it."""

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    slug: Mapped[str] = mapped_column(String(200))
    title: Mapped[dict[str, str]] = mapped_column(JsonValue)
    state: Mapped[str] = mapped_column(String(12))
    """``published`` or ``cancelled``."""
    starts_at: Mapped[datetime | None]
    """Of the first session that takes place."""
    ends_at: Mapped[datetime | None]
    """Of the last session that takes place."""
    city: Mapped[str] = mapped_column(String(200))
    snapshot: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    """The body of the message, as JSON values."""
    reason: Mapped[dict[str, str] | None] = mapped_column(JsonValue)
    """Why it was cancelled."""
    changed_at: Mapped[datetime]

    @property
    def told(self) -> Snapshot:
        """The snapshot, typed, as far as mails and calendars need it."""
        return Snapshot.from_json(self.snapshot)

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"


class Person(Base):
    """Whom a link opens a page for. ``link_generation`` only rises."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    link_generation: Mapped[int]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(401))
    locale: Mapped[str] = mapped_column(String(12))
    changed_at: Mapped[datetime]
    """When what is kept here was so, by registration's clock."""


class Registration(Base):
    """Registration's newest word on one person's place at one event."""

    __tablename__ = "registrations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    event_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(12))
    position: Mapped[int | None]
    first_name: Mapped[str] = mapped_column(String(200))
    last_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    organisation: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(12))
    submitted_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    """Until when an offer can be accepted, or the address of a pending registration confirmed."""
    changed_at: Mapped[datetime]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_STATES
