"""The waitlist: who moves up, when, why, and what is shown of it."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.registration.events import event_with_sessions, seats_of
from services.registration.outlook import NextSeat, at_next_free_seat, waitlist_of
from services.registration.places import position_of, positions_of
from shared.database import new_id
from shared.errors import ConflictError, InvalidError, NotFoundError
from tests.registration.parts import ORGANISER, House


def test_a_cancelled_seat_goes_to_the_next_in_line(house: House) -> None:
    event = house.event(capacity=1)
    first, second, third = (house.register(event).registration_id for _ in range(3))
    house.cancel(first)
    assert [house.state(r) for r in (first, second, third)] == ["cancelled", "confirmed", "waitlisted"]
    told = house.messages("registration.cancelled.v1", "registration.confirmed.v1")[-2:]
    assert [(t.body["previous_state"], t.body["actor"], t.body["reason"]) for t in told] == [
        ("confirmed", "person", "by_person"),
        ("waitlisted", "engine", "seat_free"),
    ]
    assert told[1].version == 2


def test_the_seat_moves_in_the_transaction_of_the_cancellation_and_is_told_once(house: House) -> None:
    event = house.event(capacity=1)
    first = house.register(event)
    house.register(event)
    before = len(house.messages("seats.changed.v1"))
    house.cancel(first.registration_id)
    told = house.messages("seats.changed.v1")[before:]
    assert [(t.body["confirmed"], t.body["waiting"]) for t in told] == [(1, 0)]
    versions = {d.seats_version for d in house.decisions(event_id=event)[-2:]}
    assert len(versions) == 1


def test_leaving_the_waitlist_moves_those_behind_up_and_nobody_else(house: House) -> None:
    event = house.event(capacity=1)
    _, second, third = (house.register(event).registration_id for _ in range(3))
    house.cancel(second)
    assert house.states(event) == ["confirmed", "cancelled", "waitlisted"]
    with house.database.read() as session:
        assert position_of(session, house.registration(third)) == 1
        assert position_of(session, house.registration(second)) is None


def test_a_higher_capacity_promotes_in_order_in_the_same_transaction(house: House) -> None:
    snapshot = house.snapshot(capacity=1)
    event = house.tell(snapshot)
    for _ in range(4):
        house.register(event)
    house.tell({**snapshot, "capacity": 3})
    assert house.states(event) == ["confirmed", "confirmed", "confirmed", "waitlisted"]
    assert house.messages("seats.changed.v1")[-1].body == {
        "event_id": str(event),
        "capacity": 3,
        "confirmed": 3,
        "waiting": 1,
    }


def test_many_seats_at_once_are_given_to_as_many(house: House) -> None:
    snapshot = house.snapshot(capacity=0)
    event = house.tell(snapshot)
    for _ in range(40):
        house.register(event)
    house.tell({**snapshot, "capacity": 35})
    assert house.states(event) == ["confirmed"] * 35 + ["waitlisted"] * 5


def test_a_lower_capacity_throws_nobody_out_and_gives_no_seat_until_the_surplus_is_gone(house: House) -> None:
    snapshot = house.snapshot(capacity=3)
    event = house.tell(snapshot)
    seated = [house.register(event).registration_id for _ in range(5)][:3]
    house.tell({**snapshot, "capacity": 1})
    assert house.states(event) == ["confirmed"] * 3 + ["waitlisted"] * 2
    house.cancel(seated[0])
    house.cancel(seated[1])
    assert house.states(event) == ["cancelled", "cancelled", "confirmed", "waitlisted", "waitlisted"]
    house.cancel(seated[2])
    assert house.states(event) == ["cancelled"] * 3 + ["confirmed", "waitlisted"]


def test_a_full_organisation_is_passed_over_and_the_log_says_so(house: House) -> None:
    event = house.event(capacity=2, max_per_organisation=1)
    first = house.register(event, organisation="A")
    other = house.register(event, organisation="B")
    passed = house.register(event, organisation="A")
    behind = house.register(event, organisation="C")
    house.cancel(other.registration_id)
    assert house.state(passed.registration_id) == "waitlisted"
    assert house.state(behind.registration_id) == "confirmed"
    decisions = house.decisions(registration_id=passed.registration_id)
    assert [(d.outcome, d.reason) for d in decisions] == [
        ("waitlisted", "event_full"),
        ("skipped", "organisation_full"),
    ]
    assert decisions[1].inputs["organisation_seats"] == 1
    house.cancel(first.registration_id)
    assert house.state(passed.registration_id) == "confirmed"


def test_a_long_row_of_a_full_organisation_does_not_hide_those_behind_it(house: House) -> None:
    event = house.event(capacity=2, max_per_organisation=1)
    house.register(event, organisation="A")
    other = house.register(event, organisation="B")
    for _ in range(40):
        house.register(event, organisation="A")
    behind = house.register(event, organisation="C")
    house.cancel(other.registration_id)
    assert house.state(behind.registration_id) == "confirmed"


def test_a_higher_quota_gives_free_seats_to_those_it_held_back(house: House) -> None:
    snapshot = house.snapshot(capacity=3, max_per_organisation=1)
    event = house.tell(snapshot)
    for _ in range(3):
        house.register(event, organisation="A")
    assert house.states(event) == ["confirmed", "waitlisted", "waitlisted"]
    house.tell({**snapshot, "max_per_organisation": 2})
    assert house.states(event) == ["confirmed", "confirmed", "waitlisted"]
    house.tell({**snapshot, "max_per_organisation": None})
    assert house.states(event) == ["confirmed"] * 3


def test_the_waitlist_moves_after_registration_closed_but_not_once_the_event_has_begun(house: House) -> None:
    start = house.clock() + timedelta(days=2)
    event = house.event(
        capacity=1, sessions=[house.session(start)], registration_closes_at=house.clock() + timedelta(days=1)
    )
    first, second, _third = (house.register(event).registration_id for _ in range(3))
    house.clock.turn(hours=30)
    house.cancel(first)
    assert house.state(second) == "confirmed"
    house.clock.turn(hours=18)
    house.cancel(second, ORGANISER, "did not come")
    assert house.states(event) == ["cancelled", "cancelled", "waitlisted"]


def test_a_cancelled_event_freezes(house: House) -> None:
    snapshot = house.snapshot(capacity=1)
    event = house.tell(snapshot)
    first, second = (house.register(event).registration_id for _ in range(2))
    house.tell({**snapshot, "capacity": 5}, cancelled=True)
    assert house.states(event) == ["confirmed", "waitlisted"]
    with pytest.raises(ConflictError, match="event_cancelled"):
        house.cancel(first)
    with pytest.raises(ConflictError, match="event_cancelled"):
        house.promote(second)


def test_an_organiser_promotes_out_of_order_with_a_reason_that_is_logged(house: House) -> None:
    event = house.event(capacity=2, max_per_organisation=1)
    house.register(event, organisation="A")
    held_back = house.register(event, organisation="A").registration_id
    house.promote(held_back, "gives a talk")
    assert house.state(held_back) == "confirmed"
    decision = house.decisions(registration_id=held_back)[-1]
    assert (decision.outcome, decision.actor, decision.note) == ("promoted", "organiser", "gives a talk")
    assert decision.account_id == ORGANISER.account_id
    (_first, told) = house.messages("registration.confirmed.v1")
    assert (told.body["actor"], told.body["reason"], told.body["previous_state"]) == (
        "organiser",
        "organiser",
        "waitlisted",
    )


def test_promoting_without_a_free_seat_is_refused(house: House) -> None:
    event = house.event(capacity=1)
    house.register(event)
    waiting = house.register(event).registration_id
    with pytest.raises(ConflictError, match="no_free_seat"):
        house.promote(waiting)
    assert house.state(waiting) == "waitlisted"


def test_nobody_is_promoted_after_the_event_is_over(house: House) -> None:
    event = house.event(capacity=2, max_per_organisation=1)
    house.register(event, organisation="A")
    waiting = house.register(event, organisation="A").registration_id
    house.clock.turn(days=31)
    with pytest.raises(ConflictError, match="event_over"):
        house.promote(waiting)
    assert house.state(waiting) == "waitlisted"


def test_promoting_somebody_who_does_not_wait_is_refused(house: House) -> None:
    event = house.event(capacity=1)
    seated = house.register(event).registration_id
    with pytest.raises(ConflictError, match="transition_refused"):
        house.promote(seated)
    with pytest.raises(NotFoundError, match="registration_not_found"):
        house.promote(new_id())


def test_positions_are_the_same_counted_alone_or_with_the_whole_line(house: House) -> None:
    events = [house.event(capacity=1) for _ in range(2)]
    made = [house.register(event) for _ in range(5) for event in events]
    house.cancel(made[4].registration_id)
    registrations = [house.registration(registered.registration_id) for registered in made]
    with house.database.read() as session:
        together = positions_of(session, registrations)
        alone = {r.id: position_of(session, r) for r in registrations if r.state == "waitlisted"}
    assert together == alone
    assert [together.get(r.id) for r in registrations] == [None, None, 1, 1, None, 2, 2, 3, 3, 4]


def _next(house: House, event_id: UUID) -> NextSeat:
    with house.database.read() as session:
        event = event_with_sessions(session, event_id)
        return at_next_free_seat(session, event, seats_of(session, event_id), house.clock())


def test_the_list_shows_the_order_and_what_holds_each_person_back(house: House) -> None:
    event = house.event(capacity=1, max_per_organisation=1)
    house.register(event, organisation="A")
    waiting = [house.register(event, organisation=o).registration_id for o in ("A", "", "A", "B")]
    with house.database.read() as session:
        shown = event_with_sessions(session, event), seats_of(session, event), house.clock()
        found = waitlist_of(session, *shown, limit=3)
        rest = waitlist_of(session, *shown, limit=3, cursor=found.next_cursor)
        with pytest.raises(InvalidError, match="cursor_invalid"):
            waitlist_of(session, *shown, cursor="nonsense")
    places = [*found.items, *rest.items]
    assert [place.registration.id for place in places] == waiting
    assert [place.position for place in places] == [1, 2, 3, 4]
    assert [place.reason for place in places] == ["organisation_full", "event_full", "organisation_full", "event_full"]
    assert rest.next_cursor is None


def test_what_happens_at_the_next_free_seat_is_what_then_happens(house: House) -> None:
    event = house.event(capacity=1, max_per_organisation=1)
    seated = house.register(event, organisation="A").registration_id
    assert _next(house, event).reason == "nobody_waits"
    house.register(event, organisation="A")
    assert _next(house, event) == NextSeat(None, "nobody_admissible")
    house.register(event, organisation="B")
    expected = _next(house, event)
    assert expected.registration is not None
    assert expected.registration.organisation == "B"
    more = house.event(capacity=1)
    seated = house.register(more).registration_id
    house.register(more)
    expected = _next(house, more)
    house.cancel(seated)
    assert expected.registration is not None
    assert house.state(expected.registration.id) == "confirmed"


def test_while_there_is_a_surplus_the_next_free_seat_goes_to_nobody(house: House) -> None:
    snapshot = house.snapshot(capacity=2)
    event = house.tell(snapshot)
    for _ in range(3):
        house.register(event)
    house.tell({**snapshot, "capacity": 1})
    assert _next(house, event) == NextSeat(None, "surplus")
    house.tell({**snapshot, "capacity": 1}, cancelled=True)
    assert _next(house, event) == NextSeat(None, "event_cancelled")


def test_once_the_event_has_begun_the_next_free_seat_goes_to_nobody(house: House) -> None:
    event = house.event(capacity=0)
    house.register(event)
    house.clock.turn(days=31)
    assert _next(house, event) == NextSeat(None, "waitlist_closed")
