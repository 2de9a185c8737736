"""Random walks through the real use cases: whatever order things happen in, the waitlist keeps its promises."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from services.registration.consistency import findings
from services.registration.models import Registration, SeatCounter, organisation_key
from shared.errors import ConflictError
from tests.registration.parts import ORGANISER, House

ORGANISATIONS = st.sampled_from(["", "Verein A", "VEREIN  a", "Verein B", "Verein C"])
PICK = st.integers(0, 10_000)


@dataclass(frozen=True)
class Row:
    """What the walk looks at of a registration."""

    id: UUID
    seq: int
    state: str
    organisation: str


@dataclass(frozen=True)
class Moment:
    """The event as it stands between two steps."""

    rows: tuple[Row, ...]
    capacity: int
    quota: int | None

    def having(self, state: str) -> list[Row]:
        return [row for row in self.rows if row.state == state]

    @property
    def confirmed(self) -> list[Row]:
        return self.having("confirmed")

    @property
    def waiting(self) -> list[Row]:
        return self.having("waitlisted")

    def is_full(self, organisation: str) -> bool:
        held = sum(row.organisation == organisation for row in self.confirmed)
        return self.quota is not None and bool(organisation) and held >= self.quota


class Walk(RuleBasedStateMachine):
    """One event, and everything that may happen to its seats."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = self.house.snapshot(capacity=3)
        self.event = self.house.tell(self.snapshot)
        self.before = self.now = self._look()
        self.by_hand: set[UUID] = set()

    def _look(self) -> Moment:
        with self.house.database.read() as session:
            query = select(Registration).where(Registration.event_id == self.event).order_by(Registration.seq)
            rows = tuple(Row(r.id, r.seq, r.state, r.organisation_key) for r in session.scalars(query))
            capacity = session.get_one(SeatCounter, self.event).capacity
        return Moment(rows, capacity, self.snapshot["max_per_organisation"])

    def _step(self, change: Callable[[], Any]) -> None:
        change()
        self.before, self.now = self.now, self._look()

    @rule(organisation=ORGANISATIONS)
    def register(self, organisation: str) -> None:
        self._step(lambda: self.house.register(self.event, organisation=organisation))

    @rule(organisation=ORGANISATIONS, more=st.integers(2, 5))
    def register_several(self, organisation: str, more: int) -> None:
        for _ in range(more):
            self.register(organisation)

    @precondition(lambda self: self.now.confirmed)
    @rule(pick=PICK)
    def cancel_a_seat(self, pick: int) -> None:
        self._step(lambda: self.house.cancel(_picked(self.now.confirmed, pick)))

    @precondition(lambda self: self.now.waiting)
    @rule(pick=PICK)
    def leave_the_waitlist(self, pick: int) -> None:
        self._step(lambda: self.house.cancel(_picked(self.now.waiting, pick)))

    @rule(capacity=st.integers(0, 8))
    def change_the_capacity(self, capacity: int) -> None:
        self.snapshot = {**self.snapshot, "capacity": capacity}
        self._step(lambda: self.house.tell(self.snapshot))

    @rule(quota=st.none() | st.integers(1, 3))
    def change_the_quota(self, quota: int | None) -> None:
        self.snapshot = {**self.snapshot, "max_per_organisation": quota}
        self._step(lambda: self.house.tell(self.snapshot))

    @precondition(lambda self: self.now.waiting)
    @rule(pick=PICK)
    def promote_by_hand(self, pick: int) -> None:
        chosen = _picked(self.now.waiting, pick)
        if len(self.now.confirmed) < self.now.capacity:
            self.by_hand.add(chosen)
            self._step(lambda: self.house.promote(chosen))
        else:
            with pytest.raises(ConflictError, match="no_free_seat"):
                self.house.promote(chosen)

    @precondition(lambda self: self.now.waiting + self.now.confirmed)
    @rule(pick=PICK, organisation=ORGANISATIONS)
    def correct_the_organisation(self, pick: int, organisation: str) -> None:
        chosen = _picked(self.now.waiting + self.now.confirmed, pick)
        correct = partial(self.house.correct, chosen, ORGANISER, organisation=organisation)
        row = next(row for row in self.now.rows if row.id == chosen)
        moves = organisation_key(organisation) != row.organisation
        if row.state == "confirmed" and moves and self.now.is_full(organisation_key(organisation)):
            with pytest.raises(ConflictError, match="organisation_full"):
                correct()
        else:
            self._step(correct)

    def _admitted(self) -> list[Row]:
        seated_before = {row.id for row in self.before.confirmed}
        return [row for row in self.now.confirmed if row.id not in seated_before]

    @invariant()
    def never_oversold(self) -> None:
        assert not self._admitted() or len(self.now.confirmed) <= self.now.capacity

    @invariant()
    def never_underused(self) -> None:
        if len(self.now.confirmed) < self.now.capacity:
            assert all(self.now.is_full(row.organisation) for row in self.now.waiting)

    @invariant()
    def nobody_overtakes(self) -> None:
        for admitted in self._admitted():
            passed = [row for row in self.now.waiting if row.seq < admitted.seq]
            assert admitted.id in self.by_hand or all(self.now.is_full(row.organisation) for row in passed)

    @invariant()
    def quotas_are_kept(self) -> None:
        if self.now.quota is None:
            return
        held = Counter(row.organisation for row in self.now.confirmed if row.organisation)
        gained = {row.organisation for row in self._admitted() if row.organisation and row.id not in self.by_hand}
        assert all(held[organisation] <= self.now.quota for organisation in gained)

    @invariant()
    def nobody_loses_a_seat_unasked(self) -> None:
        cancelled = [row for row in self.now.having("cancelled") if row.id in {r.id for r in self.before.confirmed}]
        assert len(cancelled) <= 1
        assert len(self.before.confirmed) - len(cancelled) + len(self._admitted()) == len(self.now.confirmed)

    def teardown(self) -> None:
        assert list(findings(self.house.database, self.house.clock())) == []


def _picked(rows: list[Row], pick: int) -> UUID:
    return rows[pick % len(rows)].id


WALKS = {"sqlite": 30, "postgresql": 10}


def test_the_waitlist_keeps_its_promises_whatever_happens(house: House) -> None:
    _walk(house, walks=WALKS[house.database.engine.dialect.name], steps=25)


@pytest.mark.long
def test_the_waitlist_keeps_its_promises_on_long_walks(house: House) -> None:
    _walk(house, walks=1_000, steps=60)


def _walk(house: House, *, walks: int, steps: int) -> None:
    run_state_machine_as_test(
        type("WalkInHouse", (Walk,), {"house": house}),
        settings=settings(
            max_examples=walks, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
