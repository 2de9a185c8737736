"""What people were told of their data, what they ask about its use, and who processes it on the organiser's behalf."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue

PROCESSOR_NAME_LENGTH = 200
_IS_OPEN = literal_column("settled_at IS NULL", Boolean)


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


class DataRequest(Base):
    """A person's wish that the use of their data be restricted (Art. 18 GDPR), or their objection to it (Art. 21).

    It is open until the person takes it back or organisers have settled it, which they do with an ``answer``.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        Index(
            "uq_data_requests_open",
            "person_id",
            "kind",
            unique=True,
            postgresql_where=_IS_OPEN,
            sqlite_where=_IS_OPEN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    """``restriction`` or ``objection``."""
    text: Mapped[str]
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    answer: Mapped[str]
