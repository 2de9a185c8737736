"""Whether the database keeps what the waitlist promises: counters, rows, decisions and outbox agree, in order."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.orm import Session

from services.registration.holidays import rule_of
from services.registration.line import IS_SEATED, IS_WAITING, Place
from services.registration.models import OUTBOX, Decision, Enrolment, Event, Registration, SeatCounter, table
from services.registration.outlook import first_served
from services.registration.states import State
from services.registration.transfers import TRANSFERRED
from shared.database import Database
from shared.messages.registration import SeatsChangedV1

REGISTRATIONS = table(Registration)
DECISIONS = table(Decision)

STATE_AFTER = {
    "confirmed": State.CONFIRMED,
    "pending": State.PENDING,
    "overbooked": State.CONFIRMED,
    "promoted": State.CONFIRMED,
    "offered": State.OFFERED,
    "accepted": State.CONFIRMED,
    "address_confirmed": State.CONFIRMED,
    "waitlisted": State.WAITLISTED,
    "cancelled": State.CANCELLED,
    "declined": State.CANCELLED,
    "lapsed": State.LAPSED,
}
"""The outcomes of decisions that change a state. The others say why nothing changed."""

ADMISSIONS = ("confirmed", "pending", "promoted", "offered")

SEEN_TO_WITHIN = timedelta(minutes=10)
"""So soon after its time somebody has looked at what is due, if a worker runs."""

OUTBOX_SURELY_KEPT = timedelta(hours=1)
"""``REIHE_OUTBOX_KEEP_HOURS`` is at least this."""


def findings(database: Database, now: datetime) -> Iterator[str]:
    """One line for every promise that is broken, over all events; nothing if all is well."""
    with database.read() as session:
        _see_one_moment(session)
        yield from _miscounted(session)
        yield from _undecided(session)
        yield from _oversold(session)
        yield from _underused(session, now)
        yield from _with_wrong_deadlines(session, now)
        yield from _parties_torn_apart(session)
        yield from _set_aside_wrongly(session)
        yield from _series_forgotten(session, now)
        yield from _overtaken(session)
        yield from _untold(session, now)
        yield from _seats_told_wrong(session)


def _see_one_moment(session: Session) -> None:
    """All queries look at the same state, however much is written meanwhile, and may take their time."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(text("SET LOCAL statement_timeout = 0"))


def _miscounted(session: Session) -> Iterator[str]:
    columns = REGISTRATIONS.c
    counted = {
        row.event_id: (row.confirmed, row.waiting, row.series_waiting, row.last_seq)
        for row in session.execute(
            select(
                columns.event_id,
                func.count().filter(IS_SEATED).label("confirmed"),
                func.count().filter(IS_WAITING).label("waiting"),
                func.count().filter(columns.waits_for_series).label("series_waiting"),
                func.max(columns.seq).label("last_seq"),
            ).group_by(columns.event_id)
        )
    }
    for counter in session.scalars(select(SeatCounter)):
        confirmed, waiting, series_waiting, last_seq = counted.pop(counter.event_id, (0, 0, 0, 0))
        if (counter.confirmed, counter.waiting) != (confirmed, waiting):
            yield (
                f"event {counter.event_id}: the counters say {counter.confirmed} confirmed and {counter.waiting} "
                f"waiting, the rows {confirmed} and {waiting}"
            )
        if counter.series_waiting != series_waiting:
            yield (
                f"event {counter.event_id}: the counters say that {counter.series_waiting} wait for a series, "
                f"the rows {series_waiting}"
            )
        if counter.next_seq <= last_seq:
            yield f"event {counter.event_id}: place {last_seq} is given, but {counter.next_seq} would be next"
    yield from (f"event {event_id}: has registrations but no counters" for event_id in counted)


def _undecided(session: Session) -> Iterator[str]:
    """Registrations whose state is not what was last decided about them."""
    newest = func.row_number().over(
        partition_by=DECISIONS.c.registration_id, order_by=(DECISIONS.c.seats_version.desc(), DECISIONS.c.id.desc())
    )
    ranked = (
        select(DECISIONS.c.registration_id, DECISIONS.c.outcome, newest.label("rank"))
        .where(DECISIONS.c.outcome.in_(STATE_AFTER))
        .subquery()
    )
    last = select(ranked).where(ranked.c.rank == 1).subquery()
    query = select(REGISTRATIONS.c.id, REGISTRATIONS.c.state, last.c.outcome).outerjoin_from(
        REGISTRATIONS, last, last.c.registration_id == REGISTRATIONS.c.id
    )
    for row in session.execute(query):
        if STATE_AFTER.get(row.outcome) != row.state:
            yield f"registration {row.id}: is {row.state}, but the last decision is {row.outcome or 'missing'}"


