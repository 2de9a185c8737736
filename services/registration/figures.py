"""Events in numbers: counted from registrations and the ledger while they are there, and kept once an event is closed.

An event is closed :data:`CLOSED_AFTER` its end, before the first of its people are forgotten. Which organisations it
reached is kept by their entries in the directory, so that over several events each is counted once.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registration.models import Attendance, Event, EventStatistics, Organisation, Registration
from services.registration.presence import in_order, minutes_of
from services.registration.small_numbers import Breakdown, added, protected
from services.registration.states import State
from shared.database import UnitOfWork

CLOSED_AFTER = timedelta(days=28)
CLOSED_AT_ONCE = 20
"""Events that one transaction closes."""

_COUNTS = ("registered", "confirmed", "attended", "no_show", "waiting", "cancelled")
_MINUTES = ("minutes_offered", "minutes_attended")


@dataclass(frozen=True, slots=True)
class Figures:
    """An event, or several, in numbers of people unless the name says otherwise.

    ``attended`` are people for whom the ledger has a minute at least, ``no_show`` those with a seat for whom it has
    none although it has some for others; ``waiting`` never had a seat. ``minutes_offered`` is how long the sessions
    took, ``minutes_attended`` the sum over all people. Of those who attended, ``organisations`` are the directory's
    entries, and ``unlisted`` how many organisations have none; ``places`` are the organisations' municipalities, and
    ``languages`` those in which people used the pages.
    """

    registered: int = 0
    confirmed: int = 0
    attended: int = 0
    no_show: int = 0
    waiting: int = 0
    cancelled: int = 0
    minutes_offered: int = 0
    minutes_attended: int = 0
    organisations: frozenset[str] = frozenset()
    unlisted: int = 0
    places: Breakdown = Breakdown()
    languages: Breakdown = Breakdown()

    @property
    def reached(self) -> int:
        """How many organisations."""
        return len(self.organisations) + self.unlisted

    def as_json(self) -> dict[str, Any]:
        """To keep: with small numbers of people protected."""
        return {
            **{name: getattr(self, name) for name in (*_COUNTS, *_MINUTES, "unlisted")},
            "organisations": sorted(self.organisations),
            "places": _as_json(protected(self.places)),
            "languages": _as_json(protected(self.languages)),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            **{name: kept[name] for name in (*_COUNTS, *_MINUTES, "unlisted")},
            organisations=frozenset(kept["organisations"]),
            places=Breakdown(**kept["places"]),
            languages=Breakdown(**kept["languages"]),
        )


def _as_json(breakdown: Breakdown) -> dict[str, Any]:
    return {"named": dict(breakdown.named), "others": breakdown.others}


def total(figures: Collection[Figures]) -> Figures:
    """Of several events; an organisation in the directory is counted once, one without an entry at each event."""
    summed: dict[str, Any] = {
        name: sum(getattr(one, name) for one in figures) for name in (*_COUNTS, *_MINUTES, "unlisted")
    }
    return Figures(
        **summed,
        organisations=frozenset[str]().union(*(one.organisations for one in figures)),
        places=added([one.places for one in figures]),
        languages=added([one.languages for one in figures]),
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """An event's figures. ``closed_at`` is when they were kept for good; ``new``: organisations that came first."""

    event: Event
    figures: Figures
    closed_at: datetime | None
    new: int


def counted(session: Session, *, year: int | None = None, event_id: UUID | None = None) -> list[Counted]:
    """All events in the order in which they began, of one ``year`` or only this one; a fixed number of queries.

    A year is that of the event's beginning, in UTC.
    """
    before = session.scalars(select(Event).options(selectinload(Event.sessions)).order_by(Event.starts_at, Event.id))
    events = list(before)
    wanted = {e.id for e in events if event_id in (None, e.id) and year in (None, e.starts_at.year)}
    kept = {row.event_id: row for row in session.scalars(select(EventStatistics))}
    figures = {key: Figures.from_json(row.figures) for key, row in kept.items()}
    figures |= count(session, [event for event in events if event.id not in kept])
    found: list[Counted] = []
    known: set[str] = set()
    for event in events:
        here = figures[event.id]
        if event.id in wanted:
            closed_at = kept[event.id].closed_at if event.id in kept else None
            found.append(Counted(event, here, closed_at, len(here.organisations - known)))
        known |= here.organisations
    return found


