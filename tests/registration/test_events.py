"""What registration hears of events, staff and certificates, and what follows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.registration.events import event_with_sessions, event_with_slug
from services.registration.handlers import HANDLERS
from services.registration.models import INBOX, STAFF, Certificate
from shared.database import new_id
from shared.errors import NotFoundError
from shared.messages import REGISTRY, topics_for
from shared.messages.base import Envelope, dumped
from shared.messaging.inbox import Inbox
from shared.staff import ProjectedStaff, token_digest
from tests.registration.parts import House, placed


def hear(house: House, topic: str, aggregate_id: UUID, version: int, body: dict[str, Any]) -> None:
    """Store the message and handle it, as a worker does; fails if it is postponed."""
    inbox = Inbox(house.database, INBOX, "registration", HANDLERS, house.clock)
    body = dumped(REGISTRY[topic], placed(body) if topic.startswith("event.") else body)
    inbox.store([Envelope(new_id(), topic, "catalogue", aggregate_id, version, house.clock(), "", body)])
    while inbox.step():
        pass
    assert inbox.oldest_open() is None


def test_there_is_a_handler_for_every_topic_that_registration_hears() -> None:
    assert set(HANDLERS) == set(topics_for("registration"))


def test_a_published_event_can_be_registered_for(house: House) -> None:
    snapshot = house.snapshot(capacity=7, series={"series_id": new_id(), "slug": "s", "title": {"de": "Reihe"}})
    event_id = snapshot["event_id"]
    hear(house, "event.published.v1", event_id, 1, snapshot)
    with house.database.read() as session:
        event = event_with_slug(session, snapshot["slug"])
        assert event.title == snapshot["title"]
        assert event.series is not None
        assert event.series["slug"] == "s"
        assert [s.id for s in event.sessions] == [snapshot["sessions"][0]["session_id"]]
        assert (event.starts_at, event.ends_at) == (event.sessions[0].starts_at, event.sessions[0].ends_at)
    assert house.register(event_id).state == "confirmed"
    (told, _after) = house.messages("seats.changed.v1")
    assert told.body == {"event_id": str(event_id), "capacity": 7, "confirmed": 0, "waiting": 0}


def test_an_older_snapshot_changes_nothing(house: House) -> None:
    snapshot = house.snapshot(capacity=7)
    event_id = snapshot["event_id"]
    hear(house, "event.changed.v1", event_id, 3, {**snapshot, "changes": ["capacity"]})
    hear(house, "event.published.v1", event_id, 2, {**snapshot, "capacity": 1})
    assert house.seats(event_id).capacity == 7


def test_a_changed_event_gives_its_new_seats_at_once(house: House) -> None:
    snapshot = house.snapshot(capacity=0)
    event_id = snapshot["event_id"]
    hear(house, "event.published.v1", event_id, 1, snapshot)
    house.register(event_id)
    hear(house, "event.changed.v1", event_id, 2, {**snapshot, "capacity": 1, "changes": ["capacity"]})
    assert house.states(event_id) == ["confirmed"]


def test_a_cancelled_event_keeps_its_registrations_and_says_nothing_of_them(house: House) -> None:
    snapshot = house.snapshot(capacity=1)
    event_id = snapshot["event_id"]
    hear(house, "event.published.v1", event_id, 1, snapshot)
    house.register(event_id)
    house.register(event_id)
    before = len(house.messages())
    hear(house, "event.cancelled.v1", event_id, 2, {**snapshot, "reason": {"de": "…"}, "cancelled_at": house.clock()})
    assert house.states(event_id) == ["confirmed", "waitlisted"]
    assert len(house.messages()) == before


def test_a_session_that_is_no_longer_named_stays_as_cancelled(house: House) -> None:
    first, second = (house.session(house.clock() + timedelta(days=d)) for d in (10, 20))
    snapshot = house.snapshot(sessions=[first, second])
    event_id = house.tell(snapshot)
    house.tell({**snapshot, "sessions": [second]})
    with house.database.read() as session:
        event = event_with_sessions(session, event_id)
        assert [(s.id, s.cancelled) for s in event.sessions] == [
            (first["session_id"], True),
            (second["session_id"], False),
        ]
        assert event.starts_at == second["starts_at"]


def test_an_event_nobody_heard_of_is_not_found(house: House) -> None:
    with house.database.read() as session:
        for find in (lambda: event_with_sessions(session, new_id()), lambda: event_with_slug(session, "nothing")):
            with pytest.raises(NotFoundError, match="event_not_found"):
                find()  # type: ignore[no-untyped-call]


def test_a_locked_account_is_out_at_once(house: House) -> None:
    account_id = new_id()
    account = {
        "account_id": account_id,
        "name": "Alice",
        "email": "alice@example.org",
        "roles": ["organiser"],
        "active": True,
        "epoch": 1,
        "tokens": [{"digest": token_digest("secret"), "scopes": []}],
    }
    hear(house, "account.changed.v1", account_id, 1, account)
    staff = ProjectedStaff(house.database, STAFF)
    assert staff.by_token_digest(token_digest("secret")) == staff.by_id(account_id) is not None
    hear(house, "account.changed.v1", account_id, 2, {**account, "active": False})
    assert staff.by_id(account_id) is None
    assert staff.by_token_digest(token_digest("secret")) is None


def test_a_certificate_is_known_with_its_latest_state(house: House) -> None:
    certificate_id = new_id()
    body = {
        "certificate_id": certificate_id,
        "earned_id": new_id(),
        "series_id": None,
        "registration_id": new_id(),
        "event_id": new_id(),
        "number": "2027-0001",
        "code": "ABCD",
        "state": "valid",
        "issued_at": house.clock(),
    }
    hear(house, "certificate.issued.v1", certificate_id, 1, body)
    hear(house, "certificate.revoked.v1", certificate_id, 2, {**body, "state": "revoked"})
    with house.database.read() as session:
        known = session.get_one(Certificate, certificate_id)
    assert (known.number, known.state, known.issued_at) == ("2027-0001", "revoked", house.clock())
