"""Offers and pending registrations: made, accepted, declined, run out; and what time does when nobody does anything."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest

from services.registration.consistency import STATE_AFTER, findings
from services.registration.decide import Reason
from services.registration.holidays import HOLIDAYS, holidays_of, keep_holidays
from services.registration.models import Event as EventRow
from services.registration.rule import Traits
from services.registration.schedule import see_to_what_is_due
from services.registration.web.histories import OUTCOMES, REASONS
from shared.errors import ConflictError
from tests.registration.parts import ORGANISER, House
from tests.rules import a_group, a_pool, a_waitlist

MONDAY_AT_TEN = datetime(2027, 1, 11, 9, tzinfo=UTC)
"""Of Berlin; as the tests' clock stands at first."""
OFFERING = a_waitlist(policy="offer", offer_hours=24)


@pytest.fixture(autouse=True)
def promises_are_kept(house: House) -> Any:
    yield
    assert list(findings(house.database, house.clock())) == []


def full(house: House, waiting: int = 2, **changes: Any) -> tuple[UUID, list[UUID]]:
    """An event with one seat, which is taken, and some who wait; all in order."""
    event = house.event(capacity=1, **{"waitlist": OFFERING, **changes})
    return event, [house.register(event).registration_id for _ in range(1 + waiting)]


def test_a_free_seat_is_offered_until_the_next_working_moment_after_so_many_hours(house: House) -> None:
    _event, (seated, first, _second) = full(house)
    house.cancel(seated)
    offered = house.registration(first)
    assert (offered.state, offered.deadline) == ("offered", MONDAY_AT_TEN + timedelta(hours=24))
    (told,) = house.messages("registration.offered.v1")
    assert told.body["deadline"] == "2027-01-12T09:00:00+00:00"
    assert (told.body["reason"], told.body["actor"]) == ("seat_free", "engine")


def test_a_newcomer_is_seated_at_once_while_nobody_waits(house: House) -> None:
    event = house.event(capacity=1, waitlist=OFFERING)
    assert house.register(event).state == "confirmed"


def test_an_offered_seat_is_taken_and_an_accepted_one_stays_so(house: House) -> None:
    event, (seated, first, _second) = full(house)
    house.cancel(seated)
    assert house.seats(event).confirmed == 1
    house.accept(first)
    registration = house.registration(first)
    assert (registration.state, registration.deadline) == ("confirmed", None)
    assert house.seats(event).confirmed == 1
    with pytest.raises(ConflictError, match="transition_refused"):
        house.accept(first)
    with pytest.raises(ConflictError, match="transition_refused"):
        house.decline(first)


def test_a_declined_seat_goes_on_in_the_same_transaction(house: House) -> None:
    event, (seated, first, second) = full(house)
    house.cancel(seated)
    house.decline(first)
    assert house.states(event) == ["cancelled", "cancelled", "offered"]
    last = house.decisions(event_id=event)[-2:]
    assert [(d.registration_id, d.outcome, d.reason) for d in last] == [
        (first, "declined", "declined"),
        (second, "offered", "seat_free"),
    ]
    assert last[0].seats_version == last[1].seats_version


def test_an_offer_runs_out_and_the_seat_goes_on(house: House) -> None:
    event, (seated, first, second) = full(house)
    house.cancel(seated)
    house.wait_until(MONDAY_AT_TEN + timedelta(hours=24))
    assert house.states(event) == ["cancelled", "lapsed", "offered"]
    assert house.registration(second).deadline == MONDAY_AT_TEN + timedelta(hours=48)
    (told,) = house.messages("registration.lapsed.v1")
    assert (told.body["previous_state"], told.body["reason"]) == ("offered", "offered_ran_out")
    with pytest.raises(ConflictError, match="offer_expired"):
        house.accept(first)


def test_accepting_after_the_deadline_is_refused_even_before_the_sweep(house: House) -> None:
    _event, (seated, first, _second) = full(house)
    house.cancel(seated)
    house.clock.turn(hours=24)
    for answer in (house.accept, house.decline):
        with pytest.raises(ConflictError, match="offer_expired"):
            answer(first)
    see_to_what_is_due(house.database, house.clock)


def test_looking_twice_at_what_is_due_changes_nothing_more(house: House) -> None:
    event, (seated, _first, _second) = full(house)
    house.cancel(seated)
    house.wait_until(MONDAY_AT_TEN + timedelta(hours=24))
    messages, version = len(house.messages()), house.seats(event).version
    see_to_what_is_due(house.database, house.clock)
    assert (len(house.messages()), house.seats(event).version) == (messages, version)


