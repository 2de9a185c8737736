"""Mails as rows: queued with everything that happened, read by organisers, stopped, ordered to be sent again."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, undefer_group

from services.notifications.calendar_parts import CalendarPart
from services.notifications.composing import compose
from services.notifications.letters.letter import Letter
from services.notifications.models import Event, Mail, MailModule, Registration
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.undeliverable import unmark
from services.notifications.wordings import reworded_in
from shared.audit import Subject, by_account
from shared.database import UnitOfWork, UtcDateTime, new_id
from shared.errors import ConflictError, NotFoundError
from shared.languages import Content
from shared.languages import text as _
from shared.logs import get_logger
from shared.messaging.lease import database_clock
from shared.staff import Staff

log = get_logger(__name__)

LATER = 1
"""The priority of mails to many people: they wait for those that one person waits for, whose priority is 0."""


class MailKind(StrEnum):
    """What a mail is about."""

    CONFIRMED = "confirmed"
    PROMOTED = "promoted"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    PENDING = "pending"
    PARTY = "party"
    ENROLLED = "enrolled"
    ENROLMENT_COMPLETED = "enrolment_completed"
    ENROLMENT_CANCELLED = "enrolment_cancelled"
    LINK = "link"
    FROM_ORGANISERS = "from_organisers"
    NEWS = "news"
    REMINDER = "reminder"
    FOLLOW_UP = "follow_up"
    EVENT_CHANGED = "event_changed"
    EVENT_CANCELLED = "event_cancelled"
    DECLINED_IN_CALENDAR = "declined_in_calendar"
    INVITATION = "invitation"
    INVITATION_CANCELLED = "invitation_cancelled"
    CERTIFICATE = "certificate"
    CERTIFICATE_REVOKED = "certificate_revoked"


REFUSABLE = (MailKind.NEWS, MailKind.FOLLOW_UP)
"""Those that go beyond people's own places, so that they may refuse them."""


@dataclass(frozen=True, slots=True)
class About:
    """One module that a mail tells of; None where the person is not registered for it."""

    event_id: UUID
    registration_id: UUID | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person, at one address. ``event_id`` and ``registration_id`` say what the mail is about, or its modules."""

    person_id: UUID
    name: str
    email: str
    event_id: UUID | None = None
    registration_id: UUID | None = None
    modules: tuple[About, ...] = ()


def queue(
    uow: UnitOfWork,
    settings: NotificationsSettings,
    kind: MailKind,
    recipient: Recipient,
    letter: Letter,
    reader: Reader,
    calendar: CalendarPart | None = None,
) -> Mail:
    """Lay a mail down to be sent after the commit, in organisers' own words where there are some."""
    letter = reworded_in(uow, letter, recipient.event_id, reader)
    composed = compose(letter, reader, settings)
    mail_id = new_id()
    mail = Mail(
        id=mail_id,
        kind=kind.value,
        state="queued",
        person_id=recipient.person_id,
        registration_id=recipient.registration_id,
        event_id=recipient.event_id,
        locale=reader.locale,
        to_name=recipient.name,
        to_email=recipient.email,
        subject=letter.subject,
        text=composed.text,
        html=composed.html,
        calendars=list(calendar.contents) if calendar else [],
        calendar_method=calendar.method if calendar else None,
        message_id=f"{mail_id}@{settings.mail_from.rpartition('@')[2]}",
        created_at=uow.now,
        queued_at=uow.now,
        available_at=uow.now,
        attempts=0,
    )
    uow.session.add(mail)
    uow.session.add_all(MailModule(mail_id=mail_id, **asdict(about)) for about in recipient.modules)
    uow.wake("mails")
    return mail


def resend(uow: UnitOfWork, mail_id: UUID, actor: Staff) -> Mail:
    """Send a mail once more, as it stands, with the same Message-ID. One that still waits is tried at once.

    If its address was given up, mails go there again. Raises :class:`ConflictError` for a mail that was emptied.
    """
    mail = uow.session.get(Mail, mail_id, with_for_update=True)
    if mail is None:
        raise unknown_mail()
    if not mail.text:
        raise ConflictError("mail_emptied", _("What this mail said has been deleted, so it cannot be sent again."))
    mail.state = "queued"
    mail.queued_at = mail.available_at = uow.now
    mail.attempts = 0
    mail.error = None
    unmark(uow, mail.to_email)
    uow.wake("mails")
    uow.audit("mail.resent", by_account(actor.account_id), Subject("mail", mail.id), event_id=mail.event_id)
    log.info("mail_resend_ordered", mail_id=str(mail.id), account_id=str(actor.account_id))
    return mail


def stop(uow: UnitOfWork, mail_id: UUID, actor: Staff) -> Mail:
    """Do not send a mail that waits; it can be sent later, by :func:`resend`. A second time changes nothing.

    Raises :class:`ConflictError` for a mail that has left or is just being handed over.
    """
    mail = uow.session.get(Mail, mail_id, with_for_update=True)
    if mail is None:
        raise unknown_mail()
    if mail.state == "stopped":
        return mail
    waiting = (Mail.id == mail_id) & is_still_here(database_clock(uow.session))
    if not uow.session.scalar(update(Mail).where(waiting).values(state="stopped").returning(Mail.id)):
        raise ConflictError("mail_not_waiting", _("This mail does not wait any more, so it cannot be stopped."))
    uow.audit("mail.stopped", by_account(actor.account_id), Subject("mail", mail.id), event_id=mail.event_id)
    return mail


def is_still_here(clock: datetime) -> ColumnElement[bool]:
    """Queued, and not just being handed over: by ``clock``, the database's, no worker has claimed it."""
    return (Mail.state == "queued") & or_(Mail.claimed_until.is_(None), Mail.claimed_until < clock)


def is_about(session: Session, mail: Mail, event_id: UUID) -> bool:
    """Whether a mail tells of this event, alone or among others."""
    return mail.event_id == event_id or session.get(MailModule, (mail.id, event_id)) is not None


def whole_mail(session: Session, mail_id: UUID) -> Mail:
    """A mail with its content. Raises :class:`NotFoundError`."""
    mail = session.get(Mail, mail_id, options=[undefer_group("content")])
    if mail is None:
        raise unknown_mail()
    return mail


def known_event(session: Session, event_id: UUID, *, for_update: bool = False) -> Event:
    """The event whose mails are asked for. Raises :class:`NotFoundError`."""
    event = session.get(Event, event_id, with_for_update=for_update or None)
    if event is None:
        raise NotFoundError(
            "event_unknown",
            _("There are no mails here yet: they begin when the event is published and somebody registers."),
        )
    return event


def titles_of_events(session: Session) -> dict[UUID, Content]:
    """Of all events that are known here, the latest first."""
    query = select(Event.id, Event.title).order_by(Event.starts_at.desc().nulls_last(), Event.id)
    return {row.id: row.title for row in session.execute(query)}


def known_registration(session: Session, event: Event, registration_id: UUID) -> Registration:
    """Raises :class:`NotFoundError` also for a registration for another event."""
    registration = session.get(Registration, registration_id)
    if registration is None or registration.event_id != event.id:
        raise NotFoundError("registration_unknown", _("There is no registration with this id."))
    return registration


def oldest_queued(session: Session) -> datetime | None:
    """Since when the oldest mail waits that is not sent yet."""
    oldest: datetime | None = session.scalar(
        select(func.min(Mail.queued_at, type_=UtcDateTime())).where(Mail.state == "queued")
    )
    return oldest


def unknown_mail() -> NotFoundError:
    return NotFoundError("mail_unknown", _("There is no mail with this id."))
