"""Whether the database keeps what the waitlist promises: counters, rows, decisions and outbox agree, in order."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from services.registration.line import IS_SEATED, IS_WAITING, next_in_line
from services.registration.models import OUTBOX, Decision, Event, Registration, SeatCounter, table
from services.registration.states import State
from shared.database import Database
from shared.messages.registration import SeatsChangedV1

REGISTRATIONS = table(Registration)
DECISIONS = table(Decision)

STATE_AFTER = {
    "confirmed": State.CONFIRMED,
    "promoted": State.CONFIRMED,
    "waitlisted": State.WAITLISTED,
    "cancelled": State.CANCELLED,
}
"""The outcomes of decisions that change a state. The others say why nothing changed."""

ADMISSIONS = ("confirmed", "promoted")

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
        row.event_id: (row.confirmed, row.waiting, row.last_seq)
        for row in session.execute(
            select(
                columns.event_id,
                func.count().filter(IS_SEATED).label("confirmed"),
                func.count().filter(IS_WAITING).label("waiting"),
                func.max(columns.seq).label("last_seq"),
            ).group_by(columns.event_id)
        )
    }
    for counter in session.scalars(select(SeatCounter)):
        confirmed, waiting, last_seq = counted.pop(counter.event_id, (0, 0, 0))
        if (counter.confirmed, counter.waiting) != (confirmed, waiting):
            yield (
                f"event {counter.event_id}: the counters say {counter.confirmed} confirmed and {counter.waiting} "
                f"waiting, the rows {confirmed} and {waiting}"
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


def _input(name: str) -> ColumnElement[int]:
    value: ColumnElement[int] = DECISIONS.c.inputs[name].as_integer()
    return value


def _underused(session: Session, now: datetime) -> Iterator[str]:
    query = (
        select(Event)
        .join(SeatCounter, SeatCounter.event_id == Event.id)
        .where(SeatCounter.confirmed < SeatCounter.capacity, SeatCounter.waiting > 0)
    )
    for event in session.scalars(query):
        if event.rule.moves(now):
            line = next_in_line(session, event.id, event.rule, limit=1, leave_out_full=True)
            yield from (f"registration {c.registration_id}: waits although a seat is free" for c, _place in line)


@dataclass
class _Admissions:
    """Those of one event in the order in which they were made, for asking whether a later one passed somebody."""

    versions: list[int] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)

    def add(self, version: int, seq: int) -> None:
        self.versions.append(version)
        self.seqs.append(seq)

    def highest_after(self) -> list[int]:
        """For each index the highest place in line that was admitted from there on."""
        return list(accumulate(reversed(self.seqs), max))[::-1]


def _overtaken(session: Session) -> Iterator[str]:
    """Whoever waits although somebody behind them was admitted later, and no quota explains it.

    A quota explains nothing about somebody without an organisation, nor where none was set at the time.
    """
    of_all, without_quota = _admissions_by_event(session)
    highest = {id(a): a.highest_after() for found in (of_all, without_quota) for a in found.values()}
    for row in session.execute(_waiting_since()):
        admissions = (without_quota if row.organisation_key else of_all).get(row.event_id)
        if admissions is None:
            continue
        later = bisect_right(admissions.versions, row.since)
        if later < len(admissions.versions) and highest[id(admissions)][later] > row.seq:
            yield f"registration {row.id}: waits although somebody behind it was admitted"


def _admissions_by_event(session: Session) -> tuple[dict[UUID, _Admissions], dict[UUID, _Admissions]]:
    """All that no organiser made by hand, and those of them that were made while no quota was set."""
    query = (
        select(
            DECISIONS.c.event_id,
            DECISIONS.c.seats_version,
            REGISTRATIONS.c.seq,
            _input("max_per_organisation").label("quota"),
        )
        .join_from(DECISIONS, REGISTRATIONS, REGISTRATIONS.c.id == DECISIONS.c.registration_id)
        .where(DECISIONS.c.outcome.in_(ADMISSIONS), DECISIONS.c.actor != "organiser")
        .order_by(DECISIONS.c.event_id, DECISIONS.c.seats_version)
    )
    of_all: dict[UUID, _Admissions] = defaultdict(_Admissions)
    without_quota: dict[UUID, _Admissions] = defaultdict(_Admissions)
    for row in session.execute(query):
        of_all[row.event_id].add(row.seats_version, row.seq)
        if row.quota is None:
            without_quota[row.event_id].add(row.seats_version, row.seq)
    return of_all, without_quota


def _waiting_since() -> Any:
    """Who waits, and since which version of the seats they have done so as they are now."""
    since = func.max(DECISIONS.c.seats_version).filter(DECISIONS.c.outcome != "skipped")
    columns = REGISTRATIONS.c
    return (
        select(columns.id, columns.event_id, columns.seq, columns.organisation_key, since.label("since"))
        .join_from(REGISTRATIONS, DECISIONS, DECISIONS.c.registration_id == columns.id)
        .where(IS_WAITING)
        .group_by(columns.id, columns.event_id, columns.seq, columns.organisation_key)
    )


def _untold(session: Session, now: datetime) -> Iterator[str]:
    """Registrations whose newest message is missing although it must still be there, or says something else."""
    columns, told = REGISTRATIONS.c, OUTBOX.c
    same = (told.aggregate_id == columns.id) & (told.version == columns.version)
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
