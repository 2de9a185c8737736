"""Links that open the door of one event to helpers without an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base

DOOR_NAME_LENGTH = 60


class DoorLink(Base):
    """One link. ``account_id`` made it and answers for what is recorded by it; ``name`` says who has it."""

    __tablename__ = "door_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), index=True)
    name: Mapped[str] = mapped_column(String(DOOR_NAME_LENGTH))
    account_id: Mapped[UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
