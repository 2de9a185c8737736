"""Who comes to an event, as organisers look at it: searched, filtered, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.registration.affiliation import affiliation_of
from services.registration.models import Event, Registration
from services.registration.places import positions_of
from services.registration.states import State
from shared.paging import DEFAULT_LIMIT, Page, page
from shared.text import search_key

Order = Literal["name", "seq"]

ROWS_AT_A_TIME = 1_000
MOST_ELSEWHERE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty values filter nothing. ``q`` is looked for in name, address and organisation."""

    state: str = ""
    organisation: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A registration as it stands in the list; ``position`` belongs to one that waits."""

    registration: Registration
    position: int | None


def people_of(
    session: Session,
    event_id: UUID,
    wanted: Filter,
    *,
    order: Order = "name",
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Entrant]:
    """One page. Raises :class:`InvalidError` for a cursor that is not of this list."""
    columns = [Registration.sort_key, Registration.id] if order == "name" else [Registration.seq]
    found: Page[Registration] = page(
        session,
        fitting(session, event_id, wanted),
        columns,
        lambda r: [r.sort_key, r.id] if order == "name" else [r.seq],
        limit=limit,
        cursor=cursor,
    )
    positions = positions_of(session, found.items)
    return Page([Entrant(r, positions.get(r.id)) for r in found.items], found.next_cursor)


def everybody(session: Session, event_id: UUID, wanted: Filter, *, order: Order = "name") -> Iterator[Registration]:
    """All registrations that fit, for lists and exports; they are fetched a thousand at a time."""
    columns = [Registration.sort_key, Registration.id] if order == "name" else [Registration.seq]
    query = fitting(session, event_id, wanted).order_by(*columns)
    yield from session.scalars(query.execution_options(yield_per=ROWS_AT_A_TIME))


def elsewhere(session: Session, registration: Registration) -> Sequence[tuple[Registration, Event]]:
    """The newest other registrations of the same person with their events, by the events' beginning."""
    query = (
        select(Registration, Event)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.person_id == registration.person_id, Registration.id != registration.id)
        .order_by(Event.starts_at.desc(), Registration.id.desc())
        .limit(MOST_ELSEWHERE)
    )
    return [(other, event) for other, event in session.execute(query)]


def count_by_state(session: Session, event_id: UUID) -> dict[State, int]:
    """Zero for the states in which nobody is."""
    query = (
        select(Registration.state, func.count()).where(Registration.event_id == event_id).group_by(Registration.state)
    )
    found = dict(session.execute(query).all())
    return {state: found.get(state, 0) for state in State}


def fitting(session: Session, event_id: UUID, wanted: Filter) -> Select[Registration]:
    """All registrations of the event that the filter fits, in no order yet."""
    query = select(Registration).where(Registration.event_id == event_id)
    if wanted.state:
        query = query.where(Registration.state == wanted.state)
    if wanted.organisation:
        query = query.where(Registration.organisation_key == affiliation_of(session, wanted.organisation).key)
    for word in search_key(wanted.q).split():
        query = query.where(Registration.search_key.contains(word, autoescape=True))
    return query
