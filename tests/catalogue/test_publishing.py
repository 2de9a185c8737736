"""Draft, published, cancelled; pending revisions; and what the other services are told."""

from typing import Any

import pytest

from services.catalogue import programme, publishing
from shared.errors import ConflictError, InvalidError, StaleError
from shared.messages.base import loaded
from shared.messages.catalogue import EventCancelledV1, EventChangedV1, EventPublishedV1
from tests.catalogue.parts import ACTOR, EVENT, REASON, VENUE, Catalogue, at


def test_publishing_a_draft_tells_everything_once(both: Catalogue) -> None:
    series = both.series(slug="grundlagen")
    event = both.published_event(series_id=str(series.id), module_number=2)
    [message] = both.sent("event.")
    assert (message.topic, message.aggregate_id, message.version) == ("event.published.v1", event.id, event.version)
    body = loaded(EventPublishedV1, message.body)
    assert body["title"] == EVENT["title"]
    assert body["series"] == {"series_id": series.id, "slug": "grundlagen", "title": {"de": "Grundlagen"}}
    assert body["venue"] == VENUE
    assert body["issuer"]["name"] == "Fachberatung MSO"
    [session] = body["sessions"]
    assert session["session_id"] == event.sessions[0].id
    assert session["starts_at"] == event.sessions[0].starts_at
    assert (session["sequence"], session["cancelled"], session["changed_at"]) == (0, False, both.clock())
    assert body["programme"][0]["speakers"][0]["organisation"] == "Rechtsladen"


def test_publishing_again_without_a_change_tells_nothing(both: Catalogue) -> None:
    event = both.published_event()
    again = both.publish(event.id)
    assert again.version == event.version
    assert len(both.sent("event.")) == 1


def test_an_event_without_a_session_cannot_be_published(both: Catalogue) -> None:
    event = both.event(sessions=[])
    with pytest.raises(InvalidError) as refused:
        both.publish(event.id)
    assert list(refused.value.errors) == ["sessions"]
    assert both.found(event.id).state == "draft"


def test_a_published_event_cannot_lose_all_its_sessions(both: Catalogue) -> None:
    event = both.published_event()
    both.change(event.id, sessions=[], programme=[])
    with pytest.raises(InvalidError):
        both.publish(event.id)
    assert len(both.found(event.id).sessions) == 1


def test_a_change_of_what_is_published_waits(both: Catalogue) -> None:
    event = both.published_event()
    changed = both.change(event.id, capacity=30, title={"de": "Recht für Vereine"})
    assert changed.has_pending_revision
    assert changed.version > event.version
    assert (changed.capacity, changed.title) == (20, EVENT["title"])
    assert len(both.sent()) == 1


def test_changes_that_wait_add_up(both: Catalogue) -> None:
    event = both.published_event()
    both.change(event.id, capacity=30)
    both.change(event.id, title={"de": "Recht für Vereine"})
    published = both.publish(event.id)
    assert (published.capacity, published.title) == (30, {"de": "Recht für Vereine"})
    assert not published.has_pending_revision


def test_a_change_that_is_taken_back_no_longer_waits(both: Catalogue) -> None:
    event = both.published_event()
    both.change(event.id, capacity=30)
    changed = both.change(event.id, capacity=20)
    assert not changed.has_pending_revision
    both.publish(event.id)
    assert len(both.sent()) == 1


def test_what_waits_can_be_dropped(both: Catalogue) -> None:
    event = both.published_event()
    version = both.change(event.id, capacity=30).version
    with both.work() as uow:
        dropped = programme.drop_pending(uow, event.id, ACTOR, version)
    assert not dropped.has_pending_revision
    assert (dropped.capacity, dropped.version) == (20, version + 1)


def test_publishing_a_change_tells_what_differs(both: Catalogue) -> None:
    event = both.published_event()
    both.change(event.id, capacity=30, max_per_organisation=2)
    both.clock.turn(hours=1)
    changed = both.publish(event.id)
    message = both.sent()[-1]
    assert (message.topic, message.version) == ("event.changed.v1", changed.version)
    body = loaded(EventChangedV1, message.body)
    assert set(body["changes"]) == {"capacity", "max_per_organisation"}
    assert body["capacity"] == 30


def test_versions_of_messages_rise(both: Catalogue) -> None:
    event = both.published_event()
    for capacity in (30, 40):
        both.change(event.id, capacity=capacity)
        both.publish(event.id)
    both.cancel(event.id)
    versions = [row.version for row in both.sent("event.")]
    assert len(versions) == 4
    assert versions == sorted(set(versions))


