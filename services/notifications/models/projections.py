"""What notifications knows of events, people and registrations, as the other services last told it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from services.notifications.snapshot import Snapshot
from shared.database import JsonValue

ACTIVE_STATES = ("pending", "confirmed", "waitlisted", "offered")
"""States of registrations whose people are told what becomes of the event."""


class Event(Base):
    """Catalogue's newest snapshot of an event; the columns are what pages and queries need of it."""

    __tablename__ = "events"
    __table_args__ = (
        Index(
            "ix_events_to_be_told",
            "tell_at",
            postgresql_where=literal_column("tell_at IS NOT NULL"),
            sqlite_where=literal_column("tell_at IS NOT NULL"),
        ),
        Index("ix_events_series_id", "series_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series_id: Mapped[UUID | None]
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
    reply_to: Mapped[str | None] = mapped_column(String(254))
    """Where answers to mails about it go; null means to the house."""
    snapshot: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    """The body of the message, as JSON values."""
    reason: Mapped[dict[str, str] | None] = mapped_column(JsonValue)
    """Why it was cancelled."""
    changed_at: Mapped[datetime]
    tell_at: Mapped[datetime | None]
    """From when on people are told what has changed; None while all know."""

    @property
    def told(self) -> Snapshot:
        """The snapshot, typed, as far as mails and calendars need it."""
        return Snapshot.from_json(self.snapshot, is_cancelled=self.is_cancelled)

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"


class FormerSnapshot(Base):
    """An event as it was before a change, kept until nobody is left who was told so last."""

    __tablename__ = "former_snapshots"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JsonValue)


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
    refused_news_at: Mapped[datetime | None]
    """Since when they want no mails beyond those about their own places."""
    subscribed_at: Mapped[datetime | None]
    """Since when their calendar follows their feed, so that mails bring no invitations that it would show beside it."""


class Registration(Base):
    """Registration's newest word on one person's place at one event."""

    __tablename__ = "registrations"
    __table_args__ = (Index("ix_registrations_event_id_told_version", "event_id", "told_version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    event_id: Mapped[UUID]
    told_version: Mapped[int]
    """The version of the event that the person knows."""
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


class Forgotten(Base):
    """A person, or a registration, of whom nothing is to be kept any more: what comes late is discarded."""

    __tablename__ = "forgotten"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class Presence(Base):
    """One session at which somebody was, as registration last told it."""

    __tablename__ = "presences"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
