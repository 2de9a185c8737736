"""The seats of one event while they are locked: what is free, what was decided, and what is told of it once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from services.registration.decide import Hold, Kind, Ruling, SeatState, Unit
from services.registration.holidays import rule_of
from services.registration.line import taken_by, taken_in_pools
from services.registration.models import Actor, Decision, Event, Registration, SeatCounter, table
from services.registration.rule import Rule
from services.registration.states import State
from shared.database import UnitOfWork, new_id
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.messages.registration import SeatsChangedV1

COUNTERS = table(SeatCounter)
DECISIONS = table(Decision)
REGISTRATIONS = table(Registration)


class Seats:
    """The counters under their lock. Changed by the use cases and written once, when :func:`opened` is left."""

    def __init__(self, uow: UnitOfWork, event: Event, counter: Any) -> None:
        self.event = event
        self.rule: Rule = rule_of(uow.session, event, uow.now)
        self.capacity: int = counter.capacity
        self.confirmed: int = counter.confirmed
        self.waiting: int = counter.waiting
        self.series_waiting: int = counter.series_waiting
        self.passed_over: frozenset[UUID] | None = None
        """Who of those that wait for a series cannot have all of it now; None while nobody has looked at all of it."""
        self.kept_for: list[UUID] = []
        """Registrations that wait for a series, and for which a seat was kept when the line was last passed."""
        self.next_seq: int = counter.next_seq
        self.due_at: datetime | None = counter.due_at
        self.withheld = holds_from(counter.withheld)
        self._as_found = self._kept_aside()
        self._version: int = counter.version
        self._told = (self.capacity, self.confirmed, self.waiting) if counter.version else None
        self._uow = uow
        self._decisions: list[dict[str, Any]] = []

    @property
    def free(self) -> int:
        """Seats that can be given; none while a lowered capacity leaves a surplus."""
        return max(0, self.capacity - self.confirmed)

    @property
    def is_due(self) -> bool:
        """Whether time has come for something that nobody has seen to yet."""
        return self.due_at is not None and self.due_at <= self._uow.now

    def expect(self, moment: datetime | None) -> None:
        """Look at these seats again at this moment, if nothing is due before."""
        if moment is not None:
            self.due_at = min(self.due_at or moment, moment)

    def admit(self, state: State) -> None:
        """Count a new registration."""
        self.next_seq += 1
        if state is State.WAITLISTED:
            self.waiting += 1
        else:
            self.confirmed += 1

    def wait_for_series(self, registration: Registration) -> None:
        """Count a waiting registration that takes its seat only together with others."""
        if registration.waits_for_series:
            self.series_waiting += 1

    def stand_alone(self, registration: Registration) -> None:
        """From now on the registration waits for no series."""
        if registration.waits_for_series:
            registration.waits_for_series = False
            self.series_waiting -= 1

    def promote(self) -> None:
        """Count a waiting registration that got a seat."""
        self.waiting -= 1
        self.confirmed += 1

    def release(self, before: State) -> None:
        """Count a registration that ended."""
        if before is State.WAITLISTED:
            self.waiting -= 1
        else:
            self.confirmed -= 1

    def state(self, wishes: Iterable[Unit], candidates: Sequence[Unit] = ()) -> SeatState:
        """What ``decide`` needs to know to answer these wishes or to seat these candidates."""
        keys = {claim.organisation_key for unit in (*wishes, *candidates) for claim in unit.claims}
        return SeatState(
            capacity=self.capacity,
            taken=self.confirmed,
            waiting=self.waiting,
            next_seq=self.next_seq,
            taken_by=self.taken_by(keys),
            taken_in=self.taken_in(),
            withheld=self.withheld,
            candidates=candidates,
        )

    def taken_by(self, organisation_keys: Iterable[str]) -> dict[str, int]:
        """The seats of these organisations; asks nothing where there is no quota."""
        if self.rule.quota(self._uow.now) is None:
            return {}
        return taken_by(self._uow.session, self.event.id, organisation_keys)

    def taken_in(self) -> dict[int, int]:
        """The seats of the people of each pool; asks nothing where none is reserved."""
        return taken_in_pools(self._uow.session, self.event.id) if self.rule.reserves(self._uow.now) else {}

    def log_ruling(self, ruling: Ruling, actor: Actor, *, note: str = "") -> None:
        self.log(ruling.registration_id, ruling.outcome, ruling.reason, actor, note=note, inputs=ruling.inputs)

    def log(
        self,
        registration_id: UUID,
        outcome: str,
        reason: str,
        actor: Actor,
        *,
        note: str = "",
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep a decision."""
        self._decisions.append(
            {
                "id": new_id(),
                "event_id": self.event.id,
                "registration_id": registration_id,
                "outcome": outcome,
                "reason": reason,
                "note": note,
                "actor": actor.kind,
                "account_id": actor.account_id,
                "rule_version": self.rule.version,
                "seats_version": self._version + 1,
                "inputs": dict(inputs if inputs is not None else self.inputs()),
                "decided_at": self._uow.now,
            }
        )

    def inputs(self) -> dict[str, int | None]:
        """The counters as they stand, for a decision that did not come from ``decide``."""
        return {
            "capacity": self.capacity,
            "taken": self.confirmed,
            "waiting": self.waiting,
            "max_per_organisation": self.rule.quota(self._uow.now),
        }

    def store(self) -> None:
        """Write decisions and counters, and tell the seats if they are others than before."""
        now_told = (self.capacity, self.confirmed, self.waiting)
        if not self._decisions and now_told == self._told and self._kept_aside() == self._as_found:
            return
        self._version += 1
        self._uow.write_last(DECISIONS, self._decisions)
        self._uow.session.execute(
            update(COUNTERS).where(COUNTERS.c.event_id == self.event.id).values(**self._counters())
        )
        if now_told != self._told:
            announce_seats(self._uow, self.event.id, self._version, *now_told)

    def _kept_aside(self) -> tuple[Any, ...]:
        """What nobody is told of."""
        return self.due_at, self.withheld, self.series_waiting

    def _counters(self) -> dict[str, Any]:
        return {
            "due_at": self.due_at,
            "withheld": holds_to_keep(self.withheld),
            "capacity": self.capacity,
            "confirmed": self.confirmed,
            "waiting": self.waiting,
            "series_waiting": self.series_waiting,
            "next_seq": self.next_seq,
            "version": self._version,
        }


