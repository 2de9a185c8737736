"""A session of an event, as it stands in calendars."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.catalogue.models.base import Base, Facts
from shared.database import JsonValue, UtcDateTime, new_id
from shared.text import search_key

SESSION_FIELDS = ("id", "starts_at", "ends_at", "time_zone", "teaching_units", "meeting_url", "venue", "required")

KEPT_IN_FEEDS = timedelta(days=365)
CANCELLED_KEPT_IN_FEEDS = timedelta(days=30)


def speaker_key(name: str) -> str:
    """What stands in ``Session.speaker_keys`` for somebody of this name: the whole of it, and no part of another."""
    return f"\n{search_key(name)}\n"


class Session(Base):
    """One stretch of time of an event. ``shown_until`` says how long feeds hold it; null before it is announced."""

    __tablename__ = "sessions"
    __table_args__ = (CheckConstraint("ends_at > starts_at", "ends_after_start"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    time_zone: Mapped[str] = mapped_column(String(64))
    teaching_units: Mapped[float | None] = mapped_column(Float)
    meeting_url: Mapped[str | None] = mapped_column(String(2000))
    venue: Mapped[Facts | None] = mapped_column(JsonValue)
    """Where it is if that is not where the event is: see ``Event.venue_of``."""
    required: Mapped[bool] = mapped_column(Boolean)
    """Whether nobody earns the event's certificate without it."""
    city_key: Mapped[str] = mapped_column(String, default="", index=True)
    """The search key of its venue's city; empty if it is only online."""
    speaker_keys: Mapped[str] = mapped_column(String, default="")
    """The search key of everybody who speaks in it, each between line ends: see ``speaker_key``."""
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    @property
    def cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def facts(self) -> Facts:
        return {name: getattr(self, name) for name in SESSION_FIELDS}

    def cancel(self, now: datetime) -> None:
        if not self.cancelled:
            self.cancelled_at = now
            self.mark_changed(now, matters=True)

    def mark_changed(self, now: datetime, *, matters: bool) -> None:
        """Its entry in calendars looks different from now on; ``matters`` if people must be told."""
        self.changed_at = now
        self.sequence += matters

    def note_place_and_speakers(self, venue: Facts | None, programme: Iterable[Facts]) -> None:
        """Compute what feeds and lists are narrowed by."""
        self.city_key = search_key(venue["city"]) if venue else ""
        items = (item for item in programme if self.starts_at <= item["starts_at"] < self.ends_at)
        names = dict.fromkeys(speaker_key(speaker["name"]) for item in items for speaker in item["speakers"])
        self.speaker_keys = "".join(names)

    def show_in_feeds(self) -> None:
        self.shown_until = self.ends_at + (CANCELLED_KEPT_IN_FEEDS if self.cancelled else KEPT_IN_FEEDS)
