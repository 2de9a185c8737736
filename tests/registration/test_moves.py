"""Moving in line by an organiser, and parties that wait as one, in the database."""

from typing import Any
from uuid import UUID

import pytest

from services.registration.consistency import findings
from services.registration.line import next_in_line
from services.registration.rule import Traits
from shared.errors import ConflictError
from tests.registration.parts import House
from tests.rules import a_group, a_pool, a_waitlist


@pytest.fixture(autouse=True)
def promises_are_kept(house: House) -> Any:
    yield
    assert list(findings(house.database, house.clock())) == []


def line(house: House, event: UUID) -> list[UUID]:
    with house.database.read() as session:
        units = next_in_line(session, event, limit=100).units
    return [claim.registration_id for unit in units for claim in unit.claims]


@pytest.mark.parametrize(
    ("who", "position", "expected"),
    [(2, 1, [2, 0, 1, 3]), (0, 3, [1, 2, 0, 3]), (0, 4, [1, 2, 3, 0]), (1, 99, [0, 2, 3, 1]), (3, 4, [0, 1, 2, 3])],
)
def test_somebody_is_moved_to_a_position(house: House, who: int, position: int, expected: list[int]) -> None:
    event = house.event(capacity=0)
    waiting = [house.register(event).registration_id for _ in range(4)]
    house.move(waiting[who], position)
    last = house.register(event).registration_id
    assert line(house, event) == [waiting[index] for index in expected] + [last]
    decision = house.decisions(registration_id=waiting[who])[-1]
    assert (decision.outcome, decision.actor, decision.note) == ("moved", "organiser", "as promised")
    (told,) = house.messages("registration.changed.v1")
    assert (told.body["reason"], told.body["position"]) == ("moved", min(position, 4))


def test_the_front_can_be_reached_again_and_again(house: House) -> None:
    event = house.event(capacity=0)
    waiting = [house.register(event).registration_id for _ in range(3)]
    for _ in range(40):
        house.move(waiting[2], 1)
        house.move(waiting[1], 1)
    assert line(house, event) == [waiting[1], waiting[2], waiting[0]]


def test_the_moved_one_gets_the_next_seat_and_keeps_their_number(house: House) -> None:
    event = house.event(capacity=1)
    seated, _first, second = (house.register(event).registration_id for _ in range(3))
    number = house.registration(second).seq
    house.move(second, 1)
    house.cancel(seated)
    assert (house.state(second), house.registration(second).seq) == ("confirmed", number)


def test_moving_crosses_classes_and_a_changed_rule_leaves_the_moved_where_they_are(house: House) -> None:
    classes = a_waitlist(priority_classes=[a_group("code", code="Vorstand")])
    snapshot = house.snapshot(capacity=0, waitlist=classes)
    event = house.tell(snapshot)
    waiting = [house.register(event).registration_id for _ in range(3)]
    house.move(waiting[2], 1)
    other = a_waitlist(priority_classes=[a_group("membership"), a_group("code", code="Vorstand")])
    house.tell({**snapshot, "waitlist": other})
    assert line(house, event)[0] == waiting[2]


def test_only_who_waits_can_be_moved(house: House) -> None:
    event = house.event(capacity=1)
    seated = house.register(event).registration_id
    with pytest.raises(ConflictError, match="transition_refused"):
        house.move(seated, 1)


# --- parties ----------------------------------------------------------------------------------------------------------


def test_a_party_moves_as_one_and_nobody_is_put_into_its_midst(house: House) -> None:
    event = house.event(capacity=5)
    seated = house.register_party(event, 5)
    party = house.register_party(event, 3)
    alone = house.register(event).registration_id
    assert [house.state(r) for r in seated] == ["confirmed"] * 5
    house.move(alone, 2)
    assert line(house, event) == [alone, *party]
    house.move(party[1], 1)
    assert line(house, event) == [*party, alone]


def test_seats_wait_for_a_party_and_newcomers_behind_it(house: House) -> None:
    event = house.event(capacity=3)
    seated = [house.register(event).registration_id for _ in range(3)]
    party = house.register_party(event, 2)
    house.cancel(seated[0])
    newcomer = house.register(event)
    assert newcomer.state == "waitlisted"
    assert house.decisions(registration_id=newcomer.registration_id)[-1].reason == "party_waits"
    house.cancel(seated[1])
    assert [house.state(r) for r in (*party, newcomer.registration_id)] == ["confirmed", "confirmed", "waitlisted"]


def test_when_the_party_leaves_the_seats_go_on(house: House) -> None:
    event = house.event(capacity=3)
    seated = [house.register(event).registration_id for _ in range(3)]
    party = house.register_party(event, 2)
    newcomer = house.register(event).registration_id
    house.cancel(seated[0])
    assert house.state(newcomer) == "waitlisted"
    house.cancel(party[0])
    assert [house.state(r) for r in (party[1], newcomer)] == ["confirmed", "waitlisted"]


def test_a_party_that_takes_fewer_keeps_the_rest_in_line(house: House) -> None:
    event = house.event(capacity=3)
    seated = house.register(event).registration_id
    party = house.register_party(event, 3, takes_fewer=True)
    assert [house.state(r) for r in party] == ["confirmed", "confirmed", "waitlisted"]
    house.cancel(seated)
    assert house.state(party[2]) == "confirmed"


def test_a_party_larger_than_the_event_leaves_nothing_behind(house: House) -> None:
    event = house.event(capacity=2)
    with pytest.raises(ConflictError, match="party_exceeds_capacity"):
        house.register_party(event, 3)
    assert house.states(event) == []


def test_reserved_seats_are_kept_for_who_has_the_code(house: House) -> None:
    event = house.event(capacity=3, waitlist=a_waitlist(pools=[a_pool(2, "code", code="Impuls")]))
    first, second = (house.register(event) for _ in range(2))
    speaker = house.register(event, traits=Traits(code="impuls "))
    assert [r.state for r in (first, second, speaker)] == ["confirmed", "waitlisted", "confirmed"]
