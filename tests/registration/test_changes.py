"""Cancelling, correcting, choosing a language."""

from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event

from services.registration import changes
from services.registration.models import Person
from shared.database import new_id
from shared.errors import ConflictError, NotFoundError
from tests.registration.parts import ORGANISER, House


def test_a_place_is_cancelled_once(house: House) -> None:
    event = house.event()
    registration = house.register(event).registration_id
    house.cancel(registration)
    with pytest.raises(ConflictError, match="transition_refused"):
        house.cancel(registration)
    assert house.seats(event).confirmed == 0
    assert len(house.messages("registration.cancelled.v1")) == 1


def test_an_unknown_registration_cannot_be_cancelled(house: House) -> None:
    with pytest.raises(NotFoundError, match="registration_not_found"):
        house.cancel(new_id())


def test_an_organisers_reason_stays_in_the_log_and_is_not_told(house: House) -> None:
    registration = house.register(house.event()).registration_id
    house.cancel(registration, ORGANISER, "rang us up")
    decision = house.decisions(outcome="cancelled")[0]
    assert (decision.note, decision.actor, decision.account_id) == ("rang us up", "organiser", ORGANISER.account_id)
    (told,) = house.messages("registration.cancelled.v1")
    assert (told.body["actor"], told.body["reason"]) == ("organiser", "by_organiser")


def test_when_the_event_is_over_only_an_organiser_can_cancel(house: House) -> None:
    registration = house.register(house.event()).registration_id
    house.clock.turn(days=31)
    with pytest.raises(ConflictError, match="event_over"):
        house.cancel(registration)
    house.cancel(registration, ORGANISER, "wrong person")
    assert house.state(registration) == "cancelled"


def test_a_correction_keeps_the_place_in_line_and_is_told(house: House) -> None:
    event = house.event(capacity=0)
    first = house.register(event, "Ana Nowak").registration_id
    house.register(event)
    house.correct(first, last_name="Novák", organisation="Verein")
    corrected = house.registration(first)
    assert (corrected.name, corrected.organisation_key, corrected.seq) == ("Ana Novák", "verein", 1)
    assert "novak ana" in corrected.search_key
    (told,) = house.messages("registration.changed.v1")
    assert (told.version, told.body["last_name"], told.body["position"]) == (2, "Novák", 1)
    assert house.decisions(outcome="corrected")[0].inputs == {"fields": ["last_name", "organisation"]}


def test_a_correction_that_changes_nothing_is_not_told(house: House) -> None:
    event = house.event()
    registration = house.register(event, "Ana Novak").registration_id
    house.correct(registration, first_name="Ana", last_name="Novak")
    assert house.registration(registration).version == 1
    assert house.messages("registration.changed.v1") == []


def test_what_has_ended_is_not_corrected(house: House) -> None:
    registration = house.register(house.event()).registration_id
    house.cancel(registration)
    with pytest.raises(ConflictError, match="registration_ended"):
        house.correct(registration, first_name="Other")


def test_a_seat_does_not_move_to_an_organisation_that_has_all_of_its_own(house: House) -> None:
    event = house.event(capacity=3, max_per_organisation=1)
    house.register(event, organisation="A")
    loner = house.register(event).registration_id
    with pytest.raises(ConflictError, match="organisation_full"):
        house.correct(loner, organisation="a")
    assert house.registration(loner).organisation == ""
    house.correct(loner, organisation="B")
    assert house.registration(loner).organisation == "B"


def test_another_spelling_of_ones_own_organisation_is_always_possible(house: House) -> None:
    event = house.event(capacity=1, max_per_organisation=1)
    registration = house.register(event, organisation="Verein a").registration_id
    house.correct(registration, organisation="Verein A")
    assert house.registration(registration).organisation == "Verein A"


def test_a_corrected_organisation_frees_its_quota_for_the_next_in_line(house: House) -> None:
    event = house.event(capacity=2, max_per_organisation=1)
    first = house.register(event, organisation="A").registration_id
    waiting = house.register(event, organisation="A").registration_id
    house.correct(first, ORGANISER, organisation="B")
    assert house.state(waiting) == "confirmed"


def test_somebody_who_waits_moves_up_when_an_organiser_mends_their_organisation(house: House) -> None:
    event = house.event(capacity=2, max_per_organisation=1)
    house.register(event, organisation="A")
    waiting = house.register(event, organisation="A").registration_id
    house.correct(waiting, ORGANISER, organisation="B")
    assert house.state(waiting) == "confirmed"


def test_after_the_event_was_cancelled_names_can_be_corrected_but_no_seat_moves(house: House) -> None:
    snapshot = house.snapshot(capacity=2, max_per_organisation=1)
    event = house.tell(snapshot)
    first = house.register(event, organisation="A").registration_id
    waiting = house.register(event, organisation="A").registration_id
    house.tell(snapshot, cancelled=True)
    house.correct(first, first_name="Persona")
    with pytest.raises(ConflictError, match="event_cancelled"):
        house.correct(waiting, organisation="B")
    assert house.state(waiting) == "waitlisted"


def test_a_chosen_language_holds_for_the_person_and_all_live_registrations(house: House) -> None:
    ended = house.register(house.event(), "Ana Novak").registration_id
    house.cancel(ended)
    live = [house.register(house.event(capacity=c), "Ana Novak").registration_id for c in (1, 0)]
    with house.database.unit_of_work(house.clock()) as uow:
        person = uow.session.get_one(Person, house.registration(ended).person_id)
        changes.choose_language(uow, person, "en")
        uow.commit()
    assert [house.registration(r).locale for r in (ended, *live)] == ["de", "en", "en"]
    told = house.messages("registration.changed.v1")
    assert {(t.aggregate_id, t.body["locale"]) for t in told} == {(r, "en") for r in live}
    with house.database.read() as session:
        assert session.get_one(Person, person.id).locale == "en"


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_registration_that_ends_while_the_language_is_chosen_is_left_as_it_is(house: House) -> None:
    """On SQLite nothing can end meanwhile: the transaction itself is the lock."""
    ending, live = (house.register(house.event(), "Ana Novak").registration_id for _ in range(2))
    person_id = house.registration(live).person_id
    looked: list[str] = []

    def cancel_after_the_look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "NOT IN" in statement and not looked:
            looked.append(statement)
            house.cancel(ending, ORGANISER)

    with house.database.unit_of_work(house.clock()) as uow:
        person = uow.session.get_one(Person, person_id)
        sqlalchemy_event.listen(house.database.engine, "after_cursor_execute", cancel_after_the_look)
        try:
            changes.choose_language(uow, person, "en")
        finally:
            sqlalchemy_event.remove(house.database.engine, "after_cursor_execute", cancel_after_the_look)
        uow.commit()
    assert looked
    assert house.state(ending) == "cancelled"
    assert [house.registration(r).locale for r in (ending, live)] == ["de", "en"]
