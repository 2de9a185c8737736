"""Finding mails: by what they are about, whom they go to, how they stand, and when they were written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.notifications.models import Mail, MailModule
from shared.paging import DEFAULT_LIMIT, Page, page
from shared.text import normalised_email


@dataclass(frozen=True, slots=True)
class MailFilter:
    """What is None or empty does not matter.

    ``to`` is a whole address, ``address`` a part of one; ``since`` and ``until`` bound when a mail was written.
    """

    event_id: UUID | None = None
    registration_id: UUID | None = None
    circular_id: UUID | None = None
    state: str = ""
    kind: str = ""
    to: str = ""
    address: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.event_id:
            yield _is_about_event(self.event_id)
        if self.registration_id:
            yield _is_about_registration(self.registration_id)
        if self.circular_id:
            yield Mail.circular_id == self.circular_id
        if self.state:
            yield Mail.state == self.state
        if self.kind:
            yield Mail.kind == self.kind
        if self.to:
            yield Mail.to_email == self.to
        if self.address:
            yield func.lower(Mail.to_email).contains(normalised_email(self.address), autoescape=True)
        if self.since:
            yield Mail.created_at >= self.since
        if self.until:
            yield Mail.created_at < self.until


def list_mails(
    session: Session,
    wanted: MailFilter,
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    newest_first: bool = False,
) -> Page[Mail]:
    """One page of mails, without their content."""
    query = select(Mail).where(*wanted.conditions)
    return page(session, query, [Mail.id], lambda mail: [mail.id], limit=limit, cursor=cursor, descending=newest_first)


def counts_by_state(session: Session, event_id: UUID) -> dict[str, int]:
    """How many mails of an event are in each state."""
    query = select(Mail.state, func.count()).where(_is_about_event(event_id)).group_by(Mail.state)
    return {row[0]: row[1] for row in session.execute(query)}


def _is_about_event(event_id: UUID) -> ColumnElement[bool]:
    own = select(Mail.id).where(Mail.event_id == event_id)
    return Mail.id.in_(own.union_all(select(MailModule.mail_id).where(MailModule.event_id == event_id)))


def _is_about_registration(registration_id: UUID) -> ColumnElement[bool]:
    own = select(Mail.id).where(Mail.registration_id == registration_id)
    return Mail.id.in_(own.union_all(select(MailModule.mail_id).where(MailModule.registration_id == registration_id)))
