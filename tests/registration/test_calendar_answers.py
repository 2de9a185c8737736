"""What people's calendars answered stands beside their registration, and may be the end of it."""

from uuid import UUID

import pytest

from services.registration import changes
from services.registration.booking import Registered
from services.registration.calendar_answers import DIFFERENT, calendar_answers_of, count_answers, overall
from services.registration.handlers import invitation_answered, place_declined
from services.registration.models import THE_PERSON
from shared.database import new_id
from shared.messaging.inbox import Received
from tests.registration.parts import House


def answered(
    house: House, registration: Registered, session_id: UUID, answer: str | None, invitation_id: UUID | None = None
) -> UUID:
    """Notifications tells what a calendar answered; the invitation's id."""
    invitation_id = invitation_id or new_id()
    body = {
        "invitation_id": invitation_id,
        "registration_id": registration.registration_id,
        "event_id": registration.event_id,
        "session_id": session_id,
        "answer": answer,
        "answered_at": house.clock(),
    }
    with house.database.unit_of_work(house.clock()) as uow:
        invitation_answered(uow, Received(new_id(), "", invitation_id, 1, house.clock(), body))
        uow.commit()
    return invitation_id


def declined(house: House, registration: Registered) -> None:
    body = {
        "registration_id": registration.registration_id,
        "event_id": registration.event_id,
        "declined_at": house.clock(),
    }
    with house.database.unit_of_work(house.clock()) as uow:
        place_declined(uow, Received(new_id(), "", registration.registration_id, 0, house.clock(), body))
        uow.commit()


def answers(house: House, registration: Registered) -> dict[UUID, str]:
    with house.database.read() as session:
        return dict(calendar_answers_of(session, [registration.registration_id]).get(registration.registration_id, {}))


def test_the_last_answer_holds_until_there_is_none(house: House) -> None:
    ana, session_id = house.register(house.event()), new_id()
    invitation_id = answered(house, ana, session_id, "accepted")
    answered(house, ana, session_id, "declined", invitation_id)
    assert answers(house, ana) == {session_id: "declined"}
    answered(house, ana, session_id, None, invitation_id)
    assert answers(house, ana) == {}


def test_answers_are_counted_for_those_who_have_a_seat(house: House) -> None:
    event_id, session_id = house.event(capacity=2), new_id()
    ana, ben, cem = (house.register(event_id) for _ in range(3))
    for who, answer in ((ana, "accepted"), (ben, "declined"), (cem, "accepted")):
        answered(house, who, session_id, answer)
    with house.database.read() as session:
        assert count_answers(session, session_id) == {"accepted": 1, "declined": 1}


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ([], ""),
        (["accepted"], "accepted"),
        (["declined", "declined"], "declined"),
        (["accepted", "declined"], DIFFERENT),
    ],
)
def test_several_sessions_are_told_in_one_word(said: list[str], word: str) -> None:
    assert overall({new_id(): answer for answer in said}) == word


def test_a_declined_place_goes_to_whoever_waits(house: House) -> None:
    event_id = house.event(capacity=1)
    ana, ben = house.register(event_id), house.register(event_id)
    declined(house, ana)
    assert house.state(ana.registration_id) == "cancelled"
    assert house.state(ben.registration_id) == "confirmed"
    (told,) = house.messages("registration.cancelled.v1")
    assert (told.body["actor"], told.body["reason"]) == ("person", "declined_in_calendar")


def test_who_has_cancelled_already_loses_nothing_more(house: House) -> None:
    event_id = house.event(capacity=1)
    ana = house.register(event_id)
    with house.database.unit_of_work(house.clock()) as uow:
        changes.cancel(uow, ana.registration_id, THE_PERSON)
        uow.commit()
    declined(house, ana)
    assert len(house.messages("registration.cancelled.v1")) == 1


def test_a_decline_that_comes_after_the_event_changes_nothing(house: House) -> None:
    ana = house.register(house.event(capacity=1))
    house.clock.moment = house.clock().replace(year=2040)
    declined(house, ana)
    assert house.state(ana.registration_id) == "confirmed"
