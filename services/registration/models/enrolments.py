"""Enrolments: what one person has registered for of a series in one go."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registration.models.base import Base
from services.registration.models.registrations import Person
from shared.database import JsonValue

_IS_DUE_ONCE = literal_column("due_at IS NOT NULL", Boolean)


class Enrolment(Base):
    """One person's wish for a series. Each module has a registration of its own, which stands alone."""

    __tablename__ = "enrolments"
    __table_args__ = (
        Index("uq_enrolments_idempotency_key", "series_id", "idempotency_key", unique=True),
        Index("ix_enrolments_due_at", "due_at", postgresql_where=_IS_DUE_ONCE, sqlite_where=_IS_DUE_ONCE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series_id: Mapped[UUID]
    series: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    """How it was called then, as the contract's ``SeriesPart`` dumps it."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    mode: Mapped[str] = mapped_column(String(8))
    """``each`` or ``whole``."""
    refused: Mapped[dict[str, str]] = mapped_column(JsonValue)
    """The modules that were wished for in vain, by event id, with the code of why."""
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    body_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """Since when somebody must look whether all that it waits for can be had."""
    version: Mapped[int]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
