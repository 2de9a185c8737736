"""The log of decisions, for whoever asks why somebody was not admitted."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Decision
from shared.paging import DEFAULT_LIMIT, Page, page


def decisions_of(
    session: Session,
    event_id: UUID,
    *,
    registration_id: UUID | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Decision]:
    """In the order in which they were made; of one registration, if one is named."""
    query = select(Decision).where(Decision.event_id == event_id)
    if registration_id is not None:
        query = query.where(Decision.registration_id == registration_id)
    order = [Decision.seats_version, Decision.id]
    return page(session, query, order, lambda d: [d.seats_version, d.id], limit=limit, cursor=cursor)
