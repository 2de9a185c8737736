"""Parties: several people whom one contact registered in one go."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registration.models.base import Base
from services.registration.models.registrations import Person


class Party(Base):
    """Who registered the people of a party. The contact need not be one of them."""

    __tablename__ = "parties"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(index=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    contact_name: Mapped[str] = mapped_column(String(401))
    made_at: Mapped[datetime]

    contact: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
