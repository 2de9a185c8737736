"""The demo programme: complete, dated from today, in German and English, and loaded once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.catalogue import demo, listing
from services.catalogue.models import Event, Series
from services.catalogue.models.base import metadata
from tests.catalogue.parts import SERIES_RULE, Catalogue

ADDRESSES_ARE_KEPT = timedelta(days=90)  # after an event, unless an installation says otherwise


def _load(catalogue: Catalogue) -> list[str]:
    return demo.load(catalogue.database, catalogue.settings.issuer, catalogue.clock())


def _everything(catalogue: Catalogue) -> tuple[Series, Event]:
    with catalogue.database.read() as session:
        return listing.series_by_slug(session, "mso-grundlagen"), listing.event_by_slug(
            session, "25-jahre-fachberatung-mso"
        )


def _rows(catalogue: Catalogue) -> dict[str, int]:
    with catalogue.database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables
        }


def test_the_demo_is_a_series_of_six_modules_a_jubilee_and_a_series_of_the_past(both: Catalogue) -> None:
    assert _load(both) == ["Loaded the demo programme: 10 events"]
    series, jubilee = _everything(both)
    assert series.state == "published"
    assert [event.module_number for event in series.events] == [1, 2, 3, 4, 5, 6]
    assert [len(event.sessions) for event in series.events] == [1, 1, 2, 1, 1, 1]
    assert series.certificate_rule == SERIES_RULE
    assert {event.state for event in [*series.events, jubilee]} == {"published"}
    assert (jubilee.kind, jubilee.capacity) == ("jubilee", 150)
    assert [item["kind"] for item in jubilee.programme] == ["opening", "keynote", "break", "panel", "reception"]
    assert len(jubilee.programme[3]["speakers"]) == 6
    assert len(both.sent("event.published")) == 10


def test_the_series_of_the_past_is_over_and_its_people_are_still_known(catalogue: Catalogue) -> None:
    _load(catalogue)
    with catalogue.database.read() as session:
        past = listing.series_by_slug(session, "projektwerkstatt")
    ends = [session.ends_at for event in past.events for session in event.sessions]
    assert len(past.events) == 3
    assert max(ends) < catalogue.clock()
    assert min(ends) > catalogue.clock() - ADDRESSES_ARE_KEPT


def test_a_second_start_changes_nothing(both: Catalogue) -> None:
    _load(both)
    before = _rows(both)
    both.clock.turn(days=3)
    assert _load(both) == []
    assert _rows(both) == before


def test_a_catalogue_with_content_of_its_own_is_left_alone(both: Catalogue) -> None:
    both.series()
    assert _load(both) == []
    with both.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 0


@pytest.mark.parametrize("now", [datetime(2027, 1, 11, 9, tzinfo=UTC), datetime(2027, 2, 28, 23, 30, tzinfo=UTC)])
def test_dates_are_counted_from_today_in_berlin(catalogue: Catalogue, now: datetime) -> None:
    catalogue.clock.moment = now
    _load(catalogue)
    series, jubilee = _everything(catalogue)
    today = datetime(2027, 1, 11) if now.month == 1 else datetime(2027, 3, 1)  # noqa: DTZ001  # a date
    days = [(session.starts_at.date() - today.date()).days for e in series.events for session in e.sessions]
    assert days == [21, 35, 49, 50, 63, 77, 91]
    assert (jubilee.sessions[0].starts_at.date() - today.date()).days == 120


def test_sessions_keep_their_local_time_over_the_change_of_clocks(catalogue: Catalogue) -> None:
    _load(catalogue)
    series, _jubilee = _everything(catalogue)
    hours = {event.module_number: event.sessions[0].starts_at.hour for event in series.events}
    assert (hours[1], hours[5], hours[6]) == (9, 8, 8)  # 1 February, 29 March, 12 April


def test_everything_is_said_in_german_and_english(catalogue: Catalogue) -> None:
    _load(catalogue)
    series, jubilee = _everything(catalogue)
    texts: list[dict[str, str]] = [series.title, series.description]
    for event in [*series.events, jubilee]:
        texts += [event.title, event.description]
        texts += [event.venue["accessibility"]] if event.venue else []
        texts += [item["title"] for item in event.programme]
    assert all(text.get("de") and text.get("en") for text in [*texts, jubilee.motto])


def test_every_place_can_be_found_and_every_online_session_can_be_joined(catalogue: Catalogue) -> None:
    _load(catalogue)
    series, jubilee = _everything(catalogue)
    for event in [*series.events, jubilee]:
        if event.format != "online":
            assert _is_complete(event.venue or {})
        if event.format != "in_person":
            assert all(session.meeting_url for session in event.sessions)
    assert {event.format for event in series.events} == {"in_person", "online", "hybrid"}


def _is_complete(venue: dict[str, Any]) -> bool:
    in_nrw = 50.3 < venue["latitude"] < 52.6 and 5.8 < venue["longitude"] < 9.5
    return in_nrw and all(venue[name] for name in ("name", "street", "postcode", "city", "room", "accessibility"))


def test_the_demo_shows_what_a_rule_of_seats_can_say(catalogue: Catalogue) -> None:
    _load(catalogue)
    series, jubilee = _everything(catalogue)
    assert {event.waitlist["policy"] for event in series.events} == {"promote", "offer"}
    assert all(event.waitlist["priority_classes"][0]["by"] == "membership" for event in series.events)
    ends = [(event.max_per_organisation_until, event.sessions[0].starts_at) for event in series.events]
    assert all(quota and quota < start for quota, start in ends)
    assert (jubilee.waitlist["pools"][0]["seats"], len(jubilee.questions), len(jubilee.needs)) == (20, 2, 7)


@pytest.mark.parametrize("day", range(11, 18))
def test_nothing_of_the_demo_falls_on_a_weekend(catalogue: Catalogue, day: int) -> None:
    catalogue.clock.moment = datetime(2027, 1, day, 9, tzinfo=UTC)
    _load(catalogue)
    series, jubilee = _everything(catalogue)
    days = [session.starts_at.weekday() for event in (*series.events, jubilee) for session in event.sessions]
    assert max(days) < 5
