"""Correcting a mistyped address: the registration moves to whoever stands behind the right one."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from services.registration import addresses, my
from services.registration.models import Person, Registration
from shared.errors import ConflictError, TooManyError
from tests.registration.parts import House

RIGHT = "ana.novak@example.net"


def correct(house: House, registration_id: UUID, email: str = RIGHT) -> bool:
    with house.database.unit_of_work(house.clock()) as uow:
        is_corrected = addresses.correct_address(uow, registration_id, email)
        uow.commit()
    return is_corrected


def open_page(house: House, registration_id: UUID) -> None:
    """As whoever has the link would."""
    person = house.registration(registration_id).person
    with house.database.read() as session:
        own = my.own_registrations(session, person, house.clock())
    my.note_opening(house.database, house.clock(), person, own)


def test_the_registration_moves_to_the_right_address_and_keeps_its_place(house: House) -> None:
    event = house.event(capacity=0)
    mistyped = house.register(event, "Ana Novak").registration_id
    house.register(event)
    before = house.registration(mistyped)
    assert correct(house, mistyped)
    after = house.registration(mistyped)
    assert (after.email, after.person.email, after.seq, after.state) == (RIGHT, RIGHT, before.seq, "waitlisted")
    assert after.person_id != before.person_id
    assert RIGHT in after.search_key
    (told,) = house.messages("registration.changed.v1")
    assert (told.version, told.body["email"], told.body["person_id"]) == (2, RIGHT, str(after.person_id))
    assert (told.body["reason"], told.body["position"]) == ("address_corrected", 1)
    assert house.decisions(outcome="corrected")[0].inputs == {"fields": ["email"]}


def test_the_page_of_the_wrong_address_no_longer_shows_it(house: House) -> None:
    registration = house.register(house.event(), "Ana Novak").registration_id
    stranger = house.registration(registration).person
    correct(house, registration)
    with house.database.read() as session:
        assert my.own_registrations(session, stranger, house.clock()) == []


def test_somebody_known_by_the_right_address_finds_it_beside_the_others(house: House) -> None:
    other = house.register(house.event(), "Ana Novak", email=RIGHT).registration_id
    mistyped = house.register(house.event(), "Ana Novak").registration_id
    correct(house, mistyped)
    assert house.registration(mistyped).person_id == house.registration(other).person_id


def test_a_stranger_behind_the_wrong_address_keeps_what_is_theirs(house: House) -> None:
    theirs = house.register(house.event(), "Ana Novak").registration_id
    mistyped = house.register(house.event(), "Ana Novak").registration_id
    correct(house, mistyped)
    assert house.registration(theirs).email == "ana.novak@example.org"


def test_an_address_that_is_registered_already_gets_its_link_and_nothing_moves(house: House) -> None:
    event = house.event()
    house.register(event, "Bo Berg", email=RIGHT)
    mistyped = house.register(event, "Ana Novak").registration_id
    assert not correct(house, mistyped)
    assert house.registration(mistyped).email == "ana.novak@example.org"
    (link,) = house.messages("link.requested.v1")
    assert link.body["email"] == RIGHT


def test_who_had_cancelled_with_the_right_address_may_have_it_again(house: House) -> None:
    event = house.event()
    house.cancel(house.register(event, "Ana Novak", email=RIGHT).registration_id)
    assert correct(house, house.register(event, "Ana Novak").registration_id)


def test_once_the_link_was_opened_the_address_is_right(house: House) -> None:
    registration = house.register(house.event(), "Ana Novak").registration_id
    house.clock.turn(minutes=5)
    open_page(house, registration)
    with pytest.raises(ConflictError, match="address_fixed"):
        correct(house, registration)


def test_a_page_that_was_opened_before_says_nothing_of_a_new_registration(house: House) -> None:
    open_page(house, house.register(house.event(), "Ana Novak").registration_id)
    house.clock.turn(days=1)
    assert correct(house, house.register(house.event(), "Ana Novak").registration_id)


def test_the_opening_of_the_page_is_noted_once_for_each_new_registration(house: House) -> None:
    first = house.register(house.event(), "Ana Novak").registration_id
    opened_at = house.clock()
    open_page(house, first)
    house.clock.turn(hours=1)
    open_page(house, first)
    with house.database.read() as session:
        assert session.get_one(Person, house.registration(first).person_id).opened_at == opened_at
    house.register(house.event(), "Ana Novak")
    open_page(house, first)
    with house.database.read() as session:
        assert session.get_one(Person, house.registration(first).person_id).opened_at == house.clock()


def _after_a_day(house: House, _registration: UUID) -> None:
    house.clock.turn(days=1)


def _after_it_ended(house: House, registration: UUID) -> None:
    house.cancel(registration)


@pytest.mark.parametrize("when", [_after_a_day, _after_it_ended])
def test_too_late_is_refused(house: House, when: Callable[[House, UUID], None]) -> None:
    registration = house.register(house.event(), "Ana Novak").registration_id
    when(house, registration)
    with pytest.raises(ConflictError, match="address_fixed"):
        correct(house, registration)


def test_nothing_moves_at_a_cancelled_event(house: House) -> None:
    snapshot = house.snapshot()
    registration = house.register(house.tell(snapshot), "Ana Novak").registration_id
    house.tell(snapshot, cancelled=True)
    with pytest.raises(ConflictError, match="address_fixed"):
        correct(house, registration)


def test_the_same_address_again_changes_nothing(house: House) -> None:
    registration = house.register(house.event(), "Ana Novak").registration_id
    assert correct(house, registration, "ana.novak@example.org")
    assert house.registration(registration).version == 1


def test_nobody_sends_mails_to_one_address_after_another(house: House) -> None:
    registration = house.register(house.event(), "Ana Novak").registration_id
    for number in range(3):
        assert correct(house, registration, f"ana{number}@example.org")
    with pytest.raises(TooManyError):
        correct(house, registration)
    house.clock.turn(minutes=61)
    assert correct(house, registration)


def test_the_day_is_counted_from_when_the_form_was_sent(house: House) -> None:
    registration = house.register(house.event(), "Ana Novak").registration_id
    house.clock.turn(hours=23, minutes=59)
    assert correct(house, registration)
    with house.database.read() as session:
        moved = session.get_one(Registration, registration)
    assert moved.submitted_at == house.clock() - timedelta(hours=23, minutes=59)