def test_nothing_is_offered_in_quiet_hours_and_newcomers_stand_behind_who_waits(house: House) -> None:
    event, (seated, first, _second) = full(house)
    house.clock.moment = datetime(2027, 1, 11, 21, tzinfo=UTC)
    house.cancel(seated)
    newcomer = house.register(event)
    assert newcomer.state == "waitlisted"
    assert house.states(event) == ["cancelled", "waitlisted", "waitlisted", "waitlisted"]
    assert house.decisions(registration_id=newcomer.registration_id)[-1].reason == "quiet_hours"
    assert house.seats(event).due_at == datetime(2027, 1, 12, 7, tzinfo=UTC)
    house.wait_until(datetime(2027, 1, 12, 7, tzinfo=UTC))
    assert house.state(first) == "offered"


def test_nothing_is_offered_on_a_holiday(house: House) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        uow.session.execute(HOLIDAYS.insert(), [{"day": date(2027, 1, 12)}])
        uow.commit()
    _event, (seated, first, second) = full(house)
    house.cancel(seated)
    assert house.registration(first).deadline == datetime(2027, 1, 13, 7, tzinfo=UTC)
    house.clock.moment = datetime(2027, 1, 12, 9, tzinfo=UTC)
    house.decline(first)
    assert house.state(second) == "waitlisted"
    house.wait_until(datetime(2027, 1, 13, 7, tzinfo=UTC))
    assert house.state(second) == "offered"


def test_the_holidays_that_are_kept_follow_the_region(house: House) -> None:
    for region, all_saints in (("DE-NW", True), ("DE-BE", False), ("DE-NW", True)):
        with house.database.unit_of_work(house.clock()) as uow:
            keep_holidays(uow, region)
            kept = {row.day for row in uow.session.execute(HOLIDAYS.select())}
            uow.commit()
        assert (date(2027, 11, 1) in kept) is all_saints
    assert holidays_of("", 2027) == set()


def test_nothing_is_offered_once_nobody_could_answer_in_time(house: House) -> None:
    start = MONDAY_AT_TEN + timedelta(hours=5, minutes=30)
    event, (seated, first, _second) = full(house, sessions=[house.session(start)])
    house.clock.turn(minutes=31)
    house.cancel(seated)
    assert house.state(first) == "waitlisted"
    assert house.decisions(registration_id=first)[-1].reason == "too_late_to_offer"
    assert house.register(event).state == "waitlisted"


def test_an_offer_ends_before_the_event_however_many_hours_it_has(house: House) -> None:
    start = MONDAY_AT_TEN + timedelta(hours=5)
    _event, (seated, first, _second) = full(house, sessions=[house.session(start)])
    house.cancel(seated)
    assert house.registration(first).deadline == start - timedelta(hours=3)


def test_an_organiser_offers_out_of_order_with_a_reason_also_at_night(house: House) -> None:
    _event, (seated, first, second) = full(house)
    house.clock.moment = datetime(2027, 1, 11, 21, tzinfo=UTC)
    house.cancel(seated)
    house.offer(second, "gives a talk")
    assert (house.state(first), house.state(second)) == ("waitlisted", "offered")
    decision = house.decisions(registration_id=second)[-1]
    assert (decision.outcome, decision.actor, decision.note) == ("offered", "organiser", "gives a talk")
    with pytest.raises(ConflictError, match="no_free_seat"):
        house.offer(first)


def test_an_event_that_gives_seats_at_once_offers_none(house: House) -> None:
    _event, (_seated, first, _second) = full(house, waitlist=a_waitlist())
    with pytest.raises(ConflictError, match="no_offers"):
        house.offer(first)


def test_a_cancelled_event_freezes_offers_too(house: House) -> None:
    snapshot = house.snapshot(capacity=1, waitlist=OFFERING)
    event = house.tell(snapshot)
    seated, first = (house.register(event).registration_id for _ in range(2))
    house.cancel(seated)
    house.tell(snapshot, cancelled=True)
    house.wait_until(MONDAY_AT_TEN + timedelta(days=3))
    assert house.state(first) == "offered"
    with pytest.raises(ConflictError, match="event_cancelled"):
        house.accept(first)


# --- pending ----------------------------------------------------------------------------------------------------------


