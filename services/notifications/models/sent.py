"""What goes out to people: calendar invitations and mails."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger, String, UniqueConstraint, literal_column, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.notifications.models.base import Base
from services.notifications.models.projections import Event
from services.notifications.snapshot import SessionFacts
from shared.database import JsonValue, new_id


class Invitation(Base):
    """One person's calendar entry for one session. The row outlives a cancelled place: who comes again gets the same
    UID and a higher SEQUENCE."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("person_id", "session_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID]
    session_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    registration_id: Mapped[UUID]
    """The registration that it was last sent for."""
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int]
    """Of the last REQUEST or CANCEL; the first is 0."""
    status: Mapped[str] = mapped_column(String(12))
    """``requested`` or ``cancelled``."""
    mailed_as: Mapped[str] = mapped_column(String(12))
    """How it came by mail last: ``request``, ``attachment``, or ``none`` if never."""
    facts: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    """What the person's calendar shows since then."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(12))
    """What the person's calendar answered last: ``accepted``, ``tentative`` or ``declined``."""
    answered_sequence: Mapped[int | None]
    """The ``sequence`` that the answer is about."""
    answered_at: Mapped[datetime | None]
    """The answer's DTSTAMP."""
    answers: Mapped[int] = mapped_column(default=0)
    """How many were told to the other services: the version of the next rises with it."""

    @property
    def told(self) -> SessionFacts:
        return SessionFacts.from_json(self.facts)

    @property
    def is_requested(self) -> bool:
        return self.status == "requested"


class Mail(Base):
    """One mail to one person. Links of the person stand in it as placeholders, which are filled while sending."""

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("circular_id", "registration_id"),
        UniqueConstraint("reminder_id", "reminder_session_id", "registration_id"),
        Index("ix_mails_event_id_id", "event_id", "id"),
        Index("ix_mails_registration_id_id", "registration_id", "id"),
        Index(
            "ix_mails_queued",
            "priority",
            "id",
            postgresql_where=literal_column("state = 'queued'"),
            sqlite_where=literal_column("state = 'queued'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(12))
    """``queued``, ``sent``, ``failed``: refused for good, or ``stopped`` by an organiser, maybe with its circular."""
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Those with the lowest are sent first."""
    person_id: Mapped[UUID] = mapped_column(index=True)
    registration_id: Mapped[UUID | None]
    event_id: Mapped[UUID | None] = mapped_column()
    certificate_id: Mapped[UUID | None]
    """Of the mail that brings one."""
    circular_id: Mapped[UUID | None]
    """Of organisers' words to many people, which reach nobody twice."""
    reminder_id: Mapped[UUID | None]
    reminder_session_id: Mapped[UUID | None]
    """Of a rule's reminder about a session, which reaches nobody twice."""
    locale: Mapped[str] = mapped_column(String(12))
    to_name: Mapped[str] = mapped_column(String(401))
    to_email: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(deferred=True, deferred_group="content")
    html: Mapped[str] = mapped_column(deferred=True, deferred_group="content")
    calendars: Mapped[list[str]] = mapped_column(JsonValue, deferred=True, deferred_group="content")
    """iCalendar objects; with ``calendar_method`` each is a message about one entry, without it a file to import."""
    calendar_method: Mapped[str | None] = mapped_column(String(10))
    message_id: Mapped[str]
    """Without angle brackets; the same each time the mail is sent."""
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    """When it was created, or last ordered to be sent again."""
    available_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    """What the mail server said when it did not take the mail."""
    reply_to: Mapped[str | None] = column_property(
        select(Event.reply_to).where(Event.id == event_id).correlate_except(Event).scalar_subquery(),
        deferred=True,
        group="content",
    )
    """Where answers go that are for the team of its event, as it says now."""


class MailModule(Base):
    """One of the modules that a mail about a whole enrolment tells of, for the mails of an event or a registration."""

    __tablename__ = "mail_modules"
    __table_args__ = (
        Index("ix_mail_modules_event_id_mail_id", "event_id", "mail_id"),
        Index("ix_mail_modules_registration_id_mail_id", "registration_id", "mail_id"),
    )

    mail_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID | None]
    """None where the person was not registered."""
