"""Registering: seats, the waitlist, repeats and refusals, over both databases."""

from datetime import timedelta

import pytest

from services.registration.booking import Registered, book, registered_with
from services.registration.consistency import findings
from services.registration.models import Person
from shared.database import new_id
from shared.errors import ConflictError, InvalidError, NotFoundError, ReiheError
from tests.registration.parts import House
from tests.rules import a_waitlist


def test_seats_are_given_until_none_is_left_and_then_people_wait_in_order(house: House) -> None:
    event = house.event(capacity=2)
    outcomes = [house.register(event) for _ in range(4)]
    assert [o.state for o in outcomes] == ["confirmed", "confirmed", "waitlisted", "waitlisted"]
    assert [o.position for o in outcomes] == [None, None, 1, 2]
    assert house.states(event) == ["confirmed", "confirmed", "waitlisted", "waitlisted"]
    seats = house.seats(event)
    assert (seats.confirmed, seats.waiting, seats.next_seq) == (2, 2, 5)


def test_what_was_sent_is_kept_and_told(house: House) -> None:
    event = house.event()
    registered = house.register(event, "Zoë Ünlü", organisation="Verein für Bildung e. V.", locale="en")
    kept = house.registration(registered.registration_id)
    assert (kept.first_name, kept.last_name, kept.organisation) == ("Zoë", "Ünlü", "Verein für Bildung e. V.")
    assert kept.organisation_key == "verein fur bildung"
    (told,) = house.messages("registration.confirmed.v1")
    assert told.version == kept.version == 1
    assert told.aggregate_id == kept.id
    assert told.body["email"] == "zoë.ünlü@example.org"
    assert told.body["locale"] == "en"
    assert (told.body["previous_state"], told.body["actor"], told.body["reason"]) == (None, "person", "seat_free")


def test_whoever_waits_is_told_their_position(house: House) -> None:
    event = house.event(capacity=0)
    house.register(event)
    house.register(event)
    assert [row.body["position"] for row in house.messages("registration.waitlisted.v1")] == [1, 2]


def test_each_registration_has_a_decision_that_says_why(house: House) -> None:
    event = house.event(capacity=1)
    first, second = house.register(event), house.register(event)
    decisions = house.decisions(event_id=event)
    assert [(d.registration_id, d.outcome, d.reason) for d in decisions] == [
        (first.registration_id, "confirmed", "seat_free"),
        (second.registration_id, "waitlisted", "event_full"),
    ]
    assert decisions[1].inputs["taken"] == 1
    assert decisions[1].rule_version == 1
    assert [d.actor for d in decisions] == ["person", "person"]


def test_the_seats_are_told_once_per_transaction(house: House) -> None:
    event = house.event(capacity=2)
    wishes = [house.wish() for _ in range(3)]
    with house.database.unit_of_work(house.clock()) as uow:
        book(uow, event, wishes)
        uow.commit()
    told = house.messages("seats.changed.v1")
    assert [(t.body["capacity"], t.body["confirmed"], t.body["waiting"]) for t in told] == [(2, 0, 0), (2, 2, 1)]
    assert [t.version for t in told] == [1, 2]


def test_an_unknown_event_is_refused(house: House) -> None:
    with pytest.raises(NotFoundError, match="event_not_found"):
        house.register(new_id())


def test_before_the_window_opens_nobody_registers(house: House) -> None:
    event = house.event(registration_opens_at=house.clock() + timedelta(hours=1))
    with pytest.raises(ConflictError, match="not_open_yet"):
        house.register(event)
    house.clock.turn(hours=1)
    assert house.register(event).state == "confirmed"


def test_registration_closes_with_the_first_session_unless_the_event_says_otherwise(house: House) -> None:
    event = house.event()
    house.clock.turn(days=30)
    with pytest.raises(ConflictError, match="closed"):
        house.register(event)
    start = house.clock() + timedelta(days=3)
    earlier = house.event(registration_closes_at=house.clock(), sessions=[house.session(start)])
    with pytest.raises(ConflictError, match="closed"):
        house.register(earlier)


def test_a_full_event_without_a_waitlist_refuses(house: House) -> None:
    event = house.event(capacity=1, waitlist=a_waitlist(enabled=False))
    house.register(event)
    with pytest.raises(ConflictError, match="event_full"):
        house.register(event)
    assert house.states(event) == ["confirmed"]
    assert len(house.decisions(event_id=event)) == 1


def test_a_cancelled_event_takes_nobody(house: House) -> None:
    snapshot = house.snapshot()
    event = house.tell(snapshot)
    house.tell(snapshot, cancelled=True)
    with pytest.raises(ConflictError, match="event_cancelled"):
        house.register(event)


def test_an_organisation_has_at_most_its_seats_however_it_is_spelt(house: House) -> None:
    event = house.event(capacity=5, max_per_organisation=1)
    spellings = ("Verein für Bildung", "  VEREIN  FÜR   BILDUNG ", "verein fur bildung")
    assert [house.register(event, organisation=o).state for o in spellings] == ["confirmed", "waitlisted", "waitlisted"]
    assert house.register(event, organisation="Andere").state == "confirmed"
    assert [house.register(event).state for _ in range(2)] == ["confirmed", "confirmed"]