# --- what calendars are told ------------------------------------------------


def _entries(message: Any) -> dict[str, tuple[int, bool]]:
    """By day: the sequence, and whether the session is cancelled."""
    sessions = loaded(EventChangedV1, message.body)["sessions"]
    return {s["starts_at"].strftime("%d.%m."): (s["sequence"], s["cancelled"]) for s in sessions}


def _two_days(catalogue: Catalogue) -> tuple[Any, str, str]:
    event = catalogue.published_event(sessions=[at("2027-04-01"), at("2027-04-02")], programme=[])
    first, second = event.sessions
    return event, str(first.id), str(second.id)


def test_only_the_session_that_moved_gets_a_higher_sequence(both: Catalogue) -> None:
    event, first, second = _two_days(both)
    both.clock.turn(hours=1)
    both.change(event.id, sessions=[at("2027-04-01", id=first), at("2027-04-09", id=second)])
    changed = both.publish(event.id)
    assert _entries(both.sent()[-1]) == {"01.04.": (0, False), "09.04.": (1, False)}
    assert [session.changed_at == both.clock() for session in changed.sessions] == [False, True]


@pytest.mark.parametrize(
    ("fields", "sequence"),
    [
        ({"title": {"de": "Neu"}}, 1),
        ({"venue": {**VENUE, "room": "Keller"}}, 1),
        ({"format": "hybrid"}, 1),
        ({"description": {"de": "Neu"}}, 0),
        ({"motto": {"de": "Neu"}}, 0),
        ({"capacity": 5}, 0),
        ({"programme": []}, 0),
    ],
)
def test_sequence_rises_with_what_people_must_be_told(both: Catalogue, fields: dict[str, Any], sequence: int) -> None:
    event = both.published_event()
    both.change(event.id, **fields)
    assert both.publish(event.id).sessions[0].sequence == sequence


@pytest.mark.parametrize(
    ("fields", "sequence"),
    [
        ({"meeting_url": "https://example.org/room"}, 1),
        ({"venue": {**VENUE, "room": "Keller"}}, 1),
        ({"time_zone": "Europe/Vienna"}, 1),
        ({"ends_at": "2027-03-28T17:00:00+02:00"}, 1),
        ({"teaching_units": 7}, 0),
        ({"starts_at": "2027-03-28T08:00:00Z"}, 0),
    ],
)
def test_sequence_rises_with_a_sessions_time_link_and_venue(
    both: Catalogue, fields: dict[str, Any], sequence: int
) -> None:
    event = both.published_event()
    kept = str(event.sessions[0].id)
    both.change(event.id, sessions=[{**at("2027-03-28"), "id": kept, **fields}])
    assert both.publish(event.id).sessions[0].sequence == sequence


def test_a_session_that_is_held_elsewhere_does_not_move_with_the_event(both: Catalogue) -> None:
    elsewhere = {**VENUE, "name": "Rathaus"}
    event = both.published_event(sessions=[at("2027-04-01"), at("2027-04-02", venue=elsewhere)], programme=[])
    both.change(event.id, venue={**VENUE, "room": "Keller"})
    assert [session.sequence for session in both.publish(event.id).sessions] == [1, 0]


def test_several_changes_in_one_revision_raise_the_sequence_once(both: Catalogue) -> None:
    event = both.published_event()
    kept = str(event.sessions[0].id)
    both.change(event.id, title={"de": "Neu"}, venue=None, sessions=[at("2027-03-28", end="17:00", id=kept)])
    assert both.publish(event.id).sessions[0].sequence == 1


def test_a_session_that_is_new_begins_at_zero_whatever_else_changes(both: Catalogue) -> None:
    event, first, second = _two_days(both)
    sessions = [at("2027-04-01", id=first), at("2027-04-02", id=second), at("2027-04-03")]
    both.change(event.id, title={"de": "Neu"}, sessions=sessions)
    both.publish(event.id)
    assert _entries(both.sent()[-1]) == {"01.04.": (1, False), "02.04.": (1, False), "03.04.": (0, False)}


def test_changes_published_in_the_same_instant_all_count(both: Catalogue) -> None:
    event = both.published_event()
    for title in ("Neu", "Neuer", "Am neuesten"):
        both.change(event.id, title={"de": title})
        both.publish(event.id)
    assert both.found(event.id).sessions[0].sequence == 3


