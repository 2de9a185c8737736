"""Random walks over a series with every rule switched on, by people alone, in parties, and who want it as a whole."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.registration.consistency import findings
from services.registration.enrolled import Enrolled
from services.registration.manner import Manner
from shared.errors import ConflictError
from tests.registration.parts import ORGANISER, House
from tests.registration.series import SERIES, an_enrolment, enrol_in_house
from tests.registration.test_walks import ORGANISATIONS, PICK, TRAITS
from tests.registration.watcher import Moment, Row, Step, look, whole_left_waiting
from tests.rules import a_group, a_pool, a_waitlist

MODULE = st.integers(0, 2)
RULE = st.fixed_dictionaries(
    {
        "capacity": st.integers(0, 4),
        "policy": st.sampled_from(["promote", "offer"]),
        "parties": st.sampled_from(["wait", "skip"]),
        "pool": st.sampled_from([0, 0, 1, 2]),
        "classes": st.booleans(),
        "quota": st.none() | st.integers(1, 3),
        "confirm": st.sampled_from([None, None, 60]),
    }
)


class CrowdedSeriesWalk(RuleBasedStateMachine):
    """Three events of a series, and everything that may happen to their seats."""

    house: House

    @initialize(rules=st.lists(RULE, min_size=3, max_size=3))
    def publish(self, rules: list[dict[str, Any]]) -> None:
        self.house.empty()
        self.by_hand: set[UUID] = set()
        self.fallback: dict[UUID, set[UUID]] = {}
        self.snapshots = [self._snapshot(number, **one) for number, one in enumerate(rules)]
        self.events = [self.house.tell(snapshot) for snapshot in self.snapshots]
        self.now = self._look()
        self.steps = [Step(moment, moment, set()) for moment in self.now]

    def _snapshot(self, number: int, *, policy: str, parties: str, pool: int, classes: bool, **one: Any) -> Any:
        return self.house.snapshot(
            series=SERIES,
            sessions=[self.house.session(self.house.clock() + timedelta(days=30 + number))],
            capacity=one["capacity"],
            max_per_organisation=one["quota"],
            largest_party=3,
            confirm_address_minutes=one["confirm"],
            waitlist=a_waitlist(
                policy=policy,
                parties=parties,
                priority_classes=[a_group("membership")] if classes else [],
                pools=[a_pool(pool, "code", code="GAST")] if pool else [],
            ),
        )

    def _look(self) -> list[Moment]:
        return [look(self.house.database, event, self.house.clock()) for event in self.events]

    def _do(self, change: Callable[[], Any], *codes: str, resumed: Collection[UUID] = ()) -> None:
        """One step, and what the worker does after it; it may be refused with these codes."""
        refused = ""
        try:
            change()
        except ConflictError as error:
            refused = error.code
        assert refused in ("", *codes)
        for _ in self.events:
            self.house.wait_until(self.house.clock())
        after = self._look()
        self.steps = [Step(*pair, set(self.by_hand), frozenset(resumed)) for pair in zip(self.now, after, strict=True)]
        self.now = after

    def _rows(self, *states: str) -> list[Row]:
        return [row for moment in self.now for row in moment.having(*states)]

    @rule(number=MODULE, organisation=ORGANISATIONS, traits=TRAITS, confirmed=st.booleans())
    def register(self, number: int, organisation: str, traits: Any, confirmed: bool) -> None:
        wish = self.house.wish(organisation=organisation, traits=traits, address_confirmed=confirmed)
        self._do(lambda: self.house.lay_down(self.events[number], wish), "closed", "waitlist_closed")

    @rule(number=MODULE, organisation=ORGANISATIONS, people=st.integers(2, 3), fewer=st.booleans())
    def register_a_party(self, number: int, organisation: str, people: int, fewer: bool) -> None:
        refusals = ("closed", "waitlist_closed", "party_exceeds_capacity", "party_exceeds_quota")
        event = self.events[number]
        register = self.house.register_party
        self._do(lambda: register(event, people, takes_fewer=fewer, organisation=organisation), *refusals)

    @rule(
        modules=st.sets(MODULE, min_size=1),
        whole=st.booleans(),
        fallback=st.none() | MODULE,
        organisation=ORGANISATIONS,
        traits=TRAITS,
    )
    def enrol(self, modules: set[int], whole: bool, fallback: int | None, organisation: str, traits: Any) -> None:
        chosen = [self.events[number] for number in sorted(modules)]
        held = [self.events[number] for number in modules & {fallback}] if whole else []
        wanted = {"modules": chosen, "mode": "whole" if whole else "each", "fallback_modules": held}
        wish = an_enrolment(self.house, **wanted, organisation=organisation, traits=traits)

        def enrol() -> None:
            enrolled = enrol_in_house(self.house, wish)
            if whole and isinstance(enrolled, Enrolled):
                self.fallback[enrolled.enrolment_id] = set(held)

        self._do(enrol, "closed", "waitlist_closed")

    @rule(number=MODULE, organisation=ORGANISATIONS)
    def add_beyond_the_capacity(self, number: int, organisation: str) -> None:
        wish = self.house.wish(organisation=organisation, manner=Manner(ORGANISER, "a speaker", beyond_capacity=True))
        self.by_hand.add(wish.registration_id)
        self._do(lambda: self.house.lay_down(self.events[number], wish), "event_over", "closed")

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        if live := self._rows("confirmed", "offered", "pending", "waitlisted"):
            self._do(lambda: self.house.cancel(_picked(live, pick), ORGANISER), "event_over")

    @rule(pick=PICK, accepts=st.booleans())
    def answer_an_offer(self, pick: int, accepts: bool) -> None:
        if offered := self._rows("offered"):
            answer = self.house.accept if accepts else self.house.decline
            self._do(lambda: answer(_picked(offered, pick)))

    @rule(pick=PICK)
    def confirm_the_address(self, pick: int) -> None:
        if pending := self._rows("pending"):
            self._do(lambda: self.house.confirm_address(_picked(pending, pick)))

    @rule(hours=st.sampled_from([1, 5, 24, 60]))
    def wait(self, hours: int) -> None:
        self._do(lambda: self.house.wait_until(self.house.clock() + timedelta(hours=hours)))

    @rule(number=MODULE, capacity=st.integers(0, 5))
    def change_the_capacity(self, number: int, capacity: int) -> None:
        self.snapshots[number] = {**self.snapshots[number], "capacity": capacity}
        self._do(lambda: self.house.tell(self.snapshots[number]))

    @rule(number=MODULE, quota=st.none() | st.integers(1, 3))
    def change_the_quota(self, number: int, quota: int | None) -> None:
        self.snapshots[number] = {**self.snapshots[number], "max_per_organisation": quota}
        self._do(lambda: self.house.tell(self.snapshots[number]))

    @rule(pick=PICK, offers=st.booleans())
    def give_a_seat_by_hand(self, pick: int, offers: bool) -> None:
        if waiting := self._rows("waitlisted"):
            chosen = _picked(waiting, pick)
            self.by_hand.add(chosen)
            give = self.house.offer if offers else self.house.promote
            self._do(lambda: give(chosen), "no_free_seat", "no_offers", "too_late_to_offer", "event_over")

    @rule(pick=PICK, position=st.integers(1, 5))
    def move(self, pick: int, position: int) -> None:
        if waiting := self._rows("waitlisted"):
            self._do(lambda: self.house.move(_picked(waiting, pick), position), "no_place_between", "event_over")

    @rule(pick=PICK)
    def set_aside_or_resume(self, pick: int) -> None:
        if waiting := self._rows("waitlisted"):
            which = _picked(waiting, pick)
            chosen = next(row for row in waiting if row.id == which)
            together = {row.id for row in waiting if row.party == chosen.party} if chosen.party else {which}
            if chosen.set_aside:
                self._do(lambda: self.house.resume(which), resumed=together)
            else:
                self._do(lambda: self.house.set_aside(which))

    @rule(pick=PICK, organisation=ORGANISATIONS)
    def correct_the_organisation(self, pick: int, organisation: str) -> None:
        if live := self._rows("waitlisted", "confirmed"):
            correct = self.house.correct
            self._do(lambda: correct(_picked(live, pick), ORGANISER, organisation=organisation), "organisation_full")

    @invariant()
    def each_event_keeps_its_promises(self) -> None:
        for step in self.steps:
            assert not step.oversold()
            assert not step.taken_from_a_pool()
            assert step.quotas_broken() == set()
            assert list(step.parties_torn()) == []
            assert list(step.wrong_deadlines()) == []
            assert list(step.overtaken()) == []
            assert list(step.passed_to_set_aside()) == []
            assert list(step.after.underused()) == []

    @invariant()
    def nobody_has_a_part_of_what_they_want_as_a_whole(self) -> None:
        for enrolment, fallback in self.fallback.items():
            own = [(event, row) for event, moment in zip(self.events, self.now, strict=True) for row in moment.rows]
            own = [(event, row) for event, row in own if row.enrolment == enrolment]
            if not self.by_hand & {row.id for _event, row in own}:
                has_the_whole = any(row.is_seated and event not in fallback for event, row in own)
                assert not (has_the_whole and any(row.state == "waitlisted" for _event, row in own))

    @invariant()
    def whoever_wants_the_whole_gets_it_as_soon_as_it_is_free(self) -> None:
        assert list(whole_left_waiting(self.now)) == []

    def teardown(self) -> None:
        assert list(findings(self.house.database, self.house.clock())) == []


def _picked(rows: list[Row], pick: int) -> UUID:
    return rows[pick % len(rows)].id


WALKS = {"sqlite": 25, "postgresql": 10}
LONG_WALKS = {"sqlite": 2_000, "postgresql": 500}


def test_a_crowded_series_keeps_its_promises_whatever_happens(house: House) -> None:
    _walk(house, WALKS[house.database.engine.dialect.name])


@pytest.mark.long
def test_a_crowded_series_keeps_its_promises_on_many_steps(house: House) -> None:
    _walk(house, LONG_WALKS[house.database.engine.dialect.name])


def _walk(house: House, walks: int) -> None:
    run_state_machine_as_test(
        type("CrowdedSeriesWalkInHouse", (CrowdedSeriesWalk,), {"house": house}),
        settings=settings(
            max_examples=walks,
            stateful_step_count=30,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