def test_the_same_address_twice_is_refused_and_the_link_goes_by_mail(house: House) -> None:
    event = house.event()
    house.register(event, "Ana Novak")
    with pytest.raises(ConflictError, match="already_registered"):
        house.register(event, "Somebody Else", email="ana.novak@example.org")
    assert house.states(event) == ["confirmed"]
    (told,) = house.messages("link.requested.v1")
    assert told.body["email"] == "ana.novak@example.org"
    assert told.body["name"] == "Ana Novak"
    assert [(e["event_id"], e["state"]) for e in told.body["events"]] == [(str(event), "confirmed")]


def test_an_address_may_be_registered_again_after_it_was_cancelled(house: House) -> None:
    event = house.event()
    first = house.register(event, "Ana Novak")
    house.cancel(first.registration_id)
    second = house.register(event, "Ana Novak")
    assert second.registration_id != first.registration_id
    assert house.registration(second.registration_id).seq == 2
    assert house.states(event) == ["cancelled", "confirmed"]


def test_one_address_is_one_person_at_all_events(house: House) -> None:
    ids = [house.register(house.event(), "Ana Novak").registration_id for _ in range(2)]
    assert len({house.registration(i).person_id for i in ids}) == 1
    with house.database.read() as session:
        assert session.query(Person).count() == 1


def test_the_same_request_again_gets_the_same_registration(house: House) -> None:
    event = house.event(capacity=0)
    house.register(event)
    first = house.register(event, "Ana Novak", idempotency_key="k-1", body_digest="d")
    again = house.register(event, "Ana Novak", idempotency_key="k-1", body_digest="d")
    assert again == Registered(first.registration_id, event, first.state, 2, repeated=True)
    assert len(house.states(event)) == 2
    assert house.messages("link.requested.v1") == []


def test_the_same_key_with_another_body_is_refused(house: House) -> None:
    event = house.event()
    first = house.register(event, "Ana Novak", idempotency_key="k-1", body_digest="d")
    with pytest.raises(InvalidError, match="idempotency_key_reused"):
        house.register(event, "Bo Berg", idempotency_key="k-1", body_digest="other")
    with house.database.read() as session:
        found = registered_with(session, event, "k-1")
    assert found is not None
    assert found.id == first.registration_id


def test_a_key_belongs_to_one_event(house: House) -> None:
    made = [house.register(house.event(), idempotency_key="k-1", body_digest="d") for _ in range(2)]
    assert len({registered.registration_id for registered in made}) == 2


def test_a_wish_whose_commit_was_lost_from_sight_is_recognised_by_its_id(house: House) -> None:
    event = house.event()
    wish = house.wish("Ana Novak")
    first = house.lay_down(event, wish)
    again = house.lay_down(event, wish)
    assert (again.registration_id, again.repeated) == (first.registration_id, True)


def test_many_wishes_are_answered_in_one_transaction_each_for_itself(house: House) -> None:
    event = house.event(capacity=1, max_per_organisation=1)
    house.register(event, "Al Ready")
    key = {"idempotency_key": "k-1", "body_digest": "d"}
    ana = house.wish("Ana Novak", **key)
    wishes = [
        ana,
        house.wish("Ana Novak", **key),
        house.wish("Bo Berg", **{**key, "body_digest": "other"}),
        house.wish("Ana Novak"),
        house.wish("Al Ready"),
        house.wish("Cy Cole"),
    ]
    with house.database.unit_of_work(house.clock()) as uow:
        outcomes = book(uow, event, wishes)
        uow.commit()
    said = [o.code if isinstance(o, ReiheError) else (o.state, o.position, o.repeated) for o in outcomes]
    assert said == [
        ("waitlisted", 1, False),
        ("waitlisted", 1, True),
        "idempotency_key_reused",
        "already_registered",
        "already_registered",
        ("waitlisted", 2, False),
    ]
    assert house.states(event) == ["confirmed", "waitlisted", "waitlisted"]
    assert list(findings(house.database, house.clock())) == []


def test_what_is_told_of_a_wish_goes_back_to_the_request_that_brought_it(house: House) -> None:
    event = house.event(capacity=5)
    wishes = [house.wish(request_id=f"request-{number}") for number in range(2)]
    with house.database.unit_of_work(house.clock()) as uow:
        book(uow, event, wishes)
        uow.commit()
    told = house.messages("registration.confirmed.v1")
    assert [(row.aggregate_id, row.request_id) for row in told] == [(w.registration_id, w.request_id) for w in wishes]


def test_a_refused_wish_leaves_nothing_behind(house: House) -> None:
    event = house.event(registration_closes_at=house.clock())
    with pytest.raises(ConflictError):
        house.register(event, "Ana Novak")
    with house.database.read() as session:
        assert session.query(Person).count() == 0
    assert house.decisions() == []
    assert len(house.messages()) == 1
