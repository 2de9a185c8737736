"""People whom an organiser adds by hand: over the API and on the page, also beyond the capacity."""

from typing import Any
from uuid import UUID

import pytest

from services.registration.consistency import findings
from shared.messages.registration import ADDED_SILENTLY
from tests.registration.browser import Browser
from tests.registration.front import Front
from tests.rules import a_waitlist

ANA: dict[str, Any] = {"first_name": "Ana", "last_name": "Novak", "email": "ana@example.org", "locale": "de"}
IN_ANY_CASE = {"beyond_capacity": True, "reason": "she gives the keynote"}


def add(front: Front, event_id: UUID, **values: Any) -> Any:
    return front.post(f"/events/{event_id}/people", {**ANA, **values}, by="alice")


def in_order(front: Front) -> bool:
    return list(findings(front.core.database, front.core.clock())) == []


def test_whoever_is_added_gets_a_seat_that_is_free_or_waits_behind_the_others(front: Front) -> None:
    event = front.house.event(capacity=1)
    assert add(front, event).get_json()["state"] == "confirmed"
    front.house.register(event)
    added = add(front, event, email="bo@example.org").get_json()
    assert (added["state"], added["position"]) == ("waitlisted", 2)
    assert in_order(front)


def test_a_seat_beyond_the_capacity_is_logged_with_its_reason_and_holds_up_the_line(front: Front) -> None:
    event = front.house.event(capacity=1)
    seated = front.house.register(event).registration_id
    waiting = front.house.register(event).registration_id
    added = add(front, event, **IN_ANY_CASE)
    assert (added.status_code, added.get_json()["state"]) == (201, "confirmed")
    [decision] = front.house.decisions(registration_id=UUID(added.get_json()["id"]))
    assert (decision.outcome, decision.reason, decision.actor) == ("overbooked", "organiser", "organiser")
    assert decision.note == "she gives the keynote"
    assert (decision.inputs["taken"], decision.inputs["capacity"]) == (1, 1)
    front.house.cancel(seated)
    assert front.house.state(waiting) == "waitlisted"
    front.house.cancel(decision.registration_id)
    assert front.house.state(waiting) == "confirmed"
    assert in_order(front)


def test_a_free_seat_that_is_given_in_any_case_is_no_overbooking(front: Front) -> None:
    event = front.house.event(capacity=1)
    added = add(front, event, **IN_ANY_CASE).get_json()
    [decision] = front.house.decisions(registration_id=UUID(added["id"]))
    assert decision.outcome == "confirmed"


def test_a_seat_in_any_case_needs_a_reason(front: Front) -> None:
    refused = add(front, front.house.event(), beyond_capacity=True)
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == ["reason"]


def test_the_hours_of_registration_do_not_bind_an_organiser_but_the_end_of_the_event_does(front: Front) -> None:
    snapshot = front.house.snapshot(capacity=9)
    event = front.house.tell({**snapshot, "registration_closes_at": front.house.clock()})
    assert add(front, event).status_code == 201
    front.house.clock.turn(days=31)
    late = add(front, event, email="bo@example.org", **IN_ANY_CASE)
    assert (late.status_code, late.get_json()["code"]) == (409, "closed")


def test_nobody_is_asked_to_confirm_an_address_for_which_an_organiser_stands(front: Front) -> None:
    event = front.house.event(capacity=1, confirm_address_minutes=60)
    assert add(front, event).get_json()["state"] == "confirmed"


def test_an_address_is_added_once_and_nobody_is_written_to_about_it(front: Front) -> None:
    event = front.house.event(capacity=9)
    add(front, event)
    again = add(front, event)
    assert (again.status_code, again.get_json()["code"]) == (409, "already_registered")
    assert "link.requested.v1" not in [row.topic for row in front.house.messages()]


def test_a_repeated_request_adds_once(front: Front) -> None:
    event = front.house.event(capacity=9)
    path, key = f"/events/{event}/people", {"Idempotency-Key": "k1"}
    first, second = (front.post(path, ANA, by="alice", headers=key) for _ in range(2))
    assert first.get_json() == second.get_json()


def test_without_a_mail_the_others_are_told_so(front: Front) -> None:
    event = front.house.event(capacity=9)
    add(front, event, notify=False)
    [told] = front.house.messages("registration.confirmed.v1")
    assert (told.body["actor"], told.body["reason"]) == ("organiser", ADDED_SILENTLY)


def test_without_a_waitlist_a_full_event_refuses_and_says_why(front: Front) -> None:
    event = front.house.event(capacity=0, waitlist=a_waitlist(enabled=False))
    assert add(front, event).get_json()["code"] == "event_full"


@pytest.fixture
def alice(front: Front) -> Browser:
    return Browser(front, "alice")


def page(event_id: UUID) -> str:
    return f"/organise/events/{event_id}/people/new"


def test_an_organiser_adds_somebody_on_the_page(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=0)
    added = alice.send(alice.open(page(event)), **{**ANA, "beyond_capacity": "yes", "reason": "the keynote"})
    shown = alice.open(str(added.response.headers["Location"]))
    assert "Ana Novak" in shown.words
    assert "Seat given beyond the capacity" in shown.words
    assert "the keynote" in shown.words


def test_what_was_wrong_stands_in_the_form_with_what_was_typed(front: Front, alice: Browser) -> None:
    event = front.house.event(capacity=0)
    refused = alice.send(alice.open(page(event)), **{**ANA, "beyond_capacity": "yes"})
    assert refused.status == 422
    assert "Please say why" in refused.words
    assert refused.one("#field-email")["value"] == "ana@example.org"
    assert refused.one("#field-beyond_capacity").has_attr("checked")


def test_nobody_is_added_to_an_event_that_is_over(front: Front) -> None:
    event = front.house.event()
    front.house.clock.turn(days=31)
    alice = Browser(front, "alice")
    assert "Nobody can be added any more" in alice.open(page(event)).words


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("audrey", 403), ("bob", 403), ("", 307)])
def test_organisers_alone_add_people(front: Front, name: str, status: int) -> None:
    assert Browser(front, name).open(page(front.house.event())).status == status
