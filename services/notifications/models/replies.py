"""What comes back: answers of calendars, and how far a mailbox was read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ColumnClause, Index, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.database import new_id

_WAITING: ColumnClause[bool] = literal_column("state = 'waiting'")


class Reply(Base):
    """A mail that came in and concerned us, by its Message-ID, so that a second copy changes nothing.

    What a discarded one said is blanked.
    """

    __tablename__ = "replies"
    __table_args__ = (
        Index("ix_replies_event_id_id", "event_id", "id"),
        Index("ix_replies_waiting", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    """The Message-ID without angle brackets, else a digest of the mail."""
    kind: Mapped[str] = mapped_column(String(12))
    """``answer``, ``counter``, ``delegation``, ``unreadable`` or ``bounce``."""
    state: Mapped[str] = mapped_column(String(12))
    """``taken`` as it was; ``waiting`` for an organiser; then ``released`` or ``discarded``."""
    reason: Mapped[str | None] = mapped_column(String(24))
    """Why it was not taken (see :class:`services.notifications.replies.judging.Reason`)."""
    received_at: Mapped[datetime]
    sender: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str]
    is_automatic: Mapped[bool] = mapped_column(Boolean)
    uid: Mapped[str] = mapped_column(String(255))
    attendee: Mapped[str] = mapped_column(String(254))
    answer: Mapped[str] = mapped_column(String(12))
    """``accepted``, ``tentative``, ``declined``, or empty."""
    sequence: Mapped[int]
    stamped_at: Mapped[datetime | None]
    comment: Mapped[str]
    delegate: Mapped[str] = mapped_column(String(254))
    """Who would come instead."""
    proposed_starts_at: Mapped[datetime | None]
    proposed_ends_at: Mapped[datetime | None]
    invitation_id: Mapped[UUID | None]
    event_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]

    @property
    def is_waiting(self) -> bool:
        return self.state == "waiting"


class Mailbox(Base):
    """How far a mailbox has been read (RFC 9051, 2.3.1.1); whoever reads it holds a lease."""

    __tablename__ = "mailboxes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    """Server, user and folder."""
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)
    claimed_until: Mapped[datetime | None]
