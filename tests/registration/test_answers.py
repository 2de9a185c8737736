"""Answers as they are kept and changed."""

import base64
from typing import Any
from uuid import UUID

import pytest

from services.registration.answer_changes import change_answers
from services.registration.answers import answer_file, answers_of
from services.registration.models import AUDIT, THE_PERSON, Actor
from shared.audit import Wanted, entries_page
from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.testing import TurnableClock
from tests.registration.asking import MEAL, SEATS_AT_TABLE, a_question
from tests.registration.front import Front
from tests.registration.parts import ORGANISER, House
from tests.rules import a_group, a_waitlist

QUESTIONS = [MEAL, SEATS_AT_TABLE, a_question("cv", "file")]
PDF = {"name": "cv.pdf", "content": base64.b64encode(b"%PDF-1.7").decode()}


def kept(house: House, registration_id: UUID) -> dict[str, Any]:
    with house.database.read() as session:
        return answers_of(session, [registration_id])[registration_id]


def change(house: House, registration_id: UUID, by: Actor = THE_PERSON, **raw: Any) -> None:
    with house.database.unit_of_work(house.clock()) as uow:
        change_answers(uow, registration_id, raw, by)
        uow.commit()


def test_answers_are_kept_with_the_registration(house: House) -> None:
    event_id = house.event(questions=QUESTIONS)
    first = house.register(event_id, answers={"meal": "vegan", "table": "4"}).registration_id
    second = house.register(event_id, answers={"meal": "all", "table": "4"}).registration_id
    with house.database.read() as session:
        assert answers_of(session, [first, second]) == {first: {"meal": "vegan", "table": 4}, second: {"meal": "all"}}


def test_a_wish_whose_answers_are_wrong_leaves_nothing_behind(house: House) -> None:
    event_id = house.event(questions=QUESTIONS)
    with pytest.raises(InvalidError) as refused:
        house.register(event_id, answers={"meal": "vegan", "colour": "red"})
    assert sorted(refused.value.errors) == ["answers.colour", "answers.table"]
    assert house.states(event_id) == []
    assert house.decisions() == []


def test_changing_one_answer_leaves_the_others_and_what_is_no_longer_asked_goes(house: House) -> None:
    event_id = house.event(questions=QUESTIONS)
    made = house.register(event_id, answers={"meal": "vegan", "table": "4", "cv": PDF}).registration_id
    file = kept(house, made)["cv"]
    change(house, made, table=5)
    assert kept(house, made) == {"meal": "vegan", "table": 5, "cv": file}
    change(house, made, meal="all")
    assert kept(house, made) == {"meal": "all", "cv": file}
    assert house.decisions(outcome="corrected")[-1].inputs == {"fields": ["answers.meal", "answers.table"]}


def test_a_file_that_is_replaced_is_gone(house: House) -> None:
    event_id = house.event(questions=QUESTIONS)
    made = house.register(event_id, answers={"meal": "all", "cv": PDF}).registration_id
    old = UUID(kept(house, made)["cv"]["file_id"])
    change(house, made, cv={**PDF, "name": "new.pdf"})
    new = UUID(kept(house, made)["cv"]["file_id"])
    with house.database.read() as session:
        assert answer_file(session, made, new).content == b"%PDF-1.7"
        with pytest.raises(NotFoundError):
            answer_file(session, made, old)


def test_answers_to_a_retired_question_stay(house: House) -> None:
    snapshot = house.snapshot(questions=QUESTIONS)
    event_id = house.tell(snapshot)
    made = house.register(event_id, answers={"meal": "vegan", "table": 4}).registration_id
    house.tell({**snapshot, "questions": [{**MEAL, "retired": True}, a_question("new")]})
    change(house, made, new="x")
    assert kept(house, made) == {"meal": "vegan", "table": 4, "new": "x"}
    with pytest.raises(InvalidError):
        change(house, made, meal="all")


def test_a_changed_answer_stands_in_the_audit_log_with_its_question_alone(house: House) -> None:
    made = house.register(house.event(questions=[MEAL]), answers={"meal": "all"}).registration_id
    change(house, made, ORGANISER, meal="vegan")
    with house.database.read() as session:
        [entry] = entries_page(session, AUDIT, Wanted(action="registration.answers_changed")).items
    assert (entry.subject_id, entry.author_id) == (made, ORGANISER.account_id)
    assert entry.changes == {"answers.meal": {"after": "…"}}


def test_an_organiser_may_leave_required_questions_open_and_comes_late(house: House) -> None:
    event_id = house.event(questions=QUESTIONS)
    made = house.register(event_id, answers={"meal": "all"}).registration_id
    house.clock.turn(days=30)
    change(house, made, ORGANISER, meal="vegan")
    assert kept(house, made) == {"meal": "vegan"}
    with pytest.raises(InvalidError) as refused:
        change(house, made, ORGANISER, table="many")
    assert list(refused.value.errors) == ["answers.table"]


def test_nothing_can_be_changed_once_the_event_has_begun(sqlite_house: House, clock: TurnableClock) -> None:
    house = sqlite_house
    made = house.register(house.event(questions=[MEAL]), answers={"meal": "all"}).registration_id
    clock.turn(days=30)
    with pytest.raises(ConflictError, match="event_begun"):
        change(house, made, meal="vegan")


def test_the_api_takes_answers_and_names_the_wrong_ones(front: Front) -> None:
    event_id = front.house.event(questions=QUESTIONS)
    refused = front.register(event_id, "Mina Okafor", answers={"meal": "vegan"})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["answers.table"])
    made = front.register(event_id, "Mina Okafor", answers={"meal": "vegan", "table": 3, "cv": PDF})
    assert made.status_code == 201
    registration_id = UUID(made.get_json()["id"])
    assert kept(front.house, registration_id)["table"] == 3
    path = f"/my/{front.token_of(registration_id)}/registrations/{registration_id}"
    assert front.patch(path, {"answers": {"table": 9}}).status_code == 200
    assert kept(front.house, registration_id)["table"] == 9


def test_no_answer_travels_in_a_message(house: House) -> None:
    event_id = house.event(questions=[a_question("secret")])
    house.register(event_id, answers={"secret": "thing-nobody-hears"})
    assert all("thing-nobody-hears" not in str(row.body) for row in house.messages())


def test_a_class_of_priority_goes_by_the_answer(house: House) -> None:
    vegans = a_group("question", question="meal", answers=["vegan"])
    event_id = house.event(questions=[MEAL], waitlist=a_waitlist(priority_classes=[vegans]))
    for meal, priority in (("vegan", 0), ("all", 1)):
        made = house.register(event_id, answers={"meal": meal}).registration_id
        assert house.registration(made).priority == priority
