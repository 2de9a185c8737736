"""Who comes to an event, as organisers look at it: searched, filtered, page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, undefer

from services.registration.affiliation import organisation_keys
from services.registration.answer_search import answered_with
from services.registration.answers import answers_of
from services.registration.calendar_answers import calendar_answers_of, overall
from services.registration.line import IS_LIVE
from services.registration.models import Event, Registration
from services.registration.places import positions_of
from services.registration.questions import Question, Value
from services.registration.states import State
from shared.paging import DEFAULT_LIMIT, Page, page
from shared.text import search_key

Order = Literal["name", "seq"]

ROWS_AT_A_TIME = 1_000
MOST_ELSEWHERE = 50
WITH_CONTACT = undefer(Registration.contact)


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty values filter nothing. ``q`` is looked for in name, address and organisation.

    ``answers`` are questions, each with what must have been answered. ``lacking``: only live registrations in which a
    question that must be answered is not. ``enrolled``: only those that are part of a registration for a series.
    """

    state: str = ""
    organisation: str = ""
    q: str = ""
    answers: Sequence[tuple[Question, str]] = ()
    lacking: bool = False
    party: UUID | None = None
    enrolled: bool = False


@dataclass(frozen=True, slots=True)
class Entrant:
    """A registration as it stands in the list; ``position`` belongs to one that waits.

    ``answers`` are there where they were asked for; the registration knows its party's contact.
    """

    registration: Registration
    position: int | None = None
    answers: Mapping[str, Value] = field(default_factory=dict)
    calendar: str = ""
    """What the person's calendar has answered, in one word for all sessions."""


def people_of(
    session: Session,
    event_id: UUID,
    wanted: Filter,
    *,
    order: Order = "name",
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    with_answers: bool = False,
) -> Page[Entrant]:
    """One page. Raises :class:`InvalidError` for a cursor that is not of this list."""
    found: Page[Registration] = page(
        session,
        fitting(session, event_id, wanted).options(WITH_CONTACT),
        _columns(order),
        lambda r: [r.sort_key, r.id] if order == "name" else [r.seq],
        limit=limit,
        cursor=cursor,
    )
    positions = positions_of(session, found.items)
    return Page(_entrants(session, found.items, positions, with_answers=with_answers), found.next_cursor)


def everybody(session: Session, event_id: UUID, wanted: Filter, *, order: Order = "name") -> Iterator[Entrant]:
    """All registrations that fit with their answers, for exports; a thousand at a time, without positions."""
    query = fitting(session, event_id, wanted).options(WITH_CONTACT).order_by(*_columns(order))
    found = session.scalars(query.execution_options(yield_per=ROWS_AT_A_TIME))
    for registrations in found.partitions():
        yield from _entrants(session, registrations, {}, with_answers=True)


def _columns(order: Order) -> list[Any]:
    return [Registration.sort_key, Registration.id] if order == "name" else [Registration.seq]


def _entrants(
    session: Session, registrations: Sequence[Registration], positions: Mapping[UUID, int], *, with_answers: bool
) -> list[Entrant]:
    answers = answers_of(session, [registration.id for registration in registrations]) if with_answers else {}
    calendars = calendar_answers_of(session, [registration.id for registration in registrations])
    return [
        Entrant(r, positions.get(r.id), answers.get(r.id, {}), overall(calendars.get(r.id, {}))) for r in registrations
    ]


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
        query = query.where(Registration.organisation_key.in_(organisation_keys(session, wanted.organisation)))
    if wanted.party:
        query = query.where(Registration.party_id == wanted.party)
    if wanted.enrolled:
        query = query.where(Registration.enrolment_id.is_not(None))
    if wanted.lacking:
        query = query.where(Registration.answers_missing, IS_LIVE)
    for question, answer in wanted.answers:
        query = query.where(answered_with(event_id, question, answer))
    for word in search_key(wanted.q).split():
        query = query.where(Registration.search_key.contains(word, autoescape=True))
    return query