def _oversold(session: Session) -> Iterator[str]:
    """Admissions for which there was no free seat, or none left for the organisation."""
    taken, capacity = _input("taken"), _input("capacity")
    held, quota = _input("organisation_seats"), _input("max_per_organisation")
    admitted = DECISIONS.c.outcome.in_(ADMISSIONS)
    for registration_id in session.scalars(select(DECISIONS.c.registration_id).where(admitted, taken >= capacity)):
        yield f"registration {registration_id}: was given a seat when none was free"
    beyond = select(DECISIONS.c.registration_id).where(admitted, DECISIONS.c.actor != "organiser", held >= quota)
    for registration_id in session.scalars(beyond):
        yield f"registration {registration_id}: was given a seat although its organisation had all of its own"
    free_but_reserved = (_input("reserved") > 0) & (taken + _input("reserved") >= capacity)
    others = select(DECISIONS.c.registration_id).where(
        admitted, DECISIONS.c.actor != "organiser", free_but_reserved, _input("pool").is_(None)
    )
    for registration_id in session.scalars(others):
        yield f"registration {registration_id}: was given a seat that was reserved for others"


def _input(name: str) -> ColumnElement[int]:
    value: ColumnElement[int] = DECISIONS.c.inputs[name].as_integer()
    return value


def _underused(session: Session, now: datetime) -> Iterator[str]:
    query = (
        select(Event, SeatCounter)
        .join(SeatCounter, SeatCounter.event_id == Event.id)
        .where(SeatCounter.confirmed < SeatCounter.capacity, SeatCounter.waiting > 0, Event.state != "cancelled")
        .where(or_(SeatCounter.due_at.is_(None), SeatCounter.due_at > now))
    )
    for event, counter in session.execute(query):
        ruling = first_served(session, counter, rule_of(session, event, now), now)
        if ruling is not None and ruling.state is not None:
            yield f"registration {ruling.registration_id}: waits although a seat is free"


def _with_wrong_deadlines(session: Session, now: datetime) -> Iterator[str]:
    columns = REGISTRATIONS.c
    held = columns.state.in_([State.OFFERED, State.PENDING])
    for row in session.execute(select(columns.id, columns.state).where(held != columns.deadline.is_not(None))):
        yield f"registration {row.id}: is {row.state}, which does not go with its deadline"
    overdue = (
        select(columns.id).join(Event, Event.id == columns.event_id).where(columns.deadline < now - SEEN_TO_WITHIN)
    )
    for registration_id in session.scalars(overdue.where(Event.state != "cancelled")):
        yield f"registration {registration_id}: ran out, and nobody has seen to it"


def _parties_torn_apart(session: Session) -> Iterator[str]:
    """Parties that take all seats or none, and of which the engine gave a seat to some while others wait."""
    columns = REGISTRATIONS.c
    by_engine = (
        select(DECISIONS.c.id)
        .where(DECISIONS.c.registration_id == columns.id, DECISIONS.c.outcome.in_(ADMISSIONS))
        .where(DECISIONS.c.actor != "organiser")
        .exists()
    )
    query = (
        select(columns.party_id)
        .where(columns.party_id.is_not(None), columns.takes_fewer.is_(False))
        .group_by(columns.party_id)
        .having(func.count().filter(IS_WAITING) > 0, func.count().filter(IS_SEATED, by_engine) > 0)
    )
    yield from (f"party {party_id}: some have a seat while others wait" for party_id in session.scalars(query))


