"""What organisers do about answers that wait for them: look, let count, set aside."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.models import Invitation, Registration, Reply
from services.notifications.replies.intake import let_count
from services.notifications.replies.judging import OVERRULED
from services.notifications.settings import NotificationsSettings
from shared.audit import Subject, by_account
from shared.database import UnitOfWork
from shared.errors import ConflictError, NotFoundError
from shared.languages import text as _
from shared.paging import DEFAULT_LIMIT, Page, page
from shared.staff import Staff

ASKING = ("counter", "delegation")
"""Kinds of replies that ask for something; the others may not be genuine, or cannot be read."""


def list_waiting(
    session: Session,
    *,
    event_id: UUID | None = None,
    asks: bool | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Reply]:
    """One page of the answers that wait for an organiser, the newest first; ``asks`` as in :data:`ASKING`."""
    query = select(Reply).where(Reply.state == "waiting")
    if event_id:
        query = query.where(Reply.event_id == event_id)
    if asks is not None:
        query = query.where(Reply.kind.in_(ASKING) == asks)
    return page(session, query, [Reply.id], lambda reply: [reply.id], limit=limit, cursor=cursor, descending=True)


def count_waiting(session: Session, event_id: UUID | None = None) -> int:
    query = select(func.count()).select_from(Reply).where(Reply.state == "waiting")
    return session.scalar(query.where(Reply.event_id == event_id) if event_id else query) or 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many replies wait: those that ask for something, and those that are doubtful."""

    asking: int
    doubtful: int


def all_waiting(session: Session) -> Waiting:
    query = select(Reply.kind, func.count()).where(Reply.state == "waiting").group_by(Reply.kind)
    numbers = {row[0]: row[1] for row in session.execute(query)}
    asking = sum(numbers.get(kind, 0) for kind in ASKING)
    return Waiting(asking, sum(numbers.values()) - asking)


def whole_reply(session: Session, reply_id: UUID) -> Reply:
    """Raises :class:`NotFoundError`."""
    reply = session.get(Reply, reply_id)
    if reply is None or reply.kind == "bounce":
        raise NotFoundError("reply_unknown", _("There is no calendar reply with this id."))
    return reply


def may_count(session: Session, reply: Reply) -> bool:
    """Whether an organiser may let this answer count: it is one, and it is clear what it is about."""
    if not (reply.is_waiting and reply.kind == "answer" and reply.reason in OVERRULED):
        return False
    invitation = session.get(Invitation, reply.invitation_id)
    return invitation is not None and invitation.is_requested


def release(uow: UnitOfWork, settings: NotificationsSettings, reply_id: UUID, actor: Staff) -> Reply:
    """Let an answer count that was not believed by itself.

    Raises :class:`ConflictError`: ``reply_decided``, ``reply_cannot_count``.
    """
    reply = _open(uow, reply_id)
    if not may_count(uow.session, reply):
        raise ConflictError("reply_cannot_count", _("This cannot count as an answer to an invitation. Set it aside."))
    query = select(Invitation).where(Invitation.id == reply.invitation_id).with_for_update()
    invitation = uow.session.scalars(query).one()
    let_count(uow, settings, reply, invitation, uow.session.get_one(Registration, invitation.registration_id))
    _decide(uow, reply, "released", actor)
    return reply


def discard(uow: UnitOfWork, reply_id: UUID, actor: Staff) -> Reply:
    """Set a reply aside; what it said is blanked. Raises :class:`ConflictError`: ``reply_decided``."""
    reply = _open(uow, reply_id)
    reply.sender = reply.subject = reply.attendee = reply.comment = reply.delegate = ""
    _decide(uow, reply, "discarded", actor)
    return reply


def _open(uow: UnitOfWork, reply_id: UUID) -> Reply:
    uow.session.scalars(select(Reply.id).where(Reply.id == reply_id).with_for_update()).first()
    reply = whole_reply(uow.session, reply_id)
    if not reply.is_waiting:
        raise ConflictError("reply_decided", _("Somebody has dealt with this reply already."))
    return reply


def _decide(uow: UnitOfWork, reply: Reply, state: str, actor: Staff) -> None:
    reply.state, reply.decided_at = state, uow.now
    subject = Subject("reply", reply.id)
    uow.audit(f"reply.{state}", by_account(actor.account_id), subject, event_id=reply.event_id)
