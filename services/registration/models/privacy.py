"""What people were told of their data, and who processes it on the organiser's behalf."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue

PROCESSOR_NAME_LENGTH = 200


class PrivacyNotice(Base):
    """One version of an event's privacy notice, in its words as they were: nothing in it is changed (ADR 42)."""

    __tablename__ = "privacy_notices"
    __table_args__ = (UniqueConstraint("event_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    version: Mapped[int]
    """1 and up, for each event."""
    texts: Mapped[dict[str, list[dict[str, Any]]]] = mapped_column(JsonValue)
    """Language → sections, as :mod:`services.registration.privacy.notice_words` writes them."""
    digest: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime]


class Processor(Base):
    """Somebody who processes personal data on the organiser's behalf (Art. 28 GDPR)."""

    __tablename__ = "processors"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(PROCESSOR_NAME_LENGTH))
    task: Mapped[str]
    place: Mapped[str] = mapped_column(String(PROCESSOR_NAME_LENGTH))
    """Where the data is processed."""
    created_at: Mapped[datetime]