def years(session: Session) -> list[int]:
    """In which events began, the newest first."""
    return sorted({moment.year for moment in session.scalars(select(Event.starts_at))}, reverse=True)


def latest_begun(all_years: Sequence[int], now: datetime) -> int | None:
    """The newest of these years that has begun, so that a programme planned ahead hides no numbers; else the next."""
    begun = [year for year in all_years if year <= now.year]
    return max(begun) if begun else min(all_years, default=None)


def close_what_is_due(uow: UnitOfWork) -> bool:
    """Keep the figures of events that ended :data:`CLOSED_AFTER` ago. Whether there may be more."""
    closed = select(EventStatistics.event_id)
    query = select(Event).where(Event.ends_at <= uow.now - CLOSED_AFTER, Event.id.not_in(closed))
    query = query.options(selectinload(Event.sessions)).order_by(Event.ends_at, Event.id).limit(CLOSED_AT_ONCE)
    events = list(uow.session.scalars(query))
    for event_id, figures in count(uow.session, events).items():
        uow.session.add(EventStatistics(event_id=event_id, closed_at=uow.now, figures=figures.as_json()))
    return len(events) == CLOSED_AT_ONCE


def count(session: Session, events: Sequence[Event]) -> dict[UUID, Figures]:
    """The figures of these events as things stand; their sessions are loaded."""
    ids = [event.id for event in events]
    people = _people(session, ids)
    ledger = _ledger(session, ids)
    places = dict(iter(session.execute(select(Organisation.id, Organisation.municipality))))
    return {event.id: _count(event, people[event.id], ledger, places) for event in events}


def _people(session: Session, event_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Any]]:
    columns = (
        Registration.id,
        Registration.event_id,
        Registration.state,
        Registration.locale,
        Registration.organisation_id,
        Registration.organisation_key,
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in session.execute(select(*columns).where(Registration.event_id.in_(event_ids))):
        found[row.event_id].append(row)
    return found


Ledger = Mapping[tuple[UUID, UUID], Sequence[Attendance]]


def _ledger(session: Session, event_ids: Collection[UUID]) -> Ledger:
    found: dict[tuple[UUID, UUID], list[Attendance]] = defaultdict(list)
    for entry in in_order(session.scalars(select(Attendance).where(Attendance.event_id.in_(event_ids)))):
        found[entry.registration_id, entry.session_id].append(entry)
    return found


def _count(event: Event, people: Sequence[Any], ledger: Ledger, places: Mapping[UUID, str]) -> Figures:
    states = Counter(person.state for person in people)
    minutes = {person.id: sum(minutes_of(person.id, event.sessions, ledger).values()) for person in people}
    there = [person for person in people if minutes[person.id]]
    without = [person for person in people if person.state == State.CONFIRMED and not minutes[person.id]]
    return Figures(
        registered=len(people),
        confirmed=states[State.CONFIRMED],
        attended=len(there),
        no_show=len(without) if there else 0,
        waiting=states[State.WAITLISTED] + states[State.OFFERED] + states[State.PENDING],
        cancelled=states[State.CANCELLED] + states[State.LAPSED],
        minutes_offered=0 if event.is_cancelled else sum(held.minutes for held in event.sessions if not held.cancelled),
        minutes_attended=sum(minutes.values()),
        organisations=frozenset(str(one.organisation_id) for one in there if one.organisation_id),
        unlisted=len({one.organisation_key for one in there if one.organisation_key and not one.organisation_id}),
        places=_broken_down(places.get(one.organisation_id, "") for one in there),
        languages=_broken_down(one.locale for one in there),
    )


def _broken_down(kinds: Iterable[str]) -> Breakdown:
    """With everything named; whoever is of no known kind is among the others."""
    numbers = Counter(kinds)
    unknown = numbers.pop("", 0)
    return Breakdown(dict(numbers), unknown)
