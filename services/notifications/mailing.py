"""Mails as rows: queued with everything that happened, read by organisers, ordered to be sent again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer_group

from services.notifications.composing import compose
from services.notifications.invitations import CalendarPart
from services.notifications.letters.letter import Letter
from services.notifications.models import Event, Mail
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.audit import Subject, by_account
from shared.database import UnitOfWork, UtcDateTime, new_id
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.logs import get_logger
from shared.paging import DEFAULT_LIMIT, Page, page
from shared.staff import Staff

log = get_logger(__name__)


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
    LINK = "link"
    EVENT_CHANGED = "event_changed"
    EVENT_CANCELLED = "event_cancelled"
    INVITATION = "invitation"
    INVITATION_CANCELLED = "invitation_cancelled"
    CERTIFICATE = "certificate"
    CERTIFICATE_REVOKED = "certificate_revoked"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person, at one address. ``event_id`` and ``registration_id`` say what the mail is about."""

    person_id: UUID
    name: str
    email: str
    event_id: UUID | None = None
    registration_id: UUID | None = None


def queue(
    uow: UnitOfWork,
    settings: NotificationsSettings,
    kind: MailKind,
    recipient: Recipient,
    letter: Letter,
    reader: Reader,
    calendar: CalendarPart | None = None,
) -> Mail:
    """Lay a mail down to be sent after the commit."""
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
        calendar=calendar.content if calendar else None,
        calendar_method=calendar.method if calendar else None,
        message_id=f"{mail_id}@{settings.mail_from.rpartition('@')[2]}",
        created_at=uow.now,
        queued_at=uow.now,
        available_at=uow.now,
        attempts=0,
    )
    uow.session.add(mail)
    uow.wake("mails")
    return mail


def resend(uow: UnitOfWork, mail_id: UUID, actor: Staff) -> Mail:
    """Send a mail once more, as it stands, with the same Message-ID. One that still waits is tried at once."""
    mail = uow.session.get(Mail, mail_id, with_for_update=True)
    if mail is None:
        raise unknown_mail()
    mail.state = "queued"
    mail.queued_at = mail.available_at = uow.now
    mail.attempts = 0
    mail.error = None
    uow.wake("mails")
    uow.audit("mail.resent", by_account(actor.account_id), Subject("mail", mail.id), event_id=mail.event_id)
    log.info("mail_resend_ordered", mail_id=str(mail.id), account_id=str(actor.account_id))
    return mail


def list_mails(
    session: Session,
    *,
    event_id: UUID | None = None,
    registration_id: UUID | None = None,
    state: str = "",
    to: str = "",
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    newest_first: bool = False,
) -> Page[Mail]:
    """One page of mails, without their content."""
    query = select(Mail)
    wanted = {Mail.event_id: event_id, Mail.registration_id: registration_id, Mail.state: state, Mail.to_email: to}
    for column, value in wanted.items():
        if value:
            query = query.where(column == value)
    return page(session, query, [Mail.id], lambda mail: [mail.id], limit=limit, cursor=cursor, descending=newest_first)


def whole_mail(session: Session, mail_id: UUID) -> Mail:
    """A mail with its content. Raises :class:`NotFoundError`."""
    mail = session.get(Mail, mail_id, options=[undefer_group("content")])
    if mail is None:
        raise unknown_mail()
    return mail


def known_event(session: Session, event_id: UUID) -> Event:
    """The event whose mails are asked for. Raises :class:`NotFoundError`."""
    event = session.get(Event, event_id)
    if event is None:
        raise NotFoundError(
            "event_unknown",
            _("There are no mails here yet: they begin when the event is published and somebody registers."),
        )
    return event


def counts_by_state(session: Session, event_id: UUID) -> dict[str, int]:
    """How many mails of an event are in each state."""
    query = select(Mail.state, func.count()).where(Mail.event_id == event_id).group_by(Mail.state)
    return {row[0]: row[1] for row in session.execute(query)}


def oldest_queued(session: Session) -> datetime | None:
    """Since when the oldest mail waits that is not sent yet."""
    oldest: datetime | None = session.scalar(
        select(func.min(Mail.queued_at, type_=UtcDateTime())).where(Mail.state == "queued")
    )
    return oldest


def unknown_mail() -> NotFoundError:
    return NotFoundError("mail_unknown", _("There is no mail with this id."))
