"""Spellings that people wrote and that mean no entry of the directory."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.models import Registration
from shared.paging import DEFAULT_LIMIT, Page, page

_WITHOUT_ENTRY = (Registration.organisation_id.is_(None), Registration.organisation_key != "")


@dataclass(frozen=True, slots=True)
class Spelling:
    """What counts as one organisation though no entry is known. ``spelling`` is one of the ways it was written."""

    key: str
    spelling: str
    registrations: int


def unlisted_page(session: Session, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[Spelling]:
    """By key, so that what is spelt nearly alike stands together.

    Raises :class:`InvalidError` for a cursor that is not of this list.
    """
    keys: Page[str] = page(
        session,
        select(Registration.organisation_key).where(*_WITHOUT_ENTRY).distinct(),
        [Registration.organisation_key],
        lambda key: [key],
        limit=limit,
        cursor=cursor,
    )
    return Page(_spellings(session, keys.items), keys.next_cursor)


def unlisted_count(session: Session) -> int:
    """How many spellings have no entry."""
    query = select(func.count(Registration.organisation_key.distinct())).where(*_WITHOUT_ENTRY)
    return session.scalars(query).one()


def _spellings(session: Session, keys: Sequence[str]) -> list[Spelling]:
    key = Registration.organisation_key
    query = (
        select(key, func.min(Registration.organisation), func.count())
        .where(*_WITHOUT_ENTRY, key.in_(keys))
        .group_by(key)
        .order_by(key)
    )
    return [Spelling(*row) for row in session.execute(query)]
