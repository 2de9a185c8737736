"""Random walks through the real use cases, every rule switched on: the waitlist keeps its promises in any order."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.registration.consistency import findings
from services.registration.rule import Traits
from shared.errors import ConflictError
from tests.registration.parts import ORGANISER, House
from tests.registration.watcher import Row, Step, look
from tests.rules import a_group, a_pool, a_waitlist

ORGANISATIONS = st.sampled_from(["", "Verein A", "VEREIN  a", "Verein B", "Verein C"])
TRAITS = st.builds(Traits, member=st.booleans(), code=st.sampled_from(["", "", "GAST"]))
PICK = st.integers(0, 10_000)
FIRST, LATER = timedelta(days=10), timedelta(days=20)


class Walk(RuleBasedStateMachine):
    """One event, and everything that may happen to its seats."""

    house: House

    @initialize(
        policy=st.sampled_from(["promote", "offer"]),
        parties=st.sampled_from(["wait", "skip"]),
        pool=st.none() | st.integers(1, 2),
        released=st.booleans(),
        classes=st.booleans(),
        confirm=st.sampled_from([None, None, 60]),
        quota=st.none() | st.integers(1, 3),
        ends=st.booleans(),
        capacity=st.integers(0, 6),
    )
    def publish(
        self,
        policy: str,
        parties: str,
        pool: int | None,
        released: bool,
        classes: bool,
        confirm: int | None,
        quota: int | None,
        ends: bool,
        capacity: int,
    ) -> None:
        self.house.empty()
        now = self.house.clock()
        self.by_hand: set[UUID] = set()
        release = now + FIRST if released else None
        self.snapshot = self.house.snapshot(
            capacity=capacity,
            max_per_organisation=quota,
            max_per_organisation_until=now + LATER if ends and quota else None,
            largest_party=3,
            confirm_address_minutes=confirm,
            waitlist=a_waitlist(
                policy=policy,
                parties=parties,
                priority_classes=[a_group("membership")] if classes else [],
                pools=[a_pool(pool, "code", code="GAST", released_at=release)] if pool else [],
            ),
        )
        self.event = self.house.tell(self.snapshot)
        self.now = look(self.house.database, self.event, now)
        self.step = Step(self.now, self.now, self.by_hand)

    def _do(self, change: Callable[[], Any], *, resumed: Collection[UUID] = ()) -> None:
        """One step; a refusal is one that changes nothing."""
        change()
        after = look(self.house.database, self.event, self.house.clock())
        self.step = Step(self.now, after, set(self.by_hand), frozenset(resumed))
        self.now = after

    def _try(self, change: Callable[[], Any], *codes: str) -> bool:
        """Whether it was done; it may be refused with these codes."""
        refused: list[str] = []

        def attempt() -> None:
            try:
                change()
            except ConflictError as error:
                refused.append(error.code)

        self._do(attempt)
        assert set(refused) <= set(codes), refused
        return not refused

    def _tell(self, **changes: Any) -> None:
        self.snapshot = {**self.snapshot, **changes}
        self._do(lambda: self.house.tell(self.snapshot))

    @rule(organisation=ORGANISATIONS, traits=TRAITS, confirmed=st.booleans())
    def register(self, organisation: str, traits: Traits, confirmed: bool) -> None:
        wish = self.house.wish(organisation=organisation, traits=traits, address_confirmed=confirmed)
        self._try(lambda: self.house.lay_down(self.event, wish), "closed", "waitlist_closed")

    @rule(organisation=ORGANISATIONS, many=st.integers(2, 5))
    def register_several(self, organisation: str, many: int) -> None:
        for _ in range(many):
            self.register(organisation, Traits(), True)

    @rule(organisation=ORGANISATIONS, traits=TRAITS, people=st.integers(2, 3), fewer=st.booleans())
    def register_a_party(self, organisation: str, traits: Traits, people: int, fewer: bool) -> None:
        self._try(
            lambda: self.house.register_party(
                self.event, people, takes_fewer=fewer, organisation=organisation, traits=traits
            ),
            "closed",
            "waitlist_closed",
            "party_exceeds_capacity",
            "party_exceeds_quota",
        )

    @precondition(lambda self: self.now.seated + self.now.waiting)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        chosen = _picked(self.now.seated + self.now.waiting, pick)
        self._do(lambda: self.house.cancel(chosen, ORGANISER))

    @precondition(lambda self: self.now.having("offered"))
    @rule(pick=PICK, accepts=st.booleans())
    def answer_an_offer_once(self, pick: int, accepts: bool) -> None:
        chosen = _picked(self.now.having("offered"), pick)
        answer = self.house.accept if accepts else self.house.decline
        self._do(lambda: answer(chosen))
        assert self.house.state(chosen) == ("confirmed" if accepts else "cancelled")
        for again in (self.house.accept, self.house.decline):
            with pytest.raises(ConflictError, match="transition_refused"):
                again(chosen)

    @precondition(lambda self: self.now.having("offered", "pending"))
    @rule(pick=PICK)
    def answer_too_late(self, pick: int) -> None:
        """Before anybody has taken back what ran out."""
        held = {row.id: row for row in self.now.having("offered", "pending")}
        chosen = held[_picked(list(held.values()), pick)]
        assert chosen.deadline is not None
        self.house.clock.moment = chosen.deadline
        answer = self.house.accept if chosen.state == "offered" else self.house.confirm_address
        with pytest.raises(ConflictError, match="offer_expired"):
            answer(chosen.id)
        self._do(lambda: self.house.wait_until(self.house.clock()))
        assert self.house.state(chosen.id) == "lapsed"

    @precondition(lambda self: self.now.having("pending"))
    @rule(pick=PICK)
    def confirm_the_address(self, pick: int) -> None:
        chosen = _picked(self.now.having("pending"), pick)
        self._do(lambda: self.house.confirm_address(chosen))

    @rule(hours=st.sampled_from([1, 5, 12, 24, 60, 24 * 8]))
    def wait(self, hours: int) -> None:
        self._do(lambda: self.house.wait_until(self.house.clock() + timedelta(hours=hours)))

    @rule(capacity=st.integers(0, 8))
    def change_the_capacity(self, capacity: int) -> None:
        self._tell(capacity=capacity)

    @rule(quota=st.none() | st.integers(1, 3))
    def change_the_quota(self, quota: int | None) -> None:
        self._tell(max_per_organisation=quota, max_per_organisation_until=None)

    @precondition(lambda self: self.now.waiting)
    @rule(pick=PICK, offers=st.booleans())
    def give_a_seat_by_hand(self, pick: int, offers: bool) -> None:
        chosen = _picked(self.now.waiting, pick)
        self.by_hand |= {row.id for row in self.now.rows if row.id == chosen}
        give = self.house.offer if offers else self.house.promote
        self._try(lambda: give(chosen), "no_free_seat", "no_offers", "too_late_to_offer", "event_over")

    @precondition(lambda self: self.now.waiting)
    @rule(pick=PICK, position=st.integers(1, 5))
    def move(self, pick: int, position: int) -> None:
        chosen = _picked(self.now.waiting, pick)
        self._try(lambda: self.house.move(chosen, position), "no_place_between", "event_over")

    @precondition(lambda self: self.now.waiting)
    @rule(pick=PICK)
    def set_aside_or_resume(self, pick: int) -> None:
        chosen = next(row for row in self.now.waiting if row.id == _picked(self.now.waiting, pick))
        change = self.house.resume if chosen.set_aside else self.house.set_aside
        together = {row.id for row in self.now.waiting if row.party == chosen.party} if chosen.party else {chosen.id}
        self._do(lambda: change(chosen.id), resumed=together if chosen.set_aside else set())

    @precondition(lambda self: self.now.waiting + self.now.seated)
    @rule(pick=PICK, organisation=ORGANISATIONS)
    def correct_the_organisation(self, pick: int, organisation: str) -> None:
        chosen = _picked(self.now.waiting + self.now.seated, pick)
        self._try(lambda: self.house.correct(chosen, ORGANISER, organisation=organisation), "organisation_full")

    @invariant()
    def never_oversold(self) -> None:
        assert not self.step.oversold()

    @invariant()
    def never_underused(self) -> None:
        assert list(self.now.underused()) == []

    @invariant()
    def reserved_seats_are_left_to_their_group(self) -> None:
        assert not self.step.taken_from_a_pool()

    @invariant()
    def nobody_overtakes(self) -> None:
        assert list(self.step.overtaken()) == []

    @invariant()
    def who_is_set_aside_gets_no_seat(self) -> None:
        assert list(self.step.passed_to_set_aside()) == []

    @invariant()
    def quotas_are_kept(self) -> None:
        assert self.step.quotas_broken() == set()

    @invariant()
    def parties_stay_together(self) -> None:
        assert list(self.step.parties_torn()) == []

    @invariant()
    def what_is_held_has_a_deadline_to_come(self) -> None:
        assert list(self.step.wrong_deadlines()) == []

    def teardown(self) -> None:
        assert list(findings(self.house.database, self.house.clock())) == []


def _picked(rows: list[Row], pick: int) -> UUID:
    return rows[pick % len(rows)].id


STEPS = 40
WALKS = {"sqlite": 170, "postgresql": 80}
"""Together ten thousand steps."""

SHARES = range(10)
LONG_WALKS = {"sqlite": 1_900, "postgresql": 600}
"""Of each share; together a million steps."""


def test_the_waitlist_keeps_its_promises_whatever_happens(house: House) -> None:
    _walk(house, walks=WALKS[house.database.engine.dialect.name])


@pytest.mark.long
@pytest.mark.parametrize("share", SHARES)
def test_the_waitlist_keeps_its_promises_on_a_million_steps(house: House, share: int) -> None:
    _walk(house, walks=LONG_WALKS[house.database.engine.dialect.name])


def _walk(house: House, *, walks: int) -> None:
    run_state_machine_as_test(
        type("WalkInHouse", (Walk,), {"house": house}),
        settings=settings(
            max_examples=walks,
            stateful_step_count=STEPS,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
