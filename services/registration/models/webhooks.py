"""Webhooks: where registrations are told to outside, and each message that is, or was, on its way there."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue


class Webhook(Base):
    """An address that is told of registrations. ``topics`` are those chosen; ``secret`` is sealed.

    ``failing_since`` is when the first of the attempts failed that have failed in a row; ``paused_at``, when that had
    lasted too long.
    """

    __tablename__ = "webhooks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(JsonValue)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    active: Mapped[bool]
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]

    @property
    def host(self) -> str:
        """What may be shown of the address: path and query may hold a receiver's own secret."""
        return urlsplit(self.url).netloc

    @property
    def is_delivered_to(self) -> bool:
        """Whether it stands still neither by an administrator's will nor because of failures."""
        return self.active and self.paused_at is None


class Delivery(Base):
    """One message for one webhook. ``state`` is ``queued``, ``delivered`` or ``failed``.

    ``status`` is what the last attempt was answered with, if it was; ``error`` a code of why it failed. ``body`` is the
    CloudEvent. ``queued_at`` moves when the delivery is tried anew.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "message_id"),
        Index("ix_webhook_deliveries_webhook", "webhook_id", "id"),
        Index(
            "ix_webhook_deliveries_queued",
            "available_at",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index("ix_webhook_deliveries_queued_at", "queued_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id"))
    message_id: Mapped[UUID]
    topic: Mapped[str] = mapped_column(String(80))
    body: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int]
    status: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(String(40))
    queued_at: Mapped[datetime]
    available_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
