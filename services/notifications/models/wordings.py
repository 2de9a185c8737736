"""Organisers' own words for letters."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.database import JsonValue

HOUSE = UUID(int=0)
"""In the place of an event's id: for all events without words of their own."""


class Wording(Base):
    """The words for one letter, at one event or for the house. What is not there stays built-in."""

    __tablename__ = "wordings"

    template: Mapped[str] = mapped_column(String(30), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    """An event's, or :data:`HOUSE`."""
    parts: Mapped[dict[str, dict[str, str]]] = mapped_column(JsonValue)
    """Part of the template → language → words with placeholders."""
    changed_at: Mapped[datetime]