def _set_aside_wrongly(session: Session) -> Iterator[str]:
    """Whoever is set aside without waiting, by nobody's decision or apart from their party, or not although decided."""
    columns = REGISTRATIONS.c
    newest = (
        select(DECISIONS.c.outcome)
        .where(DECISIONS.c.registration_id == columns.id, DECISIONS.c.outcome.in_(["set_aside", "resumed"]))
        .order_by(DECISIONS.c.seats_version.desc(), DECISIONS.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    was_set_aside = func.coalesce(newest, "resumed") == "set_aside"
    query = select(columns.id, columns.set_aside).where(
        or_(columns.set_aside & ~IS_WAITING, IS_WAITING & (columns.set_aside != was_set_aside))
    )
    for row in session.execute(query):
        yield f"registration {row.id}: is {'' if row.set_aside else 'not '}set aside, which nobody has decided"
    torn = (
        select(columns.party_id)
        .where(columns.party_id.is_not(None), IS_WAITING)
        .group_by(columns.party_id)
        .having(func.count(columns.set_aside.distinct()) > 1)
    )
    yield from (f"party {party_id}: only some of it are set aside" for party_id in session.scalars(torn))


def _series_forgotten(session: Session, now: datetime) -> Iterator[str]:
    """Whoever might have a whole series and is not looked at, and whoever has ended and still seems to wait for one."""
    overdue = select(Enrolment.id).where(Enrolment.due_at < now - SEEN_TO_WITHIN)
    for enrolment_id in session.scalars(overdue):
        yield f"enrolment {enrolment_id}: might have the whole series, and nobody has seen to it"
    columns = REGISTRATIONS.c
    for registration_id in session.scalars(select(columns.id).where(columns.waits_for_series, ~IS_WAITING)):
        yield f"registration {registration_id}: waits for a series, but is not on the waitlist"


@dataclass
class _Admissions:
    """Those of one event in the order in which they were made, for asking whether a later one passed somebody."""

    versions: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def add(self, version: int, place: Place) -> None:
        self.versions.append(version)
        self.places.append(place)

    def last_after(self) -> list[Place]:
        """For each index the last place in line that was admitted from there on."""
        return list(accumulate(reversed(self.places), max))[::-1]


def _overtaken(session: Session) -> Iterator[str]:
    """Whoever waits although somebody behind them was admitted later, and no quota explains it.

    A quota explains nothing about somebody without an organisation, nor where none was set at the time. Seats of a pool
    are no others', one of them may be kept for who waits in its group, and parties have rules of their own.
    """
    of_all, without_quota = _admissions_by_event(session)
    last = {id(a): a.last_after() for found in (of_all, without_quota) for a in found.values()}
    for row in session.execute(_waiting_since()):
        admissions = (without_quota if row.organisation_key else of_all).get(row.event_id)
        if admissions is None:
            continue
        later = bisect_right(admissions.versions, row.since)
        if later < len(admissions.versions) and last[id(admissions)][later] > (row.priority, row.place):
            yield f"registration {row.id}: waits although somebody behind it was admitted"


def _admissions_by_event(session: Session) -> tuple[dict[UUID, _Admissions], dict[UUID, _Admissions]]:
    """Those that no organiser, pool or handed-over seat explains, and those of them made while no quota was set."""
    query = (
        select(
            DECISIONS.c.event_id,
            DECISIONS.c.seats_version,
            REGISTRATIONS.c.priority,
            REGISTRATIONS.c.place,
            _input("max_per_organisation").label("quota"),
        )
        .join_from(DECISIONS, REGISTRATIONS, REGISTRATIONS.c.id == DECISIONS.c.registration_id)
        .where(DECISIONS.c.outcome.in_(ADMISSIONS), DECISIONS.c.actor != "organiser", _input("pool").is_(None))
        .where(DECISIONS.c.reason != TRANSFERRED)
        .order_by(DECISIONS.c.event_id, DECISIONS.c.seats_version)
    )
    of_all: dict[UUID, _Admissions] = defaultdict(_Admissions)
    without_quota: dict[UUID, _Admissions] = defaultdict(_Admissions)
    for row in session.execute(query):
        of_all[row.event_id].add(row.seats_version, (row.priority, row.place))
        if row.quota is None:
            without_quota[row.event_id].add(row.seats_version, (row.priority, row.place))
    return of_all, without_quota


def _waiting_since() -> Any:
    """Who waits and is in no pool's group, and since which version of the seats they have done so as they are now."""
    since = func.max(DECISIONS.c.seats_version).filter(DECISIONS.c.outcome != "skipped")
    columns = REGISTRATIONS.c
    shown = (columns.id, columns.event_id, columns.priority, columns.place, columns.organisation_key)
    return (
        select(*shown, since.label("since"))
        .join_from(REGISTRATIONS, DECISIONS, DECISIONS.c.registration_id == columns.id)
        .where(IS_WAITING, columns.party_id.is_(None), ~columns.waits_for_series, ~columns.set_aside)
        .group_by(*shown)
        .having(func.max(_input("pool")).is_(None))
    )


def _untold(session: Session, now: datetime) -> Iterator[str]:
    """Registrations whose newest message is missing although it must still be there, or says something else."""
    columns, told = REGISTRATIONS.c, OUTBOX.c
    # What tells of attendance is about the same registration, with versions of its own.
    is_state = told.topic.startswith("registration.", autoescape=True)
    same = (told.aggregate_id == columns.id) & (told.version == columns.version) & is_state
    query = (
        select(columns.id, columns.state, told.id.label("message_id"), told.body)
        .outerjoin_from(REGISTRATIONS, OUTBOX, same)
        .where(columns.changed_at > now - OUTBOX_SURELY_KEPT)
    )
    for row in session.execute(query):
        if row.message_id is None:
            yield f"registration {row.id}: its change was not told"
        elif row.body is not None and row.body["state"] != row.state:
            yield f"registration {row.id}: is {row.state}, but was told to be {row.body['state']}"


def _seats_told_wrong(session: Session) -> Iterator[str]:
    topic = SeatsChangedV1.topic
    newest = (
        select(OUTBOX.c.aggregate_id, func.max(OUTBOX.c.version).label("version"))
        .where(OUTBOX.c.topic == topic)
        .group_by(OUTBOX.c.aggregate_id)
        .subquery()
    )
    same = (OUTBOX.c.aggregate_id == newest.c.aggregate_id) & (OUTBOX.c.version == newest.c.version)
    told = select(OUTBOX.c.aggregate_id, OUTBOX.c.body).join(newest, same).where(OUTBOX.c.topic == topic)
    counters = {counter.event_id: counter for counter in session.scalars(select(SeatCounter))}
    for event_id, body in session.execute(told):
        counter, names = counters.get(event_id), ("capacity", "confirmed", "waiting")
        if counter and body is not None and any(body[name] != getattr(counter, name) for name in names):
            yield f"event {event_id}: the seats that were told last are not those of the counters"
