"""What organisers write down about a registration, for each other."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base


class Note(Base):
    """One note. ``account_id`` is its author's, who alone may delete it."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_registration", "registration_id", "written_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"))
    account_id: Mapped[UUID]
    text: Mapped[str]
    written_at: Mapped[datetime]
