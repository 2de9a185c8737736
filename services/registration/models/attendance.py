"""Attendance, and what it earned."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.database import JsonValue


class Attendance(Base):
    """One piece of evidence that somebody was at a session, or a correction of earlier ones. Never changed.

    ``id`` is made by whoever recorded it, so that a second copy is recognised. Without ``from_at`` and ``until_at`` it
    stands for the whole session. ``at`` is the recording device's time, ``recorded_at`` ours.
    """

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_session", "session_id", "registration_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(index=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("event_sessions.id"))
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    present: Mapped[bool] = mapped_column(Boolean)
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    at: Mapped[datetime]
    corrects: Mapped[UUID | None]
    reason: Mapped[str]
    account_id: Mapped[UUID | None]
    """Null if the person recorded it on their own page."""
    door_link_id: Mapped[UUID | None] = mapped_column(ForeignKey("door_links.id"))
    """By which link it was recorded, if not by a member of staff; ``account_id`` is then who made the link."""
    device: Mapped[str] = mapped_column(String(60), default="")
    """What whoever recorded it calls the device; empty for what was not recorded at a door."""
    recorded_at: Mapped[datetime]

    @property
    def order(self) -> tuple[datetime, datetime, UUID]:
        """Where among the rows of one registration and session: by when it was recorded, not by when it came to us.

        A device may have kept it for hours. One whose clock is ahead cannot get ahead of what came after its row.
        """
        return min(self.at, self.recorded_at), self.at, self.id


class Verdict(Base):
    """Whether a registration fulfils the event's certificate rule, as last announced."""

    __tablename__ = "verdicts"

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(index=True)
    earned: Mapped[bool] = mapped_column(Boolean)
    revision: Mapped[int]
    sessions: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    """``[{"event_id": .., "session_id": .., "minutes": ..}]`` as announced."""
    decided_at: Mapped[datetime]


class CalendarAnswer(Base):
    """What a person's calendar last answered about one session, as notifications told it; ``id`` is the invitation's.

    ``answer`` is ``accepted``, ``tentative`` or ``declined``; null once the session has moved since.
    """

    __tablename__ = "calendar_answers"
    __table_args__ = (Index("ix_calendar_answers_session_id", "session_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(index=True)
    event_id: Mapped[UUID]
    session_id: Mapped[UUID]
    answer: Mapped[str | None] = mapped_column(String(12))
    answered_at: Mapped[datetime]


class Certificate(Base):
    """What notifications told about a certificate."""

    __tablename__ = "certificates"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    earned_id: Mapped[UUID] = mapped_column(index=True)
    """The registration, or the verdict on a whole series."""
    series_id: Mapped[UUID | None]
    """Null for a certificate of one event."""
    registration_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    issued_at: Mapped[datetime]
