"""Queries for pages and the API. What they return is loaded whole: sessions, series and seats need no further query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from services.catalogue.models import CONTENT_FIELDS, Event, Series
from services.catalogue.models import Session as EventSession
from services.catalogue.models.base import Facts
from services.catalogue.selection import EVERYTHING, Selection
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.paging import DEFAULT_LIMIT, Page, page
from shared.text import search_key

_WHOLE = (joinedload(Event.series), joinedload(Event.seats), selectinload(Event.all_sessions))
PUBLIC = ("published", "cancelled")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; empty fields narrow nothing."""

    text: str = ""
    selection: Selection = EVERYTHING
    states: Sequence[str] = ()
    series_id: UUID | None = None
    from_: datetime | None = None
    """Only events that end after this."""
    until: datetime | None = None
    """Only events that begin before this."""


def find_event(session: Session, event_id: UUID) -> Event:
    """Raises :class:`NotFoundError`."""
    return _one_event(session, Event.id == event_id)


def event_by_slug(session: Session, slug: str) -> Event:
    """Raises :class:`NotFoundError`; drafts are found too."""
    return _one_event(session, Event.slug == slug)


def _one_event(session: Session, condition: Any) -> Event:
    # What an earlier query of this session loaded may be from before a flush.
    query = select(Event).where(condition).options(*_WHOLE).execution_options(populate_existing=True)
    event = session.scalars(query).first()
    if event is None:
        raise NotFoundError("event_unknown", _("There is no such event."))
    return event


def find_series(session: Session, series_id: UUID) -> Series:
    """With its events, drafts too. Raises :class:`NotFoundError`."""
    return _one_series(session, Series.id == series_id)


def series_by_slug(session: Session, slug: str) -> Series:
    """With its events, drafts too. Raises :class:`NotFoundError`."""
    return _one_series(session, Series.slug == slug)


def _one_series(session: Session, condition: Any) -> Series:
    query = select(Series).where(condition).options(*_with_events()).execution_options(populate_existing=True)
    series = session.scalars(query).first()
    if series is None:
        raise NotFoundError("series_unknown", _("There is no such series."))
    return series


def _with_events() -> tuple[Any, ...]:
    events = selectinload(Series.events)
    return (
        events.joinedload(Event.series),
        events.joinedload(Event.seats),
        events.selectinload(Event.all_sessions),
    )


def published_events(
    session: Session, now: datetime, *, selection: Selection = EVERYTHING, limit: int = 100
) -> list[Event]:
    """What comes next or is going on, soonest first."""
    query = _narrowed(select(Event), Wanted(selection=selection, states=("published",), from_=now))
    return list(session.scalars(query.options(*_WHOLE).order_by(Event.listed_at, Event.id).limit(limit)))


def past_events(session: Session, now: datetime, *, limit: int = 20) -> list[Event]:
    """What is over, latest first."""
    query = select(Event).where(Event.state == "published", Event.last_ends_at <= now)
    return list(session.scalars(query.options(*_WHOLE).order_by(Event.listed_at.desc(), Event.id).limit(limit)))


def events_page(
    session: Session, wanted: Wanted, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Event]:
    """By time. Raises :class:`InvalidError` for a cursor that is not ours."""
    query = _narrowed(select(Event).options(*_WHOLE), wanted)
    return page(session, query, (Event.listed_at, Event.id), lambda e: (e.listed_at, e.id), limit=limit, cursor=cursor)


def series_page(
    session: Session, wanted: Wanted, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Series]:
    """In the order in which they were made. Raises :class:`InvalidError` for a cursor that is not ours."""
    query = select(Series).options(*_with_events())
    if wanted.states:
        query = query.where(Series.state.in_(wanted.states))
    if wanted.text:
        query = query.where(Series.search_key.contains(search_key(wanted.text), autoescape=True))
    return page(session, query, (Series.id,), lambda series: (series.id,), limit=limit, cursor=cursor)


def all_series(session: Session) -> list[Series]:
    """Those that an event can be put into, for choosing one; without their events."""
    return list(session.scalars(select(Series).where(Series.state != "cancelled").order_by(Series.created_at.desc())))


def known_venues(session: Session) -> list[Facts]:
    """Each venue of the last 500 events, last used first, for choosing one again."""
    query = select(Event.venue).where(Event.venue.is_not(None)).order_by(Event.created_at.desc(), Event.id.desc())
    rows = session.scalars(query.limit(500))
    venues: dict[tuple[str, str, str], Facts] = {}
    for venue in rows:
        if venue:
            venues.setdefault((venue["name"], venue["room"], venue["city"]), venue)
    return list(venues.values())


def known_questions(session: Session) -> list[Facts]:
    """Each question of the last 500 events, last asked first, for asking it again; told apart by its words."""
    query = select(Event.questions).order_by(Event.created_at.desc(), Event.id.desc()).limit(500)
    questions: dict[tuple[str, str], Facts] = {}
    for asked in session.scalars(query):
        for question in asked:
            questions.setdefault((question["kind"], str(sorted(question["label"].items()))), question)
    return list(questions.values())


def pending_revision(session: Session, event: Event) -> Event:
    """The event as it will be once its pending revision is published; the event itself if there is none.

    What is returned is for showing and never written.
    """
    if event.pending is None:
        return event
    facts = {name: event.pending[name] for name in CONTENT_FIELDS}
    kept = ("id", "slug", "state", "version", "pending", "created_at", "announced_version", "announced_at")
    revised = Event(**facts, **{name: getattr(event, name) for name in kept})
    sequences = {session.id: session.sequence for session in event.all_sessions}
    sessions = [
        EventSession(**given, event_id=event.id, sequence=sequences.get(given["id"], 0), changed_at=event.created_at)
        for given in event.pending["sessions"]
    ]
    set_committed_value(revised, "all_sessions", sessions)
    set_committed_value(revised, "seats", event.seats)
    set_committed_value(revised, "series", _series_of(session, event, revised.series_id))
    revised.bring_up_lists()
    return revised


def _series_of(session: Session, event: Event, series_id: UUID | None) -> Series | None:
    if series_id == event.series_id:
        return event.series
    return session.get(Series, series_id) if series_id else None


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    conditions: list[Any] = wanted.selection.of_events()
    if wanted.states:
        conditions.append(Event.state.in_(wanted.states))
    if wanted.series_id:
        conditions.append(Event.series_id == wanted.series_id)
    if wanted.text:
        conditions.append(Event.search_key.contains(search_key(wanted.text), autoescape=True))
    if wanted.from_:
        conditions.append(or_(Event.last_ends_at > wanted.from_, Event.last_ends_at.is_(None)))
    if wanted.until:
        conditions.append(Event.listed_at < wanted.until)
    return query.where(and_(True, *conditions))
