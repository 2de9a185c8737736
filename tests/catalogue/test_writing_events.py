"""Drafts, the rules of what an event may hold, addresses, and which session is meant."""

from typing import Any
from uuid import uuid4

import pytest

from services.catalogue import listing
from shared.errors import ConflictError, InvalidError, NotFoundError, StaleError
from tests.catalogue.parts import EVENT, SESSION, Catalogue, at


def test_a_draft_holds_what_was_written(both: Catalogue) -> None:
    event = both.found(both.event().id)
    assert event.state == "draft"
    assert event.title == EVENT["title"]
    assert event.venue == EVENT["venue"]
    assert [s.starts_at.isoformat() for s in event.sessions] == ["2027-03-28T08:00:00+00:00"]
    assert event.programme[0]["speakers"][0]["name"] == "Mina Okafor"
    assert event.programme[0]["starts_at"] == event.sessions[0].starts_at
    assert both.sent() == []


def test_a_change_of_a_draft_holds_at_once(both: Catalogue) -> None:
    event = both.event()
    changed = both.change(event.id, capacity=30)
    assert changed.capacity == 30
    assert changed.version == event.version + 1
    assert not changed.has_pending_revision


def test_writing_the_same_again_changes_nothing(both: Catalogue) -> None:
    event = both.event()
    assert both.change(event.id, **EVENT).version == event.version


def test_an_unknown_event_is_not_found(both: Catalogue) -> None:
    with pytest.raises(NotFoundError):
        both.change(uuid4(), capacity=1)


def test_who_saw_an_older_version_is_refused(both: Catalogue) -> None:
    event = both.event()
    both.change(event.id, if_version=event.version, capacity=30)
    with pytest.raises(StaleError):
        both.change(event.id, if_version=event.version, capacity=40)
    assert both.found(event.id).capacity == 30


# --- rules ------------------------------------------------------------------

