"""Random walks over three events of a series: whoever wants the whole has all of it or none, and no seat is left."""

from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from services.registration.consistency import findings
from services.registration.enrolled import Enrolled
from services.registration.models import Registration, SeatCounter
from tests.registration.parts import ORGANISER, House
from tests.registration.series import SERIES, a_series, an_enrolment, enrol_in_house

PICK = st.integers(0, 10_000)
MODULE = st.integers(0, 2)


class SeriesWalk(RuleBasedStateMachine):
    """Single registrations and enrolments of both modes, without quotas and reserved seats."""

    house: House

    @initialize(capacities=st.lists(st.integers(0, 3), min_size=3, max_size=3))
    def publish(self, capacities: list[int]) -> None:
        self.house.empty()
        self.fallback: dict[UUID, set[UUID]] = {}
        """Of those who want the whole of some modules, by enrolment, which of these they want in any case."""
        self.events = a_series(self.house, *({"capacity": capacity} for capacity in capacities))

    @rule(number=MODULE)
    def register(self, number: int) -> None:
        self.house.register(self.events[number])

    @rule(modules=st.sets(MODULE, min_size=1), whole=st.booleans(), fallback=st.none() | MODULE)
    def enrol(self, modules: set[int], whole: bool, fallback: int | None) -> None:
        chosen = [self.events[number] for number in sorted(modules)]
        if not whole:
            enrol_in_house(self.house, an_enrolment(self.house, modules=chosen))
            return
        held = [self.events[number] for number in modules & {fallback}]
        wish = an_enrolment(self.house, modules=chosen, mode="whole", fallback_modules=held)
        enrolled = enrol_in_house(self.house, wish)
        assert isinstance(enrolled, Enrolled)
        self.fallback[enrolled.enrolment_id] = set(held)

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        if live := self._live():
            self.house.cancel(live[pick % len(live)].id, ORGANISER)

    @rule(pick=PICK)
    def set_aside_or_resume(self, pick: int) -> None:
        if waiting := [one for one in self._live() if one.state == "waitlisted"]:
            chosen = waiting[pick % len(waiting)]
            change = self.house.resume if chosen.set_aside else self.house.set_aside
            change(chosen.id)

    @rule(number=MODULE, capacity=st.integers(0, 4))
    def change_the_capacity(self, number: int, capacity: int) -> None:
        snapshot = self.house.snapshot(event_id=self.events[number], series=SERIES, capacity=capacity)
        self.house.tell(snapshot)

    @invariant()
    def nobody_has_a_part_of_what_they_want_as_a_whole(self) -> None:
        for of_one in self._live_by_enrolment().values():
            if any(self._came_with_the_whole(one) for one in of_one):
                assert [one for one in of_one if one.state == "waitlisted"] == []

    @invariant()
    def whoever_waits_waits_for_a_seat(self) -> None:
        self.house.wait_until(self.house.clock())
        open_ones = {event for event in self.events if self._is_open(event)}
        waiting = [one for one in self._live() if one.state == "waitlisted" and not one.set_aside]
        assert [one for one in waiting if not one.waits_for_series and one.event_id in open_ones] == []
        for of_one in self._live_by_enrolment().values():
            still = [one for one in of_one if one.state == "waitlisted"]
            assert not still or any(one.set_aside for one in still) or not {one.event_id for one in still} <= open_ones

    def teardown(self) -> None:
        assert list(findings(self.house.database, self.house.clock())) == []

    def _live_by_enrolment(self) -> dict[UUID, list[Registration]]:
        found: dict[UUID, list[Registration]] = {}
        for one in self._live():
            if one.enrolment_id in self.fallback:
                found.setdefault(one.enrolment_id, []).append(one)
        return found

    def _came_with_the_whole(self, one: Registration) -> bool:
        assert one.enrolment_id is not None
        return one.state == "confirmed" and one.event_id not in self.fallback[one.enrolment_id]

    def _live(self) -> list[Registration]:
        query = select(Registration).where(Registration.state.in_(["confirmed", "waitlisted"]))
        with self.house.database.read() as session:
            return list(session.scalars(query.order_by(Registration.id)))

    def _is_open(self, event: UUID) -> bool:
        counter: SeatCounter = self.house.seats(event)
        return counter.confirmed < counter.capacity


WALKS = {"sqlite": 40, "postgresql": 15}


def test_a_series_keeps_its_promises_whatever_happens(house: House) -> None:
    run_state_machine_as_test(
        type("SeriesWalkInHouse", (SeriesWalk,), {"house": house}),
        settings=settings(
            max_examples=WALKS[house.database.engine.dialect.name],
            stateful_step_count=25,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
