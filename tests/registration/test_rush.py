"""The opening rush: 200 people at once for 100 seats."""

import threading
from concurrent.futures import ThreadPoolExecutor

from services.registration.booking import Registered
from services.registration.consistency import findings
from services.registration.enrolled import Enrolled
from services.registration.enrolments import EnrolmentWish
from shared.errors import InvalidError
from tests.registration.parts import House
from tests.registration.series import a_series, an_enrolment, come_in_house, enrol_in_house

PEOPLE = 200
SEATS = 100


def test_a_rush_fills_every_seat_once_and_lets_the_rest_wait_in_order(house: House) -> None:
    event = house.event(capacity=SEATS)
    wishes = [house.wish() for _ in range(PEOPLE)]
    together = threading.Barrier(PEOPLE)

    def arrive(number: int) -> Registered:
        together.wait()
        return house.lay_down(event, wishes[number])

    with ThreadPoolExecutor(PEOPLE) as threads:
        outcomes = list(threads.map(arrive, range(PEOPLE)))

    assert house.states(event) == ["confirmed"] * SEATS + ["waitlisted"] * (PEOPLE - SEATS)
    waiting = [outcome for outcome in outcomes if outcome.state == "waitlisted"]
    seqs = {outcome.position: house.registration(outcome.registration_id).seq for outcome in waiting}
    assert seqs == {position: SEATS + position for position in range(1, PEOPLE - SEATS + 1)}
    assert list(findings(house.database, house.clock())) == []


def test_people_who_leave_and_people_who_come_at_once_never_share_a_seat(house: House) -> None:
    event = house.event(capacity=10)
    seated = [house.register(event).registration_id for _ in range(20)][:10]
    wishes = [house.wish() for _ in range(20)]
    with ThreadPoolExecutor(30) as threads:
        leaving = [threads.submit(house.cancel, registration_id) for registration_id in seated]
        coming = [threads.submit(house.lay_down, event, wish) for wish in wishes]
        assert all(future.result() is None for future in leaving)
        assert all(future.result().state == "waitlisted" for future in coming)
    seats = house.seats(event)
    assert (seats.confirmed, seats.waiting) == (10, 20)
    assert house.states(event) == ["cancelled"] * 10 + ["confirmed"] * 10 + ["waitlisted"] * 20
    assert list(findings(house.database, house.clock())) == []


def test_one_new_address_at_many_events_at_once_is_one_person(house: House) -> None:
    events = [house.event(capacity=5) for _ in range(8)]

    def come(event_index: int) -> Registered:
        return house.lay_down(events[event_index], house.wish("Ana Novak"))

    with ThreadPoolExecutor(len(events)) as threads:
        outcomes = list(threads.map(come, range(len(events))))
    assert len({house.registration(outcome.registration_id).person_id for outcome in outcomes}) == 1


def test_the_same_key_sent_many_times_at_once_registers_once(house: House) -> None:
    event = house.event(capacity=5)
    wishes = [house.wish("Ana Novak", idempotency_key="k-1", body_digest="d") for _ in range(10)]
    with ThreadPoolExecutor(len(wishes)) as threads:
        outcomes = list(threads.map(lambda wish: house.lay_down(event, wish), wishes))
    assert len({outcome.registration_id for outcome in outcomes}) == 1
    assert sorted(outcome.repeated for outcome in outcomes) == [False] + [True] * 9
    assert house.seats(event).confirmed == 1


def test_enrolments_and_single_registrations_at_once_neither_share_a_seat_nor_block_each_other(house: House) -> None:
    events = a_series(house, *[{"capacity": 3}] * 3)
    wishes = [an_enrolment(house, modules=chosen) for chosen in (events, events[::-1], events[1:], None)]
    alone = [(event, house.wish()) for event in events]
    with ThreadPoolExecutor(7) as threads:
        enrolling = [threads.submit(enrol_in_house, house, wish) for wish in wishes]
        registering = [threads.submit(come_in_house, house, *each) for each in alone]
    assert all(isinstance(future.result(), Enrolled) for future in enrolling)
    assert all(future.result().registration_id for future in registering)
    assert [house.seats(event).confirmed for event in events] == [3, 3, 3]
    assert list(findings(house.database, house.clock())) == []


def test_two_enrolments_with_one_key_and_no_module_in_common_are_not_both_made(house: House) -> None:
    first, second = a_series(house, {}, {})
    wishes = [an_enrolment(house, modules=[event], idempotency_key="k1") for event in (first, second)]
    together = threading.Barrier(2)

    def enrolled(wish: EnrolmentWish) -> bool:
        together.wait()
        try:
            return isinstance(enrol_in_house(house, wish), Enrolled)
        except InvalidError as error:
            assert error.code == "idempotency_key_reused"  # noqa: PT017  # raised in another thread
            return False

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(enrolled, wishes)) == [False, True]
    assert list(findings(house.database, house.clock())) == []
