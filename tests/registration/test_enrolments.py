"""Registering for several modules of a series in one go: each stands alone, one message tells of all."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from services.registration.answers import answers_of
from services.registration.consistency import findings
from shared.database import new_id
from tests.registration.asking import a_question
from tests.registration.front import Front
from tests.registration.series import SERIES, a_series, enrol, states


def test_each_module_has_a_registration_with_a_state_of_its_own(front_of_both: Front) -> None:
    house = front_of_both.house
    first, second, third = a_series(house, {"capacity": 1}, {"capacity": 1}, {"registration_closes_at": house.clock()})
    house.register(second)
    answer = enrol(front_of_both, "Ada Muster", modules=[str(first), str(second), str(third)])
    assert states(answer) == ["confirmed", "waitlisted", "closed"]
    assert [one["position"] for one in answer.get_json()["modules"]] == [None, 1, None]
    assert list(findings(house.database, house.clock())) == []


def test_one_message_tells_of_all_modules_and_theirs_say_that_it_does(front_of_both: Front) -> None:
    house = front_of_both.house
    a_series(house, {}, {})
    made = enrol(front_of_both, "Ada Muster").get_json()
    (told,) = house.messages("enrolment.changed.v1")
    assert (told.aggregate_id, told.version, told.body["change"]) == (UUID(made["id"]), 1, "enrolled")
    assert (told.body["series"]["slug"], told.body["email"]) == (SERIES["slug"], "ada.muster@example.org")
    assert told.body["modules"] == made["modules"]
    confirmed = house.messages("registration.confirmed.v1")
    assert [(one.body["enrolment_id"], one.body["summarised"]) for one in confirmed] == [(made["id"], True)] * 2


def test_a_later_change_of_one_module_is_told_for_itself(front_of_both: Front) -> None:
    house = front_of_both.house
    (event,) = a_series(house, {"capacity": 1})
    seated = house.register(event)
    enrol(front_of_both, "Ada Muster")
    house.cancel(seated.registration_id)
    told = house.messages("registration.confirmed.v1")[-1]
    assert (told.body["previous_state"], told.body["summarised"]) == ("waitlisted", False)
    assert len(house.messages("enrolment.changed.v1")) == 1


def test_all_means_whatever_can_still_be_registered_for(front_of_both: Front) -> None:
    house = front_of_both.house
    open_one, closed, cancelled = a_series(house, {}, {"registration_closes_at": house.clock()}, {})
    house.tell(house.snapshot(event_id=cancelled, series=SERIES), cancelled=True)
    answer = enrol(front_of_both, "Ada Muster").get_json()
    assert [one["event_id"] for one in answer["modules"]] == [str(open_one)]
    assert str(closed) not in str(answer)


def test_the_same_key_gives_the_same_enrolment_and_another_body_with_it_is_refused(front_of_both: Front) -> None:
    a_series(front_of_both.house, {}, {"capacity": 0})
    first = enrol(front_of_both, "Ada Muster", key="k1")
    again = enrol(front_of_both, "Ada Muster", key="k1")
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    other = enrol(front_of_both, "Bo Muster", key="k1")
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    assert len(front_of_both.house.messages("enrolment.changed.v1")) == 1


def test_the_result_is_told_again_also_when_registration_has_closed(front_of_both: Front) -> None:
    house = front_of_both.house
    a_series(house, {"registration_closes_at": house.clock() + timedelta(hours=1)})
    first = enrol(front_of_both, "Ada Muster", key="k1")
    house.clock.moment += timedelta(hours=2)
    assert enrol(front_of_both, "Ada Muster", key="k1").get_json() == first.get_json()
    late = enrol(front_of_both, "Bo Muster")
    assert (late.status_code, late.get_json()["code"]) == (409, "closed")


def test_whoever_is_registered_for_a_module_is_refused_there_alone(front_of_both: Front) -> None:
    first, _second = a_series(front_of_both.house, {}, {})
    front_of_both.register(first, "Ada Muster")
    assert states(enrol(front_of_both, "Ada Muster")) == ["already_registered", "confirmed"]


def test_if_no_module_accepts_anybody_the_error_says_so_and_the_link_still_goes(front_of_both: Front) -> None:
    house = front_of_both.house
    event, full = a_series(house, {}, {"capacity": 0, "waitlist": {**house.snapshot()["waitlist"], "enabled": False}})
    front_of_both.register(event, "Ada Muster")
    again = enrol(front_of_both, "Ada Muster", modules=[str(event)])
    assert (again.status_code, again.get_json()["code"]) == (409, "already_registered")
    assert len(house.messages("link.requested.v1")) == 1
    both = enrol(front_of_both, "Ada Muster", modules=[str(event), str(full)])
    assert (both.status_code, both.get_json()["code"]) == (409, "no_module_accepted")
    assert not house.messages("enrolment.changed.v1")


def test_an_event_of_another_series_is_no_module(front_of_both: Front) -> None:
    a_series(front_of_both.house, {})
    other = front_of_both.house.event()
    answer = enrol(front_of_both, "Ada Muster", modules=[str(other)])
    assert answer.status_code == 422
    assert str(other) in answer.get_json()["errors"]["modules"][0]


def test_a_series_without_a_published_event_is_not_known(front_of_both: Front) -> None:
    answer = enrol(front_of_both, "Ada Muster")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "series_not_found")


def test_an_answer_is_given_once_and_goes_to_the_modules_that_ask_for_it(front_of_both: Front) -> None:
    house = front_of_both.house
    role, meal = a_question("role", required=True), a_question("meal")
    a_series(house, {"questions": [role]}, {"questions": [role, meal], "needs": ["wheelchair"]}, {})
    missing = enrol(front_of_both, "Ada Muster")
    assert (missing.status_code, list(missing.get_json()["errors"])) == (422, ["answers.role"])
    unasked = enrol(front_of_both, "Ada Muster", answers={"role": "a", "shoes": "44"}, needs={"childcare": [3]})
    assert sorted(unasked.get_json()["errors"]) == ["answers.shoes", "needs.childcare"]
    sent = enrol(front_of_both, "Ada Muster", answers={"role": "chair", "meal": "soup"}, needs={"wheelchair": True})
    ids = [UUID(one["registration_id"]) for one in sent.get_json()["modules"]]
    assert answers_kept(front_of_both, ids) == [{"role": "chair"}, {"role": "chair", "meal": "soup"}, {}]


def answers_kept(front: Front, ids: list[UUID]) -> list[dict[str, Any]]:
    with front.core.database.read() as session:
        found = answers_of(session, ids)
    return [found[one] for one in ids]


def test_the_person_sees_what_belongs_together_and_cancels_all_that_is_left(front_of_both: Front) -> None:
    house = front_of_both.house
    events = a_series(house, {"capacity": 1}, {}, {})
    made = enrol(front_of_both, "Ada Muster").get_json()
    waiting = house.register(events[0])
    own = [UUID(one["registration_id"]) for one in made["modules"]]
    token = front_of_both.token_of(own[0])
    listed = front_of_both.get(f"/my/{token}").get_json()["registrations"]
    assert {one["enrolment_id"] for one in listed} == {made["id"]}
    house.cancel(own[1])
    answer = cancel(front_of_both, token, made["id"])
    assert states(answer, 200) == ["cancelled"] * 3
    assert house.state(waiting.registration_id) == "confirmed"
    told = house.messages("enrolment.changed.v1")[-1]
    assert (told.version, told.body["change"]) == (2, "cancelled")
    assert [one.body["summarised"] for one in house.messages("registration.cancelled.v1")] == [False, True, True]
    assert list(findings(house.database, house.clock())) == []
    again = cancel(front_of_both, token, made["id"])
    assert (again.status_code, again.get_json()["code"]) == (409, "enrolment_ended")


def test_cancelling_all_leaves_alone_what_is_over_or_frozen(front_of_both: Front) -> None:
    house = front_of_both.house
    soon = [house.session(house.clock() + timedelta(hours=1))]
    _over, frozen, _later = a_series(house, {"sessions": soon}, {}, {})
    made = enrol(front_of_both, "Ada Muster").get_json()
    token = front_of_both.token_of(UUID(made["modules"][0]["registration_id"]))
    house.tell(house.snapshot(event_id=frozen, series=SERIES), cancelled=True)
    house.clock.moment += timedelta(days=1)
    assert states(cancel(front_of_both, token, made["id"]), 200) == ["confirmed", "confirmed", "cancelled"]


def test_nobody_cancels_the_enrolment_of_somebody_else(front_of_both: Front) -> None:
    a_series(front_of_both.house, {})
    alices = enrol(front_of_both, "Alice Muster").get_json()
    bobs = enrol(front_of_both, "Bob Muster").get_json()
    token = front_of_both.token_of(UUID(bobs["modules"][0]["registration_id"]))
    for stranger in (alices["id"], str(new_id())):
        answer = cancel(front_of_both, token, stranger)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "enrolment_not_found")


def cancel(front: Front, token: str, enrolment_id: str) -> TestResponse:
    return front.post(f"/my/{token}/enrolments/{enrolment_id}/cancel")


@pytest.mark.parametrize("modules", [[], "some", ["x"], None, 3, [str(new_id())] * 101])
def test_modules_are_ids_or_all(front: Front, modules: Any) -> None:
    a_series(front.house, {})
    answer = enrol(front, "Ada Muster", modules=modules)
    assert answer.status_code == 422
    assert any(name.startswith("modules") for name in answer.get_json()["errors"])


def test_the_whole_is_had_at_once_or_waited_for(front_of_both: Front) -> None:
    house = front_of_both.house
    first, _second = a_series(house, {"capacity": 2}, {"capacity": 1})
    assert states(enrol(front_of_both, "Ada Muster", mode="whole")) == ["confirmed", "confirmed"]
    waiting = enrol(front_of_both, "Bo Muster", mode="whole", fallback_modules=[str(first)])
    assert states(waiting) == ["confirmed", "waitlisted"]
    assert [one["waits_for_series"] for one in waiting.get_json()["modules"]] == [False, True]
    assert waiting.get_json()["mode"] == "whole"


def test_whoever_is_registered_for_a_part_of_the_whole_gets_their_link_and_nothing_else(front_of_both: Front) -> None:
    house = front_of_both.house
    first, second = a_series(house, {}, {})
    front_of_both.register(first, "Ada Muster")
    refused = enrol(front_of_both, "Ada Muster", mode="whole")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "already_registered")
    assert len(house.messages("link.requested.v1")) == 1
    assert house.states(second) == []


def test_fallback_modules_go_only_with_the_whole(front_of_both: Front) -> None:
    (first,) = a_series(front_of_both.house, {})
    answer = enrol(front_of_both, "Ada Muster", fallback_modules=[str(first)])
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["fallback_modules"]
