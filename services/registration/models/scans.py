"""Scans of lists that were signed on paper."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue


class ListScan(Base):
    """A file with signed lists, as it came. ``content`` is read only where it is handed out."""

    __tablename__ = "list_scans"
    __table_args__ = (UniqueConstraint("event_id", "digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    session_ids: Mapped[list[str]] = mapped_column(JsonValue)
    """Whose attendance it proves; none until the organiser says so, if no code could be read."""
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    """Bytes."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the content, in hexadecimal."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    account_id: Mapped[UUID]
    added_at: Mapped[datetime]
