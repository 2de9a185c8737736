"""What people say of an event afterwards, kept so that nobody can tell who said what (ADR 0028)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue


class FeedbackSurvey(Base):
    """Whether an event asks for feedback, and for how many days after its end."""

    __tablename__ = "feedback_surveys"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), primary_key=True)
    offered: Mapped[bool] = mapped_column(Boolean)
    days: Mapped[int]
    closes_at: Mapped[datetime | None]
    """Set by the first answer and never changed: a survey that opened again would betray who came late."""


class FeedbackPortion(Base):
    """The sum of a few answers. No answer is kept singly, and ``texts`` are sorted, so none shows when it came."""

    __tablename__ = "feedback_portions"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("feedback_surveys.event_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answers: Mapped[int]
    ratings: Mapped[dict[str, dict[str, int]]] = mapped_column(JsonValue)
    """How many chose each rating, by question."""
    texts: Mapped[dict[str, list[str]]] = mapped_column(JsonValue)
    """By question."""


class FeedbackGiven(Base):
    """That a registration has answered. It holds no time and nothing of the answer."""

    __tablename__ = "feedback_given"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLite's own row numbers would tell the order

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
