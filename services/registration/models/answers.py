"""Answers to an event's questions, the files among them, and what people need."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue


class Answer(Base):
    """One answer. ``question`` is the key that the event's snapshot explains, also once the question is retired.

    Of a file ``value`` is ``{"file_id": .., "name": .., "size": ..}``. ``search_key`` is what filters compare, as
    :mod:`services.registration.answer_search` makes it.
    """

    __tablename__ = "answers"
    __table_args__ = (Index("ix_answers_question", "event_id", "question"),)

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_id: Mapped[UUID]
    value: Mapped[Any] = mapped_column(JsonValue)
    search_key: Mapped[str]
    changed_at: Mapped[datetime]


class AnswerFile(Base):
    """A file that was sent as an answer. ``content`` is read only where it is handed out."""

    __tablename__ = "answer_files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sent_at: Mapped[datetime]


class SealedNeeds(Base):
    """What one person needs, encrypted with a key that is not in the database."""

    __tablename__ = "needs"

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]
