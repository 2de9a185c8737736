"""Waiting for a series as a whole: all modules at once or none, and nobody held up who can have a seat alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import text

from services.registration import changes
from services.registration.consistency import findings
from services.registration.enrolled import Enrolled
from services.registration.enrolments import EnrolmentWish
from services.registration.models import THE_PERSON
from services.registration.seats import lock_all
from shared.errors import ConflictError
from tests.registration.parts import House
from tests.registration.series import SERIES, a_series, an_enrolment, enrol_in_house
from tests.rules import a_pool, a_waitlist


@pytest.fixture(autouse=True)
def _nothing_is_broken_afterwards(house: House) -> object:
    yield
    look(house)
    assert list(findings(house.database, house.clock() + timedelta(minutes=11))) == []


def whole(house: House, **changes: object) -> Enrolled:
    outcome = enrol_in_house(house, an_enrolment(house, mode="whole", **changes))
    assert isinstance(outcome, Enrolled)
    return outcome


def states(house: House, enrolled: Enrolled) -> list[str]:
    return [house.state(one.registration_id) for one in enrolled.modules if one.registration_id]


def look(house: House) -> None:
    """Let the worker do what is due."""
    house.wait_until(house.clock())


def filled(house: House, event: UUID, people: int = 1) -> list[UUID]:
    return [house.register(event).registration_id for _ in range(people)]


def test_all_is_had_at_once_where_every_module_has_a_seat(house: House) -> None:
    events = a_series(house, {}, {}, {})
    enrolled = whole(house)
    assert [one.state for one in enrolled.modules] == ["confirmed"] * 3
    assert not any(one.waits_for_series for one in enrolled.modules)
    (told,) = house.messages("enrolment.changed.v1")
    assert (told.version, told.body["change"]) == (1, "enrolled")
    assert [house.seats(event).series_waiting for event in events] == [0, 0, 0]


def test_while_one_module_is_full_nothing_is_held_but_the_fallback(house: House) -> None:
    first, second, third = a_series(house, {}, {"capacity": 1}, {})
    filled(house, second)
    enrolled = whole(house, fallback_modules=[third])
    assert [one.state for one in enrolled.modules] == ["waitlisted", "waitlisted", "confirmed"]
    assert [one.waits_for_series for one in enrolled.modules] == [True, True, False]
    assert house.register(first).state == "confirmed"
    reasons = {one.reason for one in house.decisions(event_id=first) if one.outcome in ("waitlisted", "skipped")}
    assert reasons == {"series_incomplete"}


def test_a_fallback_module_that_is_full_has_its_line_like_any_other(house: House) -> None:
    first, second = a_series(house, {"capacity": 1}, {"capacity": 1})
    seated, _ = filled(house, first), filled(house, second)
    enrolled = whole(house, fallback_modules=[first])
    house.cancel(seated[0])
    assert states(house, enrolled) == ["confirmed", "waitlisted"]


def test_the_rest_is_not_given_while_a_fallback_module_has_no_seat(house: House) -> None:
    first, second = a_series(house, {"capacity": 1}, {"capacity": 3})
    (seated,) = filled(house, first)
    ahead = house.register(first)
    enrolled = whole(house, fallback_modules=[first])
    look(house)
    assert states(house, enrolled) == ["waitlisted", "waitlisted"]
    assert house.register(second).state == "confirmed"
    house.cancel(seated)
    look(house)
    assert states(house, enrolled) == ["waitlisted", "waitlisted"]
    house.cancel(ahead.registration_id)
    assert states(house, enrolled) == ["confirmed", "waitlisted"]
    look(house)
    assert states(house, enrolled) == ["confirmed", "confirmed"]


@pytest.mark.parametrize("how", ["given up", "called off"])
def test_the_rest_is_given_once_a_fallback_module_is_waited_for_no_more(house: House, how: str) -> None:
    first, _second = a_series(house, {"capacity": 1}, {})
    filled(house, first)
    enrolled = whole(house, fallback_modules=[first])
    fallback = enrolled.modules[0].registration_id
    assert fallback is not None
    if how == "given up":
        house.cancel(fallback)
    else:
        house.tell(house.snapshot(event_id=first, series=SERIES), cancelled=True)
    look(house)
    rest = enrolled.modules[1].registration_id
    assert rest is not None
    assert house.state(rest) == "confirmed"


def test_the_last_seat_that_comes_free_gives_all_of_it_at_once(house: House) -> None:
    first, second = a_series(house, {"capacity": 1}, {"capacity": 1})
    (one,), (two,) = filled(house, first), filled(house, second)
    enrolled = whole(house)
    house.cancel(one)
    assert states(house, enrolled) == ["waitlisted", "waitlisted"]
    house.cancel(two)
    look(house)
    assert states(house, enrolled) == ["confirmed", "confirmed"]
    told = house.messages("enrolment.changed.v1")[-1]
    assert (told.version, told.body["change"]) == (2, "completed")
    confirmed = house.messages("registration.confirmed.v1")[-2:]
    assert [each.body["summarised"] for each in confirmed] == [True, True]


def test_nobody_gets_ahead_while_the_seat_is_kept_for_a_moment(house: House) -> None:
    first, second = a_series(house, {"capacity": 1}, {"capacity": 1})
    (one,) = filled(house, first)
    enrolled = whole(house)
    house.cancel(one)
    late = house.register(second)
    assert late.state == "waitlisted"
    look(house)
    assert states(house, enrolled) == ["confirmed", "confirmed"]
    assert house.state(late.registration_id) == "waitlisted"


def test_whoever_stands_behind_gets_the_seat_if_the_series_cannot_be_had(house: House) -> None:
    alone = {"capacity": 1, "max_per_organisation": 1}
    first, second = a_series(house, {"capacity": 1}, {**alone, "capacity": 3})
    (one,) = filled(house, first)
    house.register(second, organisation="Brücke")
    enrolled = whole(house, organisation="Brücke")
    behind = house.register(first)
    house.cancel(one)
    look(house)
    assert states(house, enrolled) == ["waitlisted", "waitlisted"]
    assert house.state(behind.registration_id) == "confirmed"


def test_whoever_stands_ahead_alone_comes_first(house: House) -> None:
    first, _second = a_series(house, {"capacity": 1}, {})
    (one,) = filled(house, first)
    ahead = house.register(first)
    enrolled = whole(house)
    house.cancel(one)
    look(house)
    assert house.state(ahead.registration_id) == "confirmed"
    assert states(house, enrolled) == ["waitlisted", "waitlisted"]


def test_of_two_that_wait_for_the_whole_the_first_gets_it(house: House) -> None:
    first, _second = a_series(house, {"capacity": 1}, {"capacity": 5})
    (one,) = filled(house, first)
    earlier, later = whole(house), whole(house)
    house.cancel(one)
    look(house)
    assert states(house, earlier) == ["confirmed", "confirmed"]
    assert states(house, later) == ["waitlisted", "waitlisted"]


def test_two_of_whom_each_stands_behind_the_other_do_not_wait_for_ever(house: House) -> None:
    first, second = a_series(house, {"capacity": 1}, {"capacity": 1})
    (one,), (two,) = filled(house, first), filled(house, second)
    earlier, later = whole(house), whole(house)
    moved = later.modules[1].registration_id
    assert moved is not None
    house.move(moved, 1)
    house.cancel(one)
    house.cancel(two)
    look(house)
    assert states(house, earlier) == ["confirmed", "confirmed"]
    assert states(house, later) == ["waitlisted", "waitlisted"]


def test_a_module_that_is_given_up_or_called_off_is_waited_for_no_more(house: House) -> None:
    _first, second, third = a_series(house, {}, {"capacity": 1}, {"capacity": 1})
    for full in (second, third):
        filled(house, full)
    enrolled = whole(house)
    given_up = enrolled.modules[1].registration_id
    assert given_up is not None
    house.cancel(given_up)
    look(house)
    assert states(house, enrolled) == ["waitlisted", "cancelled", "waitlisted"]
    house.tell(house.snapshot(event_id=third, series=SERIES), cancelled=True)
    look(house)
    assert states(house, enrolled) == ["confirmed", "cancelled", "waitlisted"]


def test_a_seat_out_of_order_in_one_module_leaves_the_rest_waiting(house: House) -> None:
    first, _second, third = a_series(house, {"capacity": 1}, {"capacity": 2}, {"capacity": 1})
    for full in (first, third):
        filled(house, full)
    enrolled = whole(house)
    chosen = enrolled.modules[1].registration_id
    assert chosen is not None
    house.promote(chosen)
    look(house)
    assert states(house, enrolled) == ["waitlisted", "confirmed", "waitlisted"]


def test_where_seats_are_offered_the_module_is_offered_with_the_rest(house: House) -> None:
    first, _second = a_series(house, {"capacity": 1}, {"capacity": 1, "waitlist": a_waitlist(policy="offer")})
    (one,) = filled(house, first)
    enrolled = whole(house)
    house.cancel(one)
    look(house)
    assert states(house, enrolled) == ["confirmed", "offered"]


def test_a_reserved_seat_is_no_seat_for_others(house: House) -> None:
    pool = a_pool(1, "code", code="GAST", released_at=house.clock() + timedelta(days=3))
    a_series(house, {"capacity": 1}, {"capacity": 1, "waitlist": a_waitlist(pools=[pool])})
    enrolled = whole(house)
    assert states(house, enrolled) == ["waitlisted", "waitlisted"]
    house.wait_until(house.clock() + timedelta(days=3))
    look(house)
    assert states(house, enrolled) == ["confirmed", "confirmed"]


def test_a_module_that_refuses_them_refuses_the_whole(house: House) -> None:
    first, _second = a_series(house, {}, {"registration_closes_at": house.clock() - timedelta(hours=1)})
    with pytest.raises(ConflictError, match="closed"):
        enrol_in_house(house, an_enrolment(house, mode="whole", modules=[first, _second]))
    assert house.states(first) == []


def test_a_module_without_a_waitlist_is_part_of_a_whole_that_can_be_had_at_once(house: House) -> None:
    a_series(house, {"waitlist": a_waitlist(enabled=False)}, {})
    assert states(house, whole(house)) == ["confirmed"] * 2


@pytest.mark.parametrize("full", [0, 1])
def test_nobody_waits_for_a_whole_in_a_module_without_a_waitlist(house: House, full: int) -> None:
    events = a_series(house, {"capacity": 1, "waitlist": a_waitlist(enabled=False)}, {"capacity": 1})
    filled(house, events[full])
    with pytest.raises(ConflictError, match="series_incomplete") as refused:
        enrol_in_house(house, an_enrolment(house, mode="whole"))
    assert "has no waitlist" in str(refused.value.text)
    assert [house.seats(event).waiting for event in events] == [0, 0]


def test_nobody_waits_for_a_whole_where_the_waitlist_is_closed(house: House) -> None:
    waitlist = a_waitlist(closes_hours_before_start=2)
    soon = {"sessions": [house.session(house.clock() + timedelta(hours=1))], "capacity": 1, "waitlist": waitlist}
    events = a_series(house, soon, {})
    filled(house, events[0])
    with pytest.raises(ConflictError, match="waitlist_closed"):
        enrol_in_house(house, an_enrolment(house, mode="whole"))


def test_seats_that_come_free_in_two_modules_at_the_same_moment_give_the_whole(house: House) -> None:
    first, second = a_series(house, {"capacity": 1}, {"capacity": 1})
    (one,), (two,) = filled(house, first), filled(house, second)
    enrolled = whole(house)
    together = Barrier(2, timeout=10)

    def give_up(registration_id: UUID) -> None:
        together.wait()
        house.cancel(registration_id)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(give_up, (one, two)))
    look(house)
    assert states(house, enrolled) == ["confirmed", "confirmed"]


def is_blocked(house: House, process: int) -> bool:
    with house.database.read() as session:
        return bool(session.scalar(text("SELECT cardinality(pg_blocking_pids(:process))"), {"process": process}))


def test_seats_given_up_by_two_who_do_not_see_each_other_give_the_whole(house: House) -> None:
    if house.database.engine.dialect.name == "sqlite":
        pytest.skip("On SQLite the second writes only when the first is through.")
    first, second = a_series(house, {"capacity": 1}, {"capacity": 1})
    (one,), (two,) = filled(house, first), filled(house, second)
    enrolled = whole(house)
    with house.database.unit_of_work(house.clock()) as here, house.database.unit_of_work(house.clock()) as there:
        lock_all(here.session, [first])
        lock_all(there.session, [second])
        process = there.session.scalar(text("SELECT pg_backend_pid()"))
        changes.cancel(here, one, THE_PERSON)
        with ThreadPoolExecutor(1) as pool:
            second_one = pool.submit(changes.cancel, there, two, THE_PERSON)
            while not second_one.done() and not is_blocked(house, process):
                continue
            here.commit()
            second_one.result()
        there.commit()
    look(house)
    assert states(house, enrolled) == ["confirmed", "confirmed"]


def test_two_who_want_the_same_whole_at_the_same_moment_do_not_wait_for_each_other(house: House) -> None:
    first, second = a_series(house, {"capacity": 1}, {"capacity": 1})
    together = Barrier(2, timeout=10)
    wishes = [an_enrolment(house, mode="whole", modules=modules) for modules in ([first, second], [second, first])]

    def enrol(wish: EnrolmentWish) -> Enrolled:
        together.wait()
        outcome = enrol_in_house(house, wish)
        assert isinstance(outcome, Enrolled)
        return outcome

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(enrol, wishes))
    look(house)
    assert sorted(states(house, one) for one in outcomes) == [["confirmed"] * 2, ["waitlisted"] * 2]


def test_a_module_that_leaves_the_series_while_people_wait_is_still_a_part_of_what_they_want(house: House) -> None:
    first, second = a_series(house, {"capacity": 1}, {"capacity": 1})
    (one,), (two,) = filled(house, first), filled(house, second)
    enrolled = whole(house)
    house.tell(house.snapshot(event_id=second, series=None, capacity=1))
    house.cancel(one)
    look(house)
    assert states(house, enrolled) == ["waitlisted", "waitlisted"]
    house.cancel(two)
    look(house)
    assert states(house, enrolled) == ["confirmed", "confirmed"]
