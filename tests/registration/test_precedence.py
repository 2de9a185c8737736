"""Nobody gets ahead of others by correcting themselves; an organiser may put it right for them."""

from typing import Any
from uuid import UUID

import pytest

from services.registration import directory
from services.registration.answer_changes import change_answers
from services.registration.directory import Draft
from services.registration.models import THE_PERSON, Actor
from shared.audit import ENGINE
from shared.errors import InvalidError
from tests.registration.asking import MEAL, a_question
from tests.registration.parts import ORGANISER, House
from tests.rules import a_group, a_pool, a_waitlist

SPEAKS = a_question("speaks", "yes_no", shown_if={"question": "meal", "answers": ["vegan"]})
"""Asked of vegans alone, so that their meal decides about it."""
SPEAKERS = {"question": "speaks", "answers": ["yes"]}
BY_MEMBERSHIP, BY_ANSWER = a_group(), a_group("question", **SPEAKERS)
SPEAKER, VEGAN, GUEST = {"meal": "vegan", "speaks": "yes"}, {"meal": "vegan", "speaks": "no"}, {"meal": "all"}


@pytest.fixture
def house(house: House) -> House:
    with house.database.unit_of_work(house.clock()) as uow:
        directory.add(uow, Draft("Pont", member=True), ENGINE)
        uow.commit()
    return house


def change(house: House, registration_id: UUID, by: Actor, values: dict[str, str]) -> None:
    """Change the organisation, or answers."""
    if "organisation" in values:
        house.correct(registration_id, by, **values)
        return
    with house.database.unit_of_work(house.clock()) as uow:
        change_answers(uow, registration_id, values, by)
        uow.commit()


def by_class(house: House, **changes: Any) -> UUID:
    """An event with a line, in which members come first, and then speakers."""
    classes = a_waitlist(priority_classes=[BY_MEMBERSHIP, BY_ANSWER])
    return house.event(**{"capacity": 0, "questions": [MEAL, SPEAKS], "waitlist": classes, **changes})


AHEAD = [
    ({"answers": VEGAN}, {"speaks": "yes"}, ["answers.speaks"]),
    ({"answers": GUEST}, SPEAKER, ["answers.meal", "answers.speaks"]),
    ({"answers": GUEST, "organisation": "Pond"}, {"organisation": "Pont"}, ["organisation"]),
]
"""What somebody was registered with, what they would change, and the fields at which it is refused."""
BEHIND = [
    ({"answers": SPEAKER}, {"speaks": "no"}),
    ({"answers": SPEAKER}, {"meal": "all"}),
    ({"answers": GUEST, "organisation": "Pont"}, {"organisation": "Pond"}),
]
LEVEL = [
    ({"answers": GUEST}, {"meal": "vegan"}),
    ({"answers": SPEAKER, "organisation": "Pont"}, {"speaks": "no"}),
    ({"answers": GUEST, "organisation": "Pond"}, {"organisation": "Pound"}),
]


@pytest.mark.parametrize(("registered", "values", "fields"), AHEAD)
def test_whoever_waits_does_not_get_ahead_by_a_correction(
    house: House, registered: dict[str, Any], values: dict[str, str], fields: list[str]
) -> None:
    event = by_class(house)
    house.register(event, answers=GUEST)
    waiting = house.register(event, **registered).registration_id
    before = house.registration(waiting)
    with pytest.raises(InvalidError, match="gets_ahead") as refused:
        change(house, waiting, THE_PERSON, values)
    assert list(refused.value.errors) == fields
    after = house.registration(waiting)
    assert (after.priority, after.organisation, after.version) == (before.priority, before.organisation, before.version)


@pytest.mark.parametrize(("registered", "values", "fields"), AHEAD)
def test_an_organiser_puts_somebody_where_the_corrected_details_belong(
    house: House, registered: dict[str, Any], values: dict[str, str], fields: list[str]
) -> None:
    del fields
    event = by_class(house)
    house.register(event, answers=GUEST)
    waiting = house.register(event, **registered).registration_id
    change(house, waiting, ORGANISER, values)
    [regrouped] = house.decisions(outcome="regrouped")
    assert regrouped.registration_id == waiting
    assert regrouped.inputs["priority"] < regrouped.inputs["priority_before"]


@pytest.mark.parametrize(("registered", "values"), BEHIND)
def test_whoever_falls_behind_by_a_correction_does_so_at_once(
    house: House, registered: dict[str, Any], values: dict[str, str]
) -> None:
    waiting = house.register(by_class(house), **registered).registration_id
    change(house, waiting, THE_PERSON, values)
    [regrouped] = house.decisions(outcome="regrouped")
    assert regrouped.inputs["priority"] > regrouped.inputs["priority_before"]


@pytest.mark.parametrize(("registered", "values"), LEVEL)
def test_what_leaves_the_class_as_it_is_can_be_corrected(
    house: House, registered: dict[str, Any], values: dict[str, str]
) -> None:
    waiting = house.register(by_class(house), **registered).registration_id
    change(house, waiting, THE_PERSON, values)
    assert house.decisions(outcome="regrouped") == []
    assert len(house.decisions(outcome="corrected")) == 1


@pytest.mark.parametrize(("registered", "values", "fields"), AHEAD)
def test_whoever_has_a_seat_corrects_freely_where_only_the_line_has_classes(
    house: House, registered: dict[str, Any], values: dict[str, str], fields: list[str]
) -> None:
    del fields
    seated = house.register(by_class(house, capacity=1), **registered).registration_id
    change(house, seated, THE_PERSON, values)
    assert house.state(seated) == "confirmed"


@pytest.mark.parametrize("capacity", [1, 2])
@pytest.mark.parametrize(
    ("pool", "values"), [(a_pool(1), {"organisation": "Pont"}), (a_pool(1, "question") | SPEAKERS, SPEAKER)]
)
def test_nobody_takes_a_reserved_seat_by_a_correction(
    house: House, pool: dict[str, Any], values: dict[str, str], capacity: int
) -> None:
    waitlist = a_waitlist(pools=[pool])
    event = house.event(capacity=capacity, questions=[MEAL, SPEAKS], waitlist=waitlist)
    registration_id = house.register(event, answers=GUEST).registration_id
    state = house.state(registration_id)
    with pytest.raises(InvalidError, match="gets_ahead"):
        change(house, registration_id, THE_PERSON, values)
    assert (house.state(registration_id), house.registration(registration_id).pool) == (state, None)
    change(house, registration_id, ORGANISER, values)
    assert (house.state(registration_id), house.registration(registration_id).pool) == ("confirmed", 0)


def test_nobody_who_waits_leaves_their_full_organisation_for_another(house: House) -> None:
    event = house.event(capacity=2, max_per_organisation=1)
    house.register(event, organisation="A")
    waiting = house.register(event, organisation="A").registration_id
    for elsewhere in ("B", ""):
        with pytest.raises(InvalidError, match="gets_ahead"):
            change(house, waiting, THE_PERSON, {"organisation": elsewhere})
    change(house, waiting, THE_PERSON, {"organisation": "a"})
    assert house.state(waiting) == "waitlisted"
