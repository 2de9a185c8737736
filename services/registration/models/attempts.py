"""Uses of what is limited."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base


class Attempt(Base):
    """One use of something that is limited. ``subject`` is a keyed digest: no address or network stands here."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_subject", "limit_name", "subject", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    limit_name: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
