"""The directory as organisers look through it: page by page, with how many registrations count for each entry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from services.registration.models import Organisation, OrganisationName, Registration, Standing
from services.registration.organisation_search import search
from services.registration.spelling import spelling_key
from shared.paging import DEFAULT_LIMIT, Page, page

IN_USE = (Standing.LISTED, Standing.PROPOSED)
"""What an entry is that no other stands for."""

ROWS_AT_A_TIME = 500
MOST_LIKE_IT = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Empty values and None filter nothing. ``q`` is looked for in all names."""

    q: str = ""
    state: str = ""
    member: bool | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory."""

    organisation: Organisation
    registrations: int


@dataclass(frozen=True, slots=True)
class Reach:
    """For how many registrations an entry counts, and at how many events."""

    registrations: int
    events: int


def entries_page(
    session: Session, wanted: Wanted, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Entry]:
    """By name. If no name has the letters in it, those that are most like it.

    Raises :class:`InvalidError` for a cursor that is not of this list.
    """
    columns = [Organisation.sort_key, Organisation.id]
    found: Page[Organisation] = page(
        session, _fitting(wanted), columns, lambda o: [o.sort_key, o.id], limit=limit, cursor=cursor
    )
    if wanted.q and not found.items and not cursor:
        found = Page(_like_it(session, wanted), None)
    counts = _registrations(session, [organisation.id for organisation in found.items])
    return Page([Entry(each, counts.get(each.id, 0)) for each in found.items], found.next_cursor)


def all_entries(session: Session) -> Iterator[Organisation]:
    """All that are in use with their names, by name; they are fetched some hundred at a time."""
    query = _fitting(Wanted()).options(selectinload(Organisation.names))
    yield from session.scalars(
        query.order_by(Organisation.sort_key, Organisation.id).execution_options(yield_per=ROWS_AT_A_TIME)
    )


def reach_of(session: Session, organisation_id: UUID) -> Reach:
    query = select(func.count(), func.count(Registration.event_id.distinct()))
    registrations, events = session.execute(query.where(Registration.organisation_id == organisation_id)).one()
    return Reach(registrations, events)


def _fitting(wanted: Wanted) -> Select[Organisation]:
    query = select(Organisation).where(Organisation.state.in_(_states(wanted)))
    if wanted.member is not None:
        query = query.where(Organisation.member == wanted.member)
    for word in spelling_key(wanted.q).split():
        named = select(OrganisationName.organisation_id).where(OrganisationName.key.contains(word, autoescape=True))
        query = query.where(Organisation.id.in_(named))
    return query


def _like_it(session: Session, wanted: Wanted) -> list[Organisation]:
    found = search(session, wanted.q, states=_states(wanted), limit=MOST_LIKE_IT)
    return [each for each in found if wanted.member in (None, each.member)]


def _states(wanted: Wanted) -> Sequence[str]:
    return [wanted.state] if wanted.state else IN_USE


def _registrations(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    query = (
        select(Registration.organisation_id, func.count())
        .where(Registration.organisation_id.in_(ids))
        .group_by(Registration.organisation_id)
    )
    return {organisation_id: number for organisation_id, number in session.execute(query) if organisation_id}