def test_a_seat_is_held_until_the_address_is_confirmed(house: House) -> None:
    event = house.event(capacity=2, confirm_address_minutes=60)
    kept, lost = (house.register(event).registration_id for _ in range(2))
    waiting = house.register(event)
    assert house.states(event) == ["pending", "pending", "waitlisted"]
    house.confirm_address(kept)
    house.wait_until(MONDAY_AT_TEN + timedelta(minutes=60))
    assert house.states(event) == ["confirmed", "lapsed", "pending"]
    with pytest.raises(ConflictError, match="offer_expired"):
        house.confirm_address(lost)
    house.confirm_address(waiting.registration_id)
    assert [m.body["reason"] for m in house.messages("registration.lapsed.v1")] == ["pending_ran_out"]


def test_an_address_that_is_known_need_not_be_confirmed(house: House) -> None:
    event = house.event(capacity=1, confirm_address_minutes=60)
    assert house.register(event, address_confirmed=True).state == "confirmed"


# --- what time changes ------------------------------------------------------------------------------------------------

CODE = {"by": "code", "code": "Impuls"}


def test_a_pool_is_released_at_its_time(house: House) -> None:
    released = MONDAY_AT_TEN + timedelta(days=1)
    pool = a_pool(1, released_at=released, **CODE)
    event = house.event(capacity=2, waitlist=a_waitlist(pools=[pool]))
    first, second, third = (house.register(event).registration_id for _ in range(3))
    assert house.states(event) == ["confirmed", "waitlisted", "waitlisted"]
    assert house.decisions(registration_id=second)[-1].reason == "seats_reserved"
    house.wait_until(released)
    assert [house.state(r) for r in (first, second, third)] == ["confirmed", "confirmed", "waitlisted"]


def test_a_quota_ends_at_its_time(house: House) -> None:
    until = MONDAY_AT_TEN + timedelta(days=1)
    event = house.event(capacity=2, max_per_organisation=1, max_per_organisation_until=until)
    for _ in range(3):
        house.register(event, organisation="A")
    assert house.states(event) == ["confirmed", "waitlisted", "waitlisted"]
    house.wait_until(until)
    assert house.states(event) == ["confirmed", "confirmed", "waitlisted"]


def test_who_comes_before_the_worker_has_looked_does_not_overtake(house: House) -> None:
    until = MONDAY_AT_TEN + timedelta(days=1)
    event = house.event(capacity=2, max_per_organisation=1, max_per_organisation_until=until)
    for _ in range(2):
        house.register(event, organisation="A")
    house.clock.moment = until
    house.register(event)
    assert house.states(event) == ["confirmed", "confirmed", "waitlisted"]


def test_a_changed_rule_sorts_who_waits_anew(house: House) -> None:
    snapshot = house.snapshot(capacity=0)
    event = house.tell(snapshot)
    plain = house.register(event).registration_id
    member = house.register(event, traits=Traits(member=True)).registration_id
    house.tell({**snapshot, "capacity": 1, "waitlist": a_waitlist(priority_classes=[a_group()])})
    assert (house.state(plain), house.state(member)) == ("waitlisted", "confirmed")
    assert [d.outcome for d in house.decisions(registration_id=plain)] == ["waitlisted", "regrouped"]


def test_an_event_that_fails_keeps_back_no_other(house: House) -> None:
    broken, (seated, _first) = full(house, waiting=1)
    house.cancel(seated, ORGANISER)
    whole, (other, first) = full(house, waiting=1)
    house.cancel(other, ORGANISER)
    # Its holidays cannot be asked for: its zone is no zone any more.
    with house.database.unit_of_work(house.clock()) as uow:
        uow.session.get_one(EventRow, broken).time_zone = "Nowhere/Land"
        uow.commit()
    house.wait_until(MONDAY_AT_TEN + timedelta(days=1))
    assert (house.state(first), house.seats(whole).confirmed) == ("lapsed", 0)
    with house.database.unit_of_work(house.clock()) as uow:
        uow.session.get_one(EventRow, broken).time_zone = "Europe/Berlin"
        uow.commit()
    see_to_what_is_due(house.database, house.clock)
    assert house.states(broken) == ["cancelled", "lapsed"]


def test_every_outcome_and_reason_is_said_in_words() -> None:
    reasons = {name for part in get_args(Reason) for name in (get_args(part) or (part,))}
    assert set(STATE_AFTER) | {"skipped"} <= set(OUTCOMES)
    assert reasons - {
        "not_open_yet",
        "closed",
        "event_cancelled",
        "party_exceeds_capacity",
        "party_exceeds_quota",
    } <= set(REASONS)
