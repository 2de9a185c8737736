"""What stays of an event in numbers when its people are forgotten (ADR 0036)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue


class EventStatistics(Base):
    """The numbers of an event as they stood when it was closed. Never changed afterwards."""

    __tablename__ = "event_statistics"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), primary_key=True)
    closed_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    """As :meth:`services.registration.figures.Figures.as_json` gives them."""
