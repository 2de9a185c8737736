"""Links for the door of one event: for helpers who have no account, until a day after the event or until revoked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.models import DoorLink, Event
from shared.audit import Subject, added, by_account
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, NotFoundError
from shared.languages import text as _
from shared.links import Link, Purpose, make_token, read_token

LASTS = timedelta(days=1)
"""After the event has ended."""
MOST_LINKS = 50
"""Of one event."""


def make_link(uow: UnitOfWork, event: Event, name: str, account_id: UUID) -> DoorLink:
    """Raises :class:`ConflictError`: ``event_over``, or ``too_many_links`` where :data:`MOST_LINKS` stand already."""
    expires_at = event.ends_at + LASTS
    if event.is_cancelled or uow.now >= expires_at:
        raise ConflictError("event_over", _("This event has no door any more."))
    number = uow.session.scalar(select(func.count()).select_from(DoorLink).where(DoorLink.event_id == event.id))
    if number is not None and number >= MOST_LINKS:
        raise ConflictError("too_many_links", _("There are so many links already. Please use one of them."))
    link = DoorLink(
        id=new_id(), event_id=event.id, name=name, account_id=account_id, made_at=uow.now, expires_at=expires_at
    )
    uow.session.add(link)
    uow.audit(
        "door_link.made",
        by_account(account_id),
        Subject("door_link", link.id),
        event_id=event.id,
        changes=added(name=name),
    )
    return link


def revoke_link(uow: UnitOfWork, event_id: UUID, link_id: UUID, account_id: UUID) -> None:
    """End a link; a second time changes nothing. Raises :class:`NotFoundError` for a link of another event."""
    link = uow.session.get(DoorLink, link_id)
    if link is None or link.event_id != event_id:
        raise NotFoundError("link_unknown", _("This link does not exist."))
    if link.revoked_at is None:
        link.revoked_at = uow.now
        uow.audit("door_link.revoked", by_account(account_id), Subject("door_link", link.id), event_id=event_id)


def links_of(session: Session, event_id: UUID) -> Sequence[DoorLink]:
    """Those that still open something or did, the newest first."""
    query = select(DoorLink).where(DoorLink.event_id == event_id)
    return session.scalars(query.order_by(DoorLink.made_at.desc(), DoorLink.id.desc())).all()


def door_token(keys: tuple[str, ...], link: DoorLink) -> str:
    return make_token(keys, Purpose.DOOR, Link(link.id, 0))


def link_behind(session: Session, keys: tuple[str, ...], token: str, now: datetime) -> DoorLink | None:
    """The link, if it still opens its door."""
    read = read_token(keys, Purpose.DOOR, token)
    link = session.get(DoorLink, read.subject) if read else None
    return link if link and link.revoked_at is None and now < link.expires_at else None