OPENS, CLOSES = "registration_opens_at", "registration_closes_at"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"sessions": [at("2027-03-28", "16:00", "10:00")]}, "sessions.0.ends_at"),
        ({"sessions": [at("2027-03-28", "10:00", "10:00")]}, "sessions.0.ends_at"),
        ({"sessions": [{**SESSION, "time_zone": "Europe/Bochum"}]}, "sessions.0.time_zone"),
        ({"sessions": [{**SESSION, "starts_at": "2027-03-28T10:00:00"}]}, "sessions.0.starts_at"),
        ({"sessions": [{**SESSION, "ends_at": "9999-12-31T23:59:59-12:00"}]}, "sessions.0.ends_at"),
        ({"sessions": [{**SESSION, "meeting_url": "javascript:alert(1)"}]}, "sessions.0.meeting_url"),
        ({"sessions": [{**SESSION, "venue": {"city": "Elsewhere"}}]}, "sessions.0.venue.name"),
        ({"sessions": [SESSION] * 101}, "sessions"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": 1.5}, "capacity"),
        ({"capacity": True}, "capacity"),
        ({"capacity": "1_0"}, "capacity"),
        ({"capacity": 10**30}, "capacity"),
        ({"capacity": None}, "capacity"),
        ({OPENS: "2027-02-01T00:00:00Z", CLOSES: "2027-01-01T00:00:00Z"}, CLOSES),
        ({CLOSES: "2027-03-29T00:00:00Z"}, CLOSES),
        ({OPENS: "2027-03-28T09:00:00Z"}, OPENS),
        ({"programme": [{**EVENT["programme"][0], "starts_at": "2027-03-27T10:00:00Z"}]}, "programme.0.starts_at"),
        ({"programme": [{**EVENT["programme"][0], "ends_at": "2027-03-28T18:00:00Z"}]}, "programme.0.starts_at"),
        ({"programme": [{**EVENT["programme"][0], "ends_at": "2027-03-28T07:00:00Z"}]}, "programme.0.ends_at"),
        ({"programme": [{**EVENT["programme"][0], "kind": "concert"}]}, "programme.0.kind"),
        ({"programme": [{**EVENT["programme"][0], "speakers": [{"name": ""}]}]}, "programme.0.speakers.0.name"),
        ({"venue": {"name": "Haus", "latitude": 51.5}}, "venue.longitude"),
        ({"venue": {"name": "Haus", "latitude": 91, "longitude": 7}}, "venue.latitude"),
        ({"venue": {"name": "Haus", "latitude": float("nan"), "longitude": 7}}, "venue.latitude"),
        ({"venue": {"name": "Haus", "country": "Germany"}}, "venue.country"),
        ({"venue": {"city": "Bochum"}}, "venue.name"),
        ({"module_number": 1}, "module_number"),
        ({"series_id": "01920000-0000-7000-8000-000000000000"}, "series_id"),
        ({"kind": "party"}, "kind"),
        ({"slug": "Groß Geschrieben"}, "slug"),
        ({"title": {}}, "title"),
        ({"title": {"de": "x" * 10_000}}, "title.de"),
        ({"title": {"de": "Recht\x07"}}, "title.de"),
        ({"title": {"de": "Recht\ud800"}}, "title.de"),
        ({"title": "Vereinsrecht"}, "title"),
        ({"waitlist": {"policy": "lottery"}}, "waitlist.policy"),
        ({"certificate_rule": {"share_of_hours": 1.1}}, "certificate_rule.share_of_hours"),
        ({"certificate_rule": {"sessions": 3}}, "certificate_rule.sessions"),
        ({"certificate_rule": {"modules": 1}}, "certificate_rule.modules"),
        ({"seating": []}, "seating"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_name_of_its_field(
    catalogue: Catalogue, fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        catalogue.event(**fields)
    assert list(refused.value.errors) == [wrong]
    event_id = catalogue.event().id
    with pytest.raises(InvalidError) as refused:
        catalogue.change(event_id, **fields)
    assert list(refused.value.errors) == [wrong]


def test_all_that_is_wrong_is_said_at_once(catalogue: Catalogue) -> None:
    with pytest.raises(InvalidError) as refused:
        catalogue.event(
            sessions=[at("2027-03-28", "16:00", "10:00"), at("2027-03-29", "16:00", "10:00")],
            venue={"name": "Haus", "longitude": 7},
            programme=[],
        )
    assert set(refused.value.errors) == {"sessions.0.ends_at", "sessions.1.ends_at", "venue.latitude"}


def test_a_programme_may_stand_before_its_sessions_are_fixed(catalogue: Catalogue) -> None:
    assert catalogue.event(sessions=[]).programme


def test_registration_may_close_after_the_event_began(catalogue: Catalogue) -> None:
    event = catalogue.event(registration_closes_at="2027-03-28T12:00:00+02:00")
    assert event.registration_closes_at is not None


# --- addresses --------------------------------------------------------------


def test_an_address_is_made_from_the_title_and_counted_on(both: Catalogue) -> None:
    titles = [{"de": "Ärger & Geld"}, {"de": "Ärger & Geld"}, {"de": "Ärger - Geld"}, {"ar": "قانون"}, {"ar": "قانون"}]
    assert [both.event(title=title).slug for title in titles] == [
        "aerger-geld",
        "aerger-geld-2",
        "aerger-geld-3",
        "event",
        "event-2",
    ]


def test_a_taken_address_is_refused(both: Catalogue) -> None:
    both.event(slug="recht")
    other = both.event(slug="geld")
    with pytest.raises(InvalidError) as refused:
        both.event(slug="recht")
    assert list(refused.value.errors) == ["slug"]
    with pytest.raises(InvalidError) as refused:
        both.change(other.id, slug="recht")
    assert list(refused.value.errors) == ["slug"]


def test_the_address_of_a_draft_can_change_and_that_of_a_published_event_cannot(both: Catalogue) -> None:
    event = both.event(slug="recht")
    assert both.change(event.id, slug="vereinsrecht").slug == "vereinsrecht"
    both.publish(event.id)
    assert both.change(event.id, slug="vereinsrecht").slug == "vereinsrecht"
    with pytest.raises(InvalidError) as refused:
        both.change(event.id, slug="recht")
    assert list(refused.value.errors) == ["slug"]


# --- sessions ---------------------------------------------------------------


def _days(catalogue: Catalogue, event_id: Any) -> dict[Any, str]:
    with catalogue.database.read() as session:
        event = listing.find_event(session, event_id)
        event = listing.pending_revision(session, event)
    return {s.id: s.starts_at.strftime("%d.%m.") for s in event.sessions}


@pytest.mark.parametrize("published", [False, True])
def test_sessions_without_ids_are_known_by_their_start_and_then_by_their_order(
    both: Catalogue, published: bool
) -> None:
    event = both.event(sessions=[at("2027-04-01"), at("2027-04-02"), at("2027-04-03")], programme=[])
    first, second, third = (session.id for session in event.sessions)
    if published:
        both.publish(event.id)
    both.change(event.id, sessions=[at("2027-04-02", end="17:00"), at("2027-04-05"), at("2027-04-01")])
    assert _days(both, event.id) == {first: "01.04.", second: "02.04.", third: "05.04."}


@pytest.mark.parametrize("published", [False, True])
def test_with_ids_a_session_without_one_is_new_and_one_that_is_missing_is_removed(
    both: Catalogue, published: bool
) -> None:
    event = both.event(sessions=[at("2027-04-01"), at("2027-04-02")], programme=[])
    first, second = (session.id for session in event.sessions)
    if published:
        both.publish(event.id)
    both.change(event.id, sessions=[at("2027-04-09", id=str(second)), at("2027-04-01")])
    days = _days(both, event.id)
    assert days.pop(second) == "09.04."
    assert list(days.values()) == ["01.04."]
    assert first not in days


@pytest.mark.parametrize("twice", [False, True])
def test_a_session_id_that_is_foreign_or_comes_twice_is_refused(catalogue: Catalogue, twice: bool) -> None:
    event = catalogue.event()
    other = catalogue.event()
    named = event.sessions[0].id if twice else other.sessions[0].id
    with pytest.raises(InvalidError) as refused:
        catalogue.change(
            event.id, sessions=[at("2027-03-28", id=str(event.sessions[0].id)), at("2027-03-29", id=str(named))]
        )
    assert list(refused.value.errors) == ["sessions.1.id"]


def test_a_new_event_names_no_session_ids(catalogue: Catalogue) -> None:
    with pytest.raises(InvalidError) as refused:
        catalogue.event(sessions=[at("2027-03-28", id=str(uuid4()))])
    assert list(refused.value.errors) == ["sessions.0.id"]


def test_a_pending_session_keeps_its_id_from_change_to_change(both: Catalogue) -> None:
    event = both.published_event()
    kept = str(event.sessions[0].id)
    both.change(event.id, sessions=[at("2027-03-28", id=kept), at("2027-04-01")])
    added = next(day for day in _days(both, event.id) if str(day) != kept)
    both.change(event.id, sessions=[at("2027-03-28", id=kept), at("2027-04-02", id=str(added))])
    both.publish(event.id)
    assert [session.id for session in both.found(event.id).sessions] == [event.sessions[0].id, added]


def test_a_cancelled_event_cannot_be_written(both: Catalogue) -> None:
    event = both.published_event()
    both.cancel(event.id)
    with pytest.raises(ConflictError):
        both.change(event.id, capacity=5)
