"""registration's JSON API, path by path, over both databases."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.database import new_id
from tests.registration.front import Front, wish


@pytest.fixture
def front(front_of_both: Front) -> Front:
    return front_of_both


@pytest.fixture
def event(front: Front) -> UUID:
    return front.house.event(capacity=1)


def test_everybody_sees_the_seats(front: Front, event: UUID) -> None:
    front.register(event, "Ana Novak")
    front.register(event, "Bo Berg")
    answer = front.get(f"/events/{event}")
    assert answer.status_code == 200
    assert answer.json == {
        "capacity": 1,
        "taken": 1,
        "waiting": 1,
        "open": True,
        "opens_at": None,
        "closes_at": "2027-02-10T09:00:00+00:00",
    }
    front.house.clock.turn(days=31)
    assert front.get(f"/events/{event}").get_json()["open"] is False


def test_registering_answers_with_the_state_and_the_position(front: Front, event: UUID) -> None:
    first, second = front.register(event, "Ana Novak"), front.register(event, "Bo Berg")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == {"id": str(UUID(first.get_json()["id"])), "state": "confirmed"}
    assert (second.get_json()["state"], second.get_json()["position"]) == ("waitlisted", 1)
    assert first.headers["Cache-Control"] == "no-store"


def test_the_language_is_the_one_asked_for_or_the_readers(front: Front) -> None:
    event = front.house.event(capacity=5)
    made = [
        front.register(event, "Ana Novak", locale="en"),
        front.post(f"/events/{event}/registrations", wish("Bo Berg"), headers={"Accept-Language": "en"}),
        front.register(event, "Cy Cole"),
    ]
    locales = [front.house.registration(UUID(answer.get_json()["id"])).locale for answer in made]
    assert locales == ["en", "en", "de"]


def test_the_same_key_and_body_give_the_first_answer_again(front: Front, event: UUID) -> None:
    path, headers = f"/events/{event}/registrations", {"Idempotency-Key": "k-1"}
    answers = [front.post(path, wish("Ana Novak"), headers=headers) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    other = front.post(path, wish("Bo Berg"), headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")


def test_a_second_registration_of_an_address_learns_nothing_but_that(front: Front, event: UUID) -> None:
    front.register(event, "Ana Novak")
    again = front.register(event, "Some Body", email="ANA.novak@example.org")
    assert (again.status_code, again.get_json()["code"]) == (409, "already_registered")
    assert "Ana" not in again.text
    assert len(front.house.messages("link.requested.v1")) == 1


def test_organisers_list_search_and_page_the_people(front: Front) -> None:
    event = front.house.event(capacity=1)
    for name in ("Ana Novak", "Bo Berg", "Cy Cole"):
        front.register(event, name, organisation="Verein")
    first = front.get(f"/events/{event}/registrations", by="alice", limit=2).get_json()
    rest = front.get(f"/events/{event}/registrations", by="alice", cursor=first["next_cursor"]).get_json()
    items = [*first["items"], *rest["items"]]
    assert [item["first_name"] for item in items] == ["Ana", "Bo", "Cy"]
    assert [item.get("position") for item in items] == [None, 1, 2]
    assert set(items[1]) == {
        *("id", "first_name", "last_name", "email", "organisation", "locale", "state", "seq", "position", "created_at"),
    }
    assert rest["next_cursor"] is None
    found = front.get(f"/events/{event}/registrations", by="alice", state="waitlisted", q="berg", organisation="VEREIN")
    assert [item["email"] for item in found.get_json()["items"]] == ["bo.berg@example.org"]


def test_organisers_see_the_waitlist_and_what_happens_next(front: Front, event: UUID) -> None:
    for name in ("Ana Novak", "Bo Berg", "Cy Cole"):
        front.register(event, name)
    waitlist = front.get(f"/events/{event}/waitlist", by="alice").get_json()
    assert [(i["first_name"], i["position"], i["reason"]) for i in waitlist["items"]] == [
        ("Bo", 1, "event_full"),
        ("Cy", 2, "event_full"),
    ]
    assert waitlist["next_free_seat"] == {
        "registration_id": waitlist["items"][0]["id"],
        "reason": "seat_free",
        "offer_expires_at": None,
        "not_before": None,
        "passed_by": 0,
    }


def test_organisers_cancel_and_promote_with_a_reason(front: Front) -> None:
    event = front.house.event(capacity=1)
    first, second = (front.register(event, n).get_json()["id"] for n in ("Ana Novak", "Bo Berg"))
    refused = front.post(f"/registrations/{second}/promote", {"reason": "speaker"}, by="alice")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "no_free_seat")
    cancelled = front.post(f"/registrations/{first}/cancel", {"reason": "rang us up"}, by="alice")
    assert (cancelled.status_code, cancelled.get_json()["state"]) == (200, "cancelled")
    assert front.house.state(UUID(second)) == "confirmed"
    again = front.post(f"/registrations/{first}/cancel", {"reason": "rang us up"}, by="alice")
    assert (again.status_code, again.get_json()["code"]) == (409, "transition_refused")
    no_reason = front.post(f"/registrations/{second}/cancel", {}, by="alice")
    assert list(no_reason.get_json()["errors"]) == ["reason"]


def test_promoting_gives_a_free_seat(front: Front) -> None:
    event = front.house.event(capacity=2, max_per_organisation=1)
    front.register(event, "Ana Novak", organisation="A")
    held_back = front.register(event, "Bo Berg", organisation="A").get_json()["id"]
    promoted = front.post(f"/registrations/{held_back}/promote", {"reason": "gives a talk"}, by="alice")
    assert (promoted.status_code, promoted.get_json()["state"]) == (200, "confirmed")
    decisions = front.get(f"/events/{event}/decisions", by="alice", registration_id=held_back).get_json()["items"]
    assert [(d["outcome"], d["reason"], d["note"], d["actor"]) for d in decisions] == [
        ("waitlisted", "organisation_full", "", "person"),
        ("promoted", "organiser", "gives a talk", "organiser"),
    ]


def test_decisions_are_paged_in_their_order(front: Front, event: UUID) -> None:
    for name in ("Ana Novak", "Bo Berg", "Cy Cole"):
        front.register(event, name)
    first = front.get(f"/events/{event}/decisions", by="alice", limit=2).get_json()
    rest = front.get(f"/events/{event}/decisions", by="alice", cursor=first["next_cursor"]).get_json()
    assert [d["outcome"] for d in [*first["items"], *rest["items"]]] == ["confirmed", "waitlisted", "waitlisted"]
    assert first["items"][0]["inputs"]["capacity"] == 1


def test_a_person_sees_all_that_is_theirs(front: Front, event: UUID) -> None:
    front.register(event, "Bo Berg")
    registration = UUID(front.register(event, "Ana Novak").get_json()["id"])
    page = front.get(f"/my/{front.token_of(registration)}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    (own,) = page.get_json()["registrations"]
    assert own["event"]["id"] == str(event)
    assert (own["id"], own["state"], own["position"]) == (str(registration), "waitlisted", 1)
    assert own["position_at"] == front.house.clock().isoformat()
    assert own["offer_expires_at"] is None
    assert page.get_json()["locale"] == "de"


def test_a_person_chooses_their_language(front: Front, event: UUID) -> None:
    registration = UUID(front.register(event, "Ana Novak").get_json()["id"])
    answer = front.patch(f"/my/{front.token_of(registration)}", {"locale": "en"})
    assert (answer.status_code, answer.get_json()["locale"]) == (200, "en")
    assert front.house.registration(registration).locale == "en"


def test_a_person_corrects_and_cancels_their_own(front: Front, event: UUID) -> None:
    registration = UUID(front.register(event, "Ana Novak").get_json()["id"])
    waiting = UUID(front.register(event, "Bo Berg").get_json()["id"])
    path = f"/my/{front.token_of(registration)}/registrations/{registration}"
    corrected = front.patch(path, {"last_name": "Nováková"})
    assert (corrected.status_code, corrected.get_json()["last_name"]) == (200, "Nováková")
    cancelled = front.post(f"{path}/cancel")
    assert (cancelled.status_code, cancelled.get_json()["state"]) == (200, "cancelled")
    assert front.house.state(waiting) == "confirmed"


def test_a_person_cannot_touch_what_is_somebody_elses(front: Front, event: UUID) -> None:
    mine = UUID(front.register(event, "Ana Novak").get_json()["id"])
    yours = UUID(front.register(event, "Bo Berg").get_json()["id"])
    path = f"/my/{front.token_of(mine)}/registrations"
    for stranger in (yours, new_id()):
        assert front.post(f"{path}/{stranger}/cancel").status_code == 404
        assert front.patch(f"{path}/{stranger}", {"first_name": "X"}).status_code == 404
    assert front.house.state(yours) == "waitlisted"


def _row(registration: str, front: Front, **changes: Any) -> dict[str, Any]:
    values = {
        "id": str(new_id()),
        "registration_id": registration,
        "kind": "door",
        "at": front.house.clock().isoformat(),
    }
    return {**values, **changes}


def test_the_door_records_attendance_row_by_row(front: Front) -> None:
    snapshot = front.house.snapshot(capacity=1)
    event, session = front.house.tell(snapshot), snapshot["sessions"][0]["session_id"]
    seated, waiting = (front.register(event, n).get_json()["id"] for n in ("Ana Novak", "Bo Berg"))
    rows = [_row(seated, front), _row(waiting, front)]
    answer = front.post(f"/sessions/{session}/attendance", rows, by="bob")
    assert answer.status_code == 200
    assert [(a["id"], a["status"], a.get("code")) for a in answer.get_json()] == [
        (rows[0]["id"], "recorded", None),
        (rows[1]["id"], "refused", "not_confirmed"),
    ]
    assert front.post(f"/sessions/{session}/attendance", rows, by="bob").get_json()[0]["status"] == "known"
    begin = snapshot["sessions"][0]["starts_at"]
    correction = _row(seated, front, kind="correction", corrects=rows[0]["id"], reason="left early")
    correction.update({"from": begin.isoformat(), "until": (begin + timedelta(hours=1)).isoformat()})
    front.post(f"/sessions/{session}/attendance", [correction], by="bob")
    attendance = front.get(f"/events/{event}/attendance", by="alice").get_json()
    assert [s["id"] for s in attendance["sessions"]] == [str(session)]
    (attendee,) = attendance["items"]
    assert attendee["sessions"] == [{"session_id": str(session), "minutes": 60}]
    share = {"kind": "share_of_hours", "has": pytest.approx(1 / 6), "needs": 0.8, "met": False, "missing": []}
    assert attendee["certificate"] == {"earned": False, "number": None, "state": None, "conditions": [share]}
    figures = front.get(f"/events/{event}/statistics", by="alice").get_json()
    assert (figures["attended"], figures["registered"], figures["by_state"]["waitlisted"]) == (1, 2, 1)


def test_a_page_of_rows_is_bounded(front: Front) -> None:
    snapshot = front.house.snapshot()
    front.house.tell(snapshot)
    rows = [_row(str(new_id()), front) for _ in range(501)]
    answer = front.post(f"/sessions/{snapshot['sessions'][0]['session_id']}/attendance", rows, by="bob")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "too_many_rows")
