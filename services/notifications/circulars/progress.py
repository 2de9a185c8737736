"""How far a circular is, and what has become of it for each recipient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select
from sqlalchemy.orm import Session

from services.notifications.models import Circular, CircularRecipient, Mail, Registration
from shared.paging import DEFAULT_LIMIT, Page, page

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])

STATES = ("waiting", "queued", "sent", "failed", "stopped", "ended", "refused")
"""Of a recipient: ``waiting`` for their mail to be written, then the mail's state, or why there is none."""
_UNDER_WAY = ("waiting", "queued")


@dataclass(frozen=True, slots=True)
class Progress:
    """Numbers of recipients, by state."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        return sum(self.counts.get(state, 0) for state in _UNDER_WAY)

    @property
    def done(self) -> int:
        return self.total - self.left


@dataclass(frozen=True, slots=True)
class Sending:
    """A recipient as the list shows them; ``mail_id`` is None where no mail was written."""

    registration_id: UUID
    name: str
    email: str
    state: str
    mail_id: UUID | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    circular: Circular
    progress: Progress

    @property
    def state(self) -> str:
        """``draft``, ``sending``, ``stopped`` or ``sent``."""
        if self.circular.is_draft:
            return "draft"
        if self.circular.is_stopped:
            return "stopped"
        return "sending" if self.progress.left else "sent"


def overview_of(session: Session, circular: Circular) -> Overview:
    return _overviews(session, [circular])[0]


def circulars_of(
    session: Session, event_id: UUID, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Overview]:
    """An event's circulars, the newest first."""
    query = select(Circular).where(Circular.event_id == event_id)
    found = page(session, query, [Circular.id], lambda one: [one.id], limit=limit, cursor=cursor, descending=True)
    return Page(_overviews(session, found.items), found.next_cursor)


def recipients_of(
    session: Session, circular_id: UUID, *, state: str = "", limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Sending]:
    """One page of those whom a circular is for. Raises :class:`InvalidError` for a cursor that is not of this list."""
    query = _joined(select(CircularRecipient.registration_id)).where(CircularRecipient.circular_id == circular_id)
    if state:
        query = query.where(_state() == state)
    key = CircularRecipient.registration_id
    found = page(session, query, [key], lambda one: [one], limit=limit, cursor=cursor)
    return Page(_sendings(session, circular_id, found.items), found.next_cursor)


def _sendings(session: Session, circular_id: UUID, registration_ids: Sequence[UUID]) -> list[Sending]:
    columns = select(
        CircularRecipient.registration_id,
        Registration,
        _state().label("state"),
        Mail.id.label("mail_id"),
        Mail.to_email,
        Mail.error,
    )
    query = (
        _joined(columns)
        .outerjoin(Registration, Registration.id == CircularRecipient.registration_id)
        .where(CircularRecipient.circular_id == circular_id, CircularRecipient.registration_id.in_(registration_ids))
        .order_by(CircularRecipient.registration_id)
    )
    return [
        Sending(
            row.registration_id,
            row.Registration.name if row.Registration else "",
            row.to_email or (row.Registration.email if row.Registration else ""),
            row.state,
            row.mail_id,
            row.error,
        )
        for row in session.execute(query)
    ]


def _overviews(session: Session, circulars: Sequence[Circular]) -> list[Overview]:
    counts: dict[UUID, dict[str, int]] = {circular.id: {} for circular in circulars}
    query = _joined(select(CircularRecipient.circular_id, _state().label("state"), func.count().label("number")))
    query = query.where(CircularRecipient.circular_id.in_(counts))
    for row in session.execute(query.group_by(CircularRecipient.circular_id, _state())):
        counts[row.circular_id][row.state] = row.number
    return [Overview(circular, Progress(counts[circular.id])) for circular in circulars]


def _joined(query: Query) -> Query:
    of_recipient = and_(
        Mail.circular_id == CircularRecipient.circular_id,
        Mail.registration_id == CircularRecipient.registration_id,
    )
    return query.select_from(CircularRecipient).outerjoin(Mail, of_recipient)


def _state() -> ColumnElement[str]:
    # No bound parameter, so that PostgreSQL sees the same expression where it groups by it.
    state: ColumnElement[str] = func.coalesce(Mail.state, CircularRecipient.outcome, literal_column("'waiting'"))
    return state
