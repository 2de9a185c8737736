"""What must hold of an event's seats between any two steps, found anew from all rows and without the engine."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from services.registration.models import Event, Registration, SeatCounter
from services.registration.rule import Rule
from shared.database import Database

SEATED = ("confirmed", "offered", "pending")


@dataclass(frozen=True)
class Row:
    """What the watcher looks at of a registration."""

    id: UUID
    state: str
    organisation: str
    pool: int | None
    party: UUID | None
    takes_fewer: bool
    line: tuple[int, int]
    deadline: datetime | None
    enrolment: UUID | None
    waits_for_whole: bool
    """Whether the seat is taken only together with others of the enrolment; whoever waits so holds up nobody."""

    set_aside: bool

    @property
    def is_seated(self) -> bool:
        return self.state in SEATED


@dataclass(frozen=True)
class Moment:
    """The event as it stands between two steps."""

    rows: tuple[Row, ...]
    capacity: int
    rule: Rule
    now: datetime

    def having(self, *states: str) -> list[Row]:
        return [row for row in self.rows if row.state in states]

    @cached_property
    def seated(self) -> list[Row]:
        return self.having(*SEATED)

    @cached_property
    def waiting(self) -> list[Row]:
        return sorted(self.having("waitlisted"), key=lambda row: row.line)

    @cached_property
    def units(self) -> list[list[Row]]:
        """Who waits for seats here alone and is not set aside, in order, parties together."""
        alone = [row for row in self.waiting if not row.waits_for_whole and not row.set_aside]
        return [list(people) for _one, people in groupby(alone, key=lambda row: row.party or row.id)]

    @cached_property
    def of_organisation(self) -> Counter[str]:
        return Counter(row.organisation for row in self.seated)

    def is_full(self, organisation: str, more: int = 0) -> bool:
        quota = self.rule.quota(self.now)
        return quota is not None and bool(organisation) and self.of_organisation[organisation] + more >= quota

    @property
    def left(self) -> int:
        """Seats that nobody has; below zero, the surplus."""
        return self.capacity - len(self.seated)

    @cached_property
    def free(self) -> Counter[int | None]:
        """Free seats by the pool that they are reserved for; None: for anybody."""
        taken = Counter(row.pool for row in self.seated)
        kinds: Counter[int | None] = Counter()
        for pool, seats in self.rule.reserves(self.now).items():
            # After the capacity was lowered fewer may be left than are reserved.
            kinds[pool] = min(max(0, seats - taken[pool]), self.left - kinds.total())
        kinds[None] = max(0, self.left - kinds.total())
        return kinds if self.left > 0 else Counter()

    def fits(self, unit: Sequence[Row], kept: set[int | None]) -> tuple[int, bool]:
        """How many of them could be seated now, and whether it is for want of seats alone that others could not."""
        free = Counter({kind: number for kind, number in self.free.items() if kind not in kept})
        seated: Counter[str] = Counter()
        want = False
        for row in unit:
            if self.is_full(row.organisation, seated[row.organisation]):
                continue
            kind = next((kind for kind in (row.pool, None) if free[kind] > 0), "none")
            if kind == "none":
                want = True
                continue
            free[kind] -= 1  # type: ignore[index]  # a pool or None
            seated[row.organisation] += 1
        return seated.total(), want

    def keeps(self, unit: Sequence[Row]) -> bool:
        """Whether seats are kept for a party that they do not suffice for."""
        for_ever = [(i, pool.seats) for i, pool in enumerate(self.rule.pools) if pool.released_at is None]
        own = Counter(row.pool for row in unit)
        most = self.capacity - sum(max(0, seats - own[pool]) for pool, seats in for_ever)
        organisations = Counter(row.organisation for row in unit)
        quota_allows = not any(self.is_full(name, number - 1) for name, number in organisations.items())
        return self.rule.parties_wait and len(unit) <= most and quota_allows

    def underused(self) -> Iterator[UUID]:
        """Who waits although a seat is free that they could have, in the order of the line."""
        if self.rule.cancelled or self.rule.halt(self.now) or not self.free:
            return
        kept: set[int | None] = set()
        for unit in self.units:
            fitting, want = self.fits(unit, kept)
            if fitting == len(unit) or (fitting and unit[0].takes_fewer):
                yield unit[0].id
                return
            if len(unit) > 1 and want and not unit[0].takes_fewer and self.keeps(unit):
                kept |= {row.pool for row in unit} | {None}


def whole_left_waiting(moments: Sequence[Moment]) -> Iterator[UUID]:
    """Enrolments that wait for the whole although each of its events has a seat for them that is kept for no party."""
    wholes = {row.enrolment for moment in moments for row in moment.waiting if row.waits_for_whole}
    for enrolment in wholes:
        lines = [(moment, row) for moment in moments for row in moment.waiting if row.enrolment == enrolment]
        if all(_could_be_given(*one) for one in lines if not one[0].rule.cancelled):
            yield from {row.enrolment for _moment, row in lines if row.enrolment}


def _could_be_given(moment: Moment, row: Row) -> bool:
    """Not a fallback module, which is given to them as to anybody else."""
    kept_for_a_party = any(len(unit) > 1 for unit in moment.units)
    is_halted = moment.rule.halt(moment.now) is not None
    takes_part = row.waits_for_whole and not row.set_aside
    return takes_part and not is_halted and not kept_for_a_party and moment.fits([row], set())[0] == 1


@dataclass(frozen=True)
class Step:
    """What one step changed. ``by_hand``: those to whom an organiser has ever given a seat or another place."""

    before: Moment
    after: Moment
    by_hand: set[UUID]
    resumed: frozenset[UUID] = frozenset()
    """Who were set aside, and count again from this step on."""

    @cached_property
    def admitted(self) -> list[Row]:
        """Who has a seat now and had none, without an organiser's hand."""
        had = {row.id for row in self.before.seated}
        return [row for row in self.after.seated if row.id not in had and row.id not in self.by_hand]

    def oversold(self) -> bool:
        return bool(self.admitted) and len(self.after.seated) > self.after.capacity

    def taken_from_a_pool(self) -> bool:
        """Whether somebody was seated on a seat that is reserved for others."""
        taken = Counter(row.pool for row in self.after.seated)
        reserves = self.after.rule.reserves(self.after.now).items()
        unused = sum(max(0, seats - taken[pool]) for pool, seats in reserves)
        return (
            any(row.pool is None or taken[row.pool] > dict(reserves).get(row.pool, 0) for row in self.admitted)
            and self.after.capacity - len(self.after.seated) < unused
        )

    def quotas_broken(self) -> set[str]:
        quota = self.after.rule.quota(self.after.now)
        names = {row.organisation for row in self.admitted if row.organisation}
        return {name for name in names if quota is not None and self.after.of_organisation[name] > quota}

    def overtaken(self) -> Iterator[tuple[UUID, UUID]]:
        """Who waits, and who behind them was seated, although nothing explains it."""
        for unit in self.after.units:
            for row in self.admitted:
                if row.line > unit[0].line and not self._explained(unit, row):
                    yield unit[0].id, row.id

    def _explained(self, unit: Sequence[Row], row: Row) -> bool:
        """Whether the seat was none for this unit: reserved for others, beyond a quota, too few for a whole party; or
        whether theirs is still there, until they can be asked."""
        if self.after.fits(unit, set())[0] == len(unit):
            return True
        if row.party is not None and row.party == unit[0].party:
            return True
        if row.pool is not None and all(waiting.pool != row.pool for waiting in unit):
            return True
        if len(unit) == 1 or unit[0].takes_fewer:
            return all(self.after.is_full(waiting.organisation) for waiting in unit)
        return not self.after.keeps(unit)

    def passed_to_set_aside(self) -> Iterator[UUID]:
        """Who got a seat although they were set aside, and nobody had said otherwise."""
        was_set_aside = {row.id for row in self.before.waiting if row.set_aside} - self.resumed
        yield from (row.id for row in self.admitted if row.id in was_set_aside)

    def parties_torn(self) -> Iterator[UUID]:
        """Parties that want all or nothing, and of whom some were seated."""
        waiting = {row.party for row in self.after.waiting if not row.takes_fewer}
        yield from (row.id for row in self.admitted if row.party is not None and row.party in waiting)

    def lost(self) -> int:
        """How many seats were given up in this step."""
        now_seated = {row.id for row in self.after.seated}
        return sum(row.id not in now_seated for row in self.before.seated)

    def wrong_deadlines(self) -> Iterator[UUID]:
        for row in self.after.rows:
            is_held, is_over = row.state in ("offered", "pending"), row.deadline and row.deadline <= self.after.now
            if is_over or is_held != (row.deadline is not None):
                yield row.id


def look(database: Database, event_id: UUID, now: datetime) -> Moment:
    with database.read() as session:
        # In one order, or the same picks among them would be other people the next time.
        rows = session.scalars(select(Registration).where(Registration.event_id == event_id).order_by(Registration.seq))
        return Moment(
            tuple(
                Row(
                    r.id,
                    r.state,
                    r.organisation_key,
                    r.pool,
                    r.party_id,
                    r.takes_fewer,
                    (r.priority, r.place),
                    r.deadline,
                    r.enrolment_id,
                    r.waits_for_series,
                    r.set_aside,
                )
                for r in rows
            ),
            session.get_one(SeatCounter, event_id).capacity,
            session.get_one(Event, event_id).rule,
            now,
        )