def test_a_session_that_is_taken_out_is_told_as_cancelled_from_then_on(both: Catalogue) -> None:
    event, first, _second = _two_days(both)
    both.change(event.id, sessions=[at("2027-04-01", id=first)])
    published = both.publish(event.id)
    assert [str(session.id) for session in published.sessions] == [first]
    assert _entries(both.sent()[-1]) == {"01.04.": (0, False), "02.04.": (1, True)}
    both.change(event.id, title={"de": "Neu"})
    both.publish(event.id)
    assert _entries(both.sent()[-1]) == {"01.04.": (1, False), "02.04.": (1, True)}


def test_a_cancelled_session_does_not_come_back_by_its_id(both: Catalogue) -> None:
    event, first, second = _two_days(both)
    both.change(event.id, sessions=[at("2027-04-01", id=first)])
    both.publish(event.id)
    with pytest.raises(InvalidError):
        both.change(event.id, sessions=[at("2027-04-01", id=first), at("2027-04-02", id=second)])


def test_a_session_taken_out_of_a_draft_is_gone(both: Catalogue) -> None:
    event = both.event(sessions=[at("2027-04-01"), at("2027-04-02")], programme=[])
    both.change(event.id, sessions=[at("2027-04-01", id=str(event.sessions[0].id))])
    both.publish(event.id)
    assert _entries_of_published(both) == ["01.04."]


def _entries_of_published(catalogue: Catalogue) -> list[str]:
    sessions = loaded(EventPublishedV1, catalogue.sent()[-1].body)["sessions"]
    return [session["starts_at"].strftime("%d.%m.") for session in sessions]


# --- cancelling -------------------------------------------------------------


def test_cancelling_tells_the_reason_and_cancels_every_session(both: Catalogue) -> None:
    event, _first, _second = _two_days(both)
    both.change(event.id, capacity=99)
    both.clock.turn(days=1)
    cancelled = both.cancel(event.id)
    assert (cancelled.state, cancelled.cancel_reason, cancelled.has_pending_revision) == ("cancelled", REASON, False)
    assert len(cancelled.sessions) == 2
    message = both.sent()[-1]
    assert (message.topic, message.version) == ("event.cancelled.v1", cancelled.version)
    body = loaded(EventCancelledV1, message.body)
    assert (body["reason"], body["cancelled_at"], body["capacity"]) == (REASON, both.clock(), 20)
    assert [(s["sequence"], s["cancelled"]) for s in body["sessions"]] == [(1, True), (1, True)]


def test_a_cancelled_event_stays_cancelled(both: Catalogue) -> None:
    event = both.published_event()
    both.cancel(event.id)
    with pytest.raises(ConflictError):
        both.cancel(event.id)
    with pytest.raises(ConflictError):
        both.publish(event.id)
    assert len(both.sent()) == 2


def test_a_draft_cannot_be_cancelled(both: Catalogue) -> None:
    event = both.event()
    with pytest.raises(ConflictError):
        both.cancel(event.id)
    assert both.found(event.id).state == "draft"


def test_who_saw_an_older_version_neither_publishes_nor_cancels(both: Catalogue) -> None:
    event = both.event()
    issuer = both.settings.issuer
    both.change(event.id, capacity=5)
    with pytest.raises(StaleError), both.work() as uow:
        publishing.publish_event(uow, event.id, ACTOR, issuer, event.version)
    both.publish(event.id)
    with pytest.raises(StaleError), both.work() as uow:
        publishing.cancel_event(uow, event.id, REASON, ACTOR, issuer, event.version)


# --- again ------------------------------------------------------------------


def test_republishing_sends_everything_announced_with_unchanged_versions(both: Catalogue) -> None:
    both.event(title={"de": "Entwurf"})
    published, cancelled = both.published_event(), both.published_event()
    both.change(published.id, capacity=30)
    both.cancel(cancelled.id)
    both.employ()
    before = both.sent()
    with both.work() as uow:
        assert publishing.republish(uow, both.settings.issuer) == 6
    again = both.sent()[len(before) :]
    events = {row.aggregate_id: row for row in again if row.topic.startswith("event.")}
    assert set(events) == {published.id, cancelled.id}
    assert (events[published.id].topic, events[published.id].version) == ("event.published.v1", published.version)
    assert events[published.id].body["capacity"] == 20
    newest = {row.aggregate_id: row for row in before}
    assert events[cancelled.id].body == newest[cancelled.id].body
    accounts = [row for row in again if row.topic == "account.changed.v1"]
    assert {row.aggregate_id: (row.version, row.body) for row in accounts} == {
        row.aggregate_id: (row.version, row.body) for row in newest.values() if row.topic == "account.changed.v1"
    }
