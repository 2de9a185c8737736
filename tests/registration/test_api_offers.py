"""Offers and moves over the API: what the person and the organiser can do, and what the waitlist says of it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.registration.front import Front
from tests.rules import a_pool, a_waitlist


@pytest.fixture
def line(front: Front) -> tuple[UUID, list[UUID]]:
    """An event that offers its one seat, which is taken, and two who wait."""
    event = front.house.event(capacity=1, waitlist=a_waitlist(policy="offer", offer_hours=24))
    return event, [front.house.register(event).registration_id for _ in range(3)]


def test_a_person_sees_until_when_an_offer_holds_and_accepts_it(front: Front, line: tuple[UUID, list[UUID]]) -> None:
    _event, (seated, first, _second) = line
    front.house.cancel(seated)
    mine = f"/my/{front.token_of(first)}"
    (own,) = front.get(mine).get_json()["registrations"]
    assert (own["state"], own["offer_expires_at"]) == ("offered", "2027-01-12T09:00:00+00:00")
    accepted = front.post(f"{mine}/registrations/{first}/accept")
    assert (accepted.status_code, accepted.get_json()["state"]) == (200, "confirmed")
    again = front.post(f"{mine}/registrations/{first}/accept")
    assert (again.status_code, again.get_json()["code"]) == (409, "transition_refused")


def test_a_declined_offer_goes_on_and_a_late_answer_is_refused(front: Front, line: tuple[UUID, list[UUID]]) -> None:
    _event, (seated, first, second) = line
    front.house.cancel(seated)
    declined = front.post(f"/my/{front.token_of(first)}/registrations/{first}/decline")
    assert declined.get_json()["state"] == "cancelled"
    front.house.clock.turn(hours=24)
    late = front.post(f"/my/{front.token_of(second)}/registrations/{second}/accept")
    assert (late.status_code, late.get_json()["code"]) == (409, "offer_expired")


def test_an_address_is_confirmed(front: Front) -> None:
    event = front.house.event(capacity=1, confirm_address_minutes=60)
    registration = front.house.register(event).registration_id
    mine = f"/my/{front.token_of(registration)}"
    (own,) = front.get(mine).get_json()["registrations"]
    assert (own["state"], own["confirm_until"]) == ("pending", "2027-01-11T10:00:00+00:00")
    confirmed = front.post(f"{mine}/registrations/{registration}/confirm")
    assert confirmed.get_json()["state"] == "confirmed"


def test_the_waitlist_says_that_nothing_is_offered_before_morning(front: Front, line: tuple[UUID, list[UUID]]) -> None:
    event, (seated, first, _second) = line
    front.house.clock.moment = datetime(2027, 1, 11, 21, tzinfo=UTC)
    front.house.cancel(seated)
    waitlist = front.get(f"/events/{event}/waitlist", by="alice").get_json()
    assert waitlist["next_free_seat"] == {
        "registration_id": str(first),
        "reason": "quiet_hours",
        "offer_expires_at": None,
        "not_before": "2027-01-12T07:00:00+00:00",
        "passed_by": 0,
    }
    assert [item["reason"] for item in waitlist["items"]] == ["quiet_hours", "quiet_hours"]


def test_an_organiser_moves_and_offers_with_a_reason(front: Front, line: tuple[UUID, list[UUID]]) -> None:
    event, (seated, first, second) = line
    moved = front.post(f"/registrations/{second}/move", {"position": 1, "reason": "as promised"}, by="alice")
    assert (moved.status_code, moved.get_json()["position"]) == (200, 1)
    refused = front.post(f"/registrations/{second}/offer", {"reason": "now"}, by="alice")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "no_free_seat")
    front.house.cancel(seated)
    assert [front.house.state(r) for r in (first, second)] == ["waitlisted", "offered"]
    decisions = front.get(f"/events/{event}/decisions", by="alice", registration_id=str(second)).get_json()["items"]
    assert [(d["outcome"], d["note"]) for d in decisions] == [
        ("waitlisted", ""),
        ("moved", "as promised"),
        ("offered", ""),
    ]
    wrong = front.post(f"/registrations/{first}/move", {"position": 0}, by="alice")
    assert sorted(wrong.get_json()["errors"]) == ["position", "reason"]


def test_whoever_has_the_code_gets_a_reserved_seat(front: Front) -> None:
    event = front.house.event(capacity=1, waitlist=a_waitlist(pools=[a_pool(1, "code", code="Impuls")]))
    assert front.register(event, "Ana Novak", code="wrong").get_json()["state"] == "waitlisted"
    assert front.register(event, "Bo Berg", code="IMPULS").get_json()["state"] == "confirmed"
