"""Taking in a mail that has come back: an answer is kept beside its registration or waits for an organiser, a bounce
marks its mail and address. A second copy changes nothing."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from services.notifications.answers import note_answer
from services.notifications.models import Event, Invitation, Mail, Registration, Reply
from services.notifications.replies.bounces import Failure
from services.notifications.replies.calendar_answers import CalendarAnswer
from services.notifications.replies.declining import take_decline
from services.notifications.replies.judging import Reason, doubt, is_ours
from services.notifications.replies.reading import Incoming, UnreadableMailError, read
from services.notifications.settings import NotificationsSettings
from services.notifications.undeliverable import mark_undeliverable
from shared.database import UnitOfWork
from shared.logs import get_logger
from shared.text import normalised_email

log = get_logger(__name__)


class Outcome(StrEnum):
    """What came of a mail."""

    TAKEN = "taken"
    WAITING = "waiting for an organiser"
    BOUNCED = "a mail that did not arrive"
    KNOWN = "known already"
    NOT_FOR_US = "left to people"


def take_in(uow: UnitOfWork, settings: NotificationsSettings, raw: bytes) -> Outcome:
    """Take in one mail as it came (RFC 5322). What is no answer and no bounce of ours is left to those who read it."""
    try:
        incoming = read(raw)
    except UnreadableMailError as error:
        log.warning("incoming_mail_unreadable", because=str(error))
        return Outcome.NOT_FOR_US
    if not incoming.concerns_us:
        return Outcome.NOT_FOR_US
    if uow.session.scalar(select(Reply.id).where(Reply.key == incoming.key)) is not None:
        return Outcome.KNOWN
    if incoming.failures:
        return _take_failures(uow, incoming)
    if incoming.answer is None:
        return _take_unreadable(uow, incoming)
    return _take_answer(uow, settings, incoming, incoming.answer)


def _take_answer(
    uow: UnitOfWork, settings: NotificationsSettings, incoming: Incoming, answer: CalendarAnswer
) -> Outcome:
    if not is_ours(answer.uid):
        return Outcome.NOT_FOR_US
    query = select(Invitation).where(Invitation.uid == answer.uid.lower()).with_for_update()
    invitation = uow.session.scalars(query).first()
    registration = uow.session.get(Registration, invitation.registration_id) if invitation else None
    reason = doubt(incoming, answer, invitation, registration, settings)
    reply = _reply(uow, incoming, answer)
    reply.invitation_id = invitation.id if invitation else None
    reply.event_id = invitation.event_id if invitation else None
    reply.reason = reason
    reply.state = _state(reason)
    log.info("calendar_answered", invitation_id=str(reply.invitation_id), state=reply.state, reason=reason)
    if reason is None and invitation is not None and registration is not None:
        let_count(uow, settings, reply, invitation, registration)
    return Outcome.WAITING if reply.is_waiting else Outcome.TAKEN


def _state(reason: Reason | None) -> str:
    """A calendar that answers to a withdrawn invitation only tidies up after it."""
    return "taken" if reason in (None, Reason.WITHDRAWN) else "waiting"


def let_count(
    uow: UnitOfWork,
    settings: NotificationsSettings,
    reply: Reply,
    invitation: Invitation,
    registration: Registration,
) -> None:
    """From now on this is the answer of the person's calendar. ``invitation`` is locked."""
    has_just_declined = reply.answer == "declined" and invitation.answer != "declined"
    invitation.answered_sequence = invitation.sequence
    invitation.answered_at = max(filter(None, (invitation.answered_at, reply.stamped_at)))
    note_answer(uow, invitation, reply.answer)
    # What a machine answers of itself is worth a mail to nobody (RFC 3834, 2).
    if has_just_declined and not reply.is_automatic:
        event = uow.session.get_one(Event, invitation.event_id)
        take_decline(uow, settings, invitation, registration, event)


def _reply(uow: UnitOfWork, incoming: Incoming, answer: CalendarAnswer) -> Reply:
    reply = _blank(uow, incoming, answer.kind)
    reply.uid, reply.attendee, reply.answer = answer.uid, answer.attendee, answer.answer
    reply.sequence, reply.stamped_at = answer.sequence, answer.stamped_at
    reply.comment, reply.delegate = answer.comment, answer.delegate
    reply.proposed_starts_at, reply.proposed_ends_at = answer.starts_at, answer.ends_at
    return reply


def _blank(uow: UnitOfWork, incoming: Incoming, kind: str) -> Reply:
    reply = Reply(
        key=incoming.key,
        kind=kind,
        state="taken",
        received_at=uow.now,
        sender=incoming.sender,
        subject=incoming.subject,
        is_automatic=incoming.is_automatic,
        uid="",
        attendee="",
        answer="",
        sequence=0,
        comment="",
        delegate="",
    )
    uow.session.add(reply)
    return reply


def _take_unreadable(uow: UnitOfWork, incoming: Incoming) -> Outcome:
    reply = _blank(uow, incoming, "unreadable")
    reply.state, reply.reason, reply.comment = "waiting", Reason.UNREADABLE, incoming.complaint
    return Outcome.WAITING


def _take_failures(uow: UnitOfWork, incoming: Incoming) -> Outcome:
    """Each mail of ours that the report names did not arrive. Who knows its Message-ID has had it."""
    found = [(failure, mail) for failure in incoming.failures if (mail := _mail_of(uow, failure)) is not None]
    if not found:
        return Outcome.NOT_FOR_US
    for failure, mail in found:
        diagnosis = failure.diagnosis or failure.status
        if mail.state == "sent":
            mail.state, mail.error = "failed", diagnosis
        if failure.is_about_address and normalised_email(mail.to_email) == failure.address:
            mark_undeliverable(uow, mail.to_email, diagnosis, mail.id)
    _blank(uow, incoming, "bounce").event_id = found[0][1].event_id
    return Outcome.BOUNCED


def _mail_of(uow: UnitOfWork, failure: Failure) -> Mail | None:
    try:
        mail = uow.session.get(Mail, UUID(failure.message_id.partition("@")[0]), with_for_update=True)
    except ValueError:
        return None
    return mail if mail is not None and mail.message_id == failure.message_id else None