def holds_from(kept: Sequence[Sequence[Any]] | None) -> Mapping[Kind, Hold]:
    """Holds as the counters keep them: rows of kind, priority and reason."""
    return {kind: Hold(priority, reason) for kind, priority, reason in kept or ()}


def holds_to_keep(holds: Mapping[Kind, Hold]) -> list[list[Any]] | None:
    return [[kind, hold.priority, hold.reason] for kind, hold in holds.items()] or None


def announce_seats(uow: UnitOfWork, event_id: UUID, version: int, capacity: int, confirmed: int, waiting: int) -> None:
    body = {"event_id": event_id, "capacity": capacity, "confirmed": confirmed, "waiting": waiting}
    uow.publish(SeatsChangedV1, event_id, version, body)


def lock_all(session: Session, event_ids: Iterable[UUID]) -> None:
    """Lock the seats of several events, in the one order in which this is done everywhere: by ascending id.

    Nothing else may be locked or written before. Raises SQLAlchemy's OperationalError if a lock does not come in time.
    """
    query = select(COUNTERS.c.event_id).where(COUNTERS.c.event_id.in_(sorted(event_ids)))
    session.execute(query.order_by(COUNTERS.c.event_id).with_for_update())


def opened_where_free(uow: UnitOfWork, event_ids: Iterable[UUID]) -> Iterator[Seats]:
    """The seats of those of these events that nobody else has locked now, locked until the transaction ends.

    What was changed of one is written when the next is asked for. Waits for no lock, and passes over unknown events.
    """
    query = select(COUNTERS).where(COUNTERS.c.event_id.in_(sorted(event_ids)))
    # SQLite drops FOR UPDATE; there the writing transaction locks all of them.
    counters = uow.session.execute(query.with_for_update(skip_locked=True)).all()
    asked = select(Event).where(Event.id.in_([counter.event_id for counter in counters]))
    events = {event.id: event for event in uow.session.scalars(asked.execution_options(populate_existing=True))}
    for counter in counters:
        seats = Seats(uow, events[counter.event_id], counter)
        yield seats
        seats.store()


def opened(uow: UnitOfWork, event_id: UUID) -> AbstractContextManager[Seats]:
    """Lock the event's seats until the transaction ends; what was changed is written when the block is left.

    Raises :class:`NotFoundError` for an unknown event, and SQLAlchemy's OperationalError if the lock does not come in
    time, which the web answers with 503.
    """
    return _opened(uow, COUNTERS.c.event_id == event_id, event_not_found())


def opened_for(uow: UnitOfWork, registration_id: UUID) -> AbstractContextManager[Seats]:
    """The same for the event of a registration; raises :class:`NotFoundError` if there is no such registration."""
    event_id = select(REGISTRATIONS.c.event_id).where(REGISTRATIONS.c.id == registration_id).scalar_subquery()
    return _opened(uow, COUNTERS.c.event_id == event_id, registration_not_found())


@contextmanager
def _opened(uow: UnitOfWork, which: ColumnElement[bool], missing: NotFoundError) -> Iterator[Seats]:
    # SQLite drops FOR UPDATE; there the writing transaction is the lock.
    counter = uow.session.execute(select(COUNTERS).where(which).with_for_update()).first()
    event = uow.session.get(Event, counter.event_id, populate_existing=True) if counter else None
    if event is None:
        raise missing
    seats = Seats(uow, event, counter)
    yield seats
    seats.store()


def registration_under_lock(session: Session, registration_id: UUID) -> Registration:
    """The registration as it stands now that the seats of its event are locked."""
    return session.get_one(Registration, registration_id, populate_existing=True)


def event_not_found() -> NotFoundError:
    return NotFoundError("event_not_found", _("This event does not exist, or is not open to the public."))


def registration_not_found() -> NotFoundError:
    return NotFoundError("registration_not_found", _("This registration does not exist."))
