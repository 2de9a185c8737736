"""People in line whom an organiser sets aside: they are passed over, keep their place, and come back when they like."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from services.registration.consistency import findings
from services.registration.enrolled import Enrolled
from services.registration.models import Registration
from shared.errors import ConflictError
from tests.registration.parts import ORGANISER, House
from tests.registration.series import SERIES, a_series, an_enrolment, enrol_in_house


@pytest.fixture
def kept(house: House) -> Any:
    yield
    assert list(findings(house.database, house.clock())) == []


def line_of(house: House, event: UUID, people: int) -> list[UUID]:
    return [house.register(event).registration_id for _ in range(people)]


@pytest.mark.usefixtures("kept")
def test_a_free_seat_passes_by_whoever_is_set_aside_and_each_step_has_its_decision(house: House) -> None:
    event = house.event(capacity=1)
    seated, first, second = line_of(house, event, 3)
    house.set_aside(first, "rang three times")
    house.cancel(seated)
    assert [house.state(one) for one in (first, second)] == ["waitlisted", "confirmed"]
    set_aside, skipped = house.decisions(registration_id=first)[1:]
    assert (set_aside.outcome, set_aside.reason, set_aside.note) == ("set_aside", "by_organiser", "rang three times")
    assert (skipped.outcome, skipped.reason) == ("skipped", "set_aside")


@pytest.mark.usefixtures("kept")
def test_newcomers_get_seats_while_only_people_wait_who_are_set_aside(house: House) -> None:
    event = house.event(capacity=1)
    seated, waiting = line_of(house, event, 2)
    house.set_aside(waiting)
    house.cancel(seated)
    assert house.register(event).state == "confirmed"


@pytest.mark.usefixtures("kept")
def test_whoever_comes_back_stands_where_they_stood_and_gets_a_free_seat_at_once(house: House) -> None:
    event = house.event(capacity=1)
    seated, first, second, third = line_of(house, event, 4)
    house.set_aside(first)
    house.resume(first)
    house.cancel(seated)
    assert [house.state(one) for one in (first, second)] == ["confirmed", "waitlisted"]
    for one in (second, third):
        house.set_aside(one)
    house.cancel(first)
    house.resume(third)
    assert [house.state(one) for one in (second, third)] == ["waitlisted", "confirmed"]
    back = house.decisions(registration_id=third, outcome="resumed")
    assert [(one.actor, one.reason) for one in back] == [("person", "by_person")]


@pytest.mark.usefixtures("kept")
def test_a_party_is_set_aside_whole_and_no_seats_wait_for_it(house: House) -> None:
    event = house.event(capacity=3)
    seated = line_of(house, event, 3)
    party = house.register_party(event, 3)
    behind = house.register(event).registration_id
    house.cancel(seated[0])
    assert house.state(behind) == "waitlisted"
    house.set_aside(party[1])
    assert [house.registration(one).set_aside for one in party] == [True, True, True]
    assert house.state(behind) == "confirmed"
    house.resume(party[2], ORGANISER, "found them")
    for one in (*seated[1:], behind):
        house.cancel(one)
    assert [house.state(one) for one in party] == ["confirmed"] * 3


@pytest.mark.usefixtures("kept")
def test_whoever_waits_for_a_series_waits_on_while_set_aside_in_one_module(house: House) -> None:
    events = a_series(house, {"capacity": 0}, {"capacity": 0})
    enrolled = enrol_in_house(house, an_enrolment(house, modules=events, mode="whole"))
    assert isinstance(enrolled, Enrolled)
    one, other = (module.registration_id for module in enrolled.modules)
    assert one is not None
    assert other is not None
    house.set_aside(one)
    for event in events:
        house.tell(house.snapshot(event_id=event, series=SERIES, capacity=1))
    house.wait_until(house.clock())
    assert [house.state(each) for each in (one, other)] == ["waitlisted", "waitlisted"]
    house.resume(one)
    house.wait_until(house.clock())
    assert [house.state(each) for each in (one, other)] == ["confirmed", "confirmed"]


@pytest.mark.usefixtures("kept")
def test_an_organiser_gives_a_seat_to_whoever_is_set_aside_all_the_same(house: House) -> None:
    event = house.event(capacity=1)
    seated, waiting = line_of(house, event, 2)
    house.set_aside(waiting)
    house.cancel(seated)
    house.promote(waiting)
    assert (house.state(waiting), house.registration(waiting).set_aside) == ("confirmed", False)


@pytest.mark.usefixtures("kept")
def test_only_who_waits_is_set_aside_and_only_once(house: House) -> None:
    event = house.event(capacity=1)
    seated, waiting = line_of(house, event, 2)
    with pytest.raises(ConflictError, match="transition_refused"):
        house.set_aside(seated)
    with pytest.raises(ConflictError, match="not_set_aside"):
        house.resume(waiting)
    house.set_aside(waiting)
    with pytest.raises(ConflictError, match="set_aside"):
        house.set_aside(waiting)


def test_the_checker_finds_somebody_whom_nobody_has_set_aside(house: House) -> None:
    event = house.event(capacity=1)
    seated, waiting = line_of(house, event, 2)
    with house.database.unit_of_work(house.clock()) as uow:
        uow.session.execute(update(Registration).values(set_aside=True))
        uow.commit()
    assert sorted(findings(house.database, house.clock())) == sorted(
        f"registration {one}: is set aside, which nobody has decided" for one in (seated, waiting)
    )


def test_the_checker_finds_a_party_of_which_only_some_are_set_aside(house: House) -> None:
    event = house.event(capacity=3)
    line_of(house, event, 3)
    party = house.register_party(event, 2)
    house.set_aside(party[0])
    with house.database.unit_of_work(house.clock()) as uow:
        uow.session.execute(update(Registration).where(Registration.id == party[1]).values(set_aside=False))
        uow.commit()
    found = list(findings(house.database, house.clock()))
    assert len(found) == 2
    assert found[0].endswith("is not set aside, which nobody has decided")
    assert found[1].endswith("only some of it are set aside")
