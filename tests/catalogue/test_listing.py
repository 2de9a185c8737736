"""Lists of events and series: what is in them, in which order, and that no row costs a query of its own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.catalogue import listing
from services.catalogue.handlers import store_seats
from services.catalogue.listing import Wanted
from services.catalogue.models import Event
from services.catalogue.selection import Selection
from shared.database import new_id
from shared.errors import InvalidError, NotFoundError
from shared.messaging.inbox import Received
from tests.catalogue.parts import Catalogue, at, statements


def _at(day: str) -> dict[str, Any]:
    return {"sessions": [at(day)], "programme": []}


def _titles(events: list[Event]) -> list[str]:
    return [event.title["de"] for event in events]


def test_what_comes_next_is_published_and_not_over(both: Catalogue) -> None:
    both.clock.moment = datetime(2027, 4, 2, 12, tzinfo=UTC)
    for title, day in (("Später", "2027-04-09"), ("Jetzt", "2027-04-02"), ("Gestern", "2027-04-01")):
        both.published_event(title={"de": title}, **_at(day))
    both.event(title={"de": "Entwurf"}, **_at("2027-04-03"))
    both.cancel(both.published_event(title={"de": "Abgesagt"}, **_at("2027-04-03")).id)
    with both.database.read() as session:
        assert _titles(listing.published_events(session, both.clock())) == ["Jetzt", "Später"]
        assert _titles(listing.past_events(session, both.clock())) == ["Gestern"]


def test_what_comes_next_by_kind_and_series(both: Catalogue) -> None:
    series = both.published_series()
    both.published_event(title={"de": "Modul"}, series_id=str(series.id))
    both.published_event(title={"de": "Fest"}, kind="jubilee")
    with both.database.read() as session:
        assert _titles(listing.published_events(session, both.clock(), selection=Selection(kind="jubilee"))) == ["Fest"]
        assert _titles(listing.events_page(session, Wanted(series_id=series.id)).items) == ["Modul"]


@pytest.mark.parametrize("text", ["müller", "MULLER", "bochum", "law", "Haus%", "muller-abend"])
def test_searching_folds_case_and_accents_and_takes_signs_as_they_are(both: Catalogue, text: str) -> None:
    both.event(title={"de": "Müller-Abend", "en": "Law"}, slug="muller-abend")
    both.event(title={"de": "Haus% der Vielfalt"}, venue=None, slug="zwei")
    with both.database.read() as session:
        found = listing.events_page(session, Wanted(text=text)).items
    assert len(found) == 1


def test_a_list_is_narrowed_by_state_and_time(both: Catalogue) -> None:
    both.event(title={"de": "Entwurf"}, **_at("2027-04-01"))
    both.published_event(title={"de": "Mai"}, **_at("2027-05-01"))
    both.published_event(title={"de": "Juni"}, **_at("2027-06-01"))

    def found(**narrowed: Any) -> list[str]:
        with both.database.read() as session:
            return _titles(listing.events_page(session, Wanted(**narrowed)).items)

    assert found() == ["Entwurf", "Mai", "Juni"]
    assert found(states=("draft",)) == ["Entwurf"]
    assert found(from_=datetime(2027, 5, 15, tzinfo=UTC)) == ["Juni"]
    assert found(until=datetime(2027, 5, 15, tzinfo=UTC)) == ["Entwurf", "Mai"]


def test_pages_of_events_and_series_lead_through_everything(both: Catalogue) -> None:
    for number in range(5):
        both.event(title={"de": f"{number}"}, **_at(f"2027-04-0{number + 1}"))
        both.series(title={"de": f"{number}"})
    assert _all_titles(both, listing.events_page) == ["0", "1", "2", "3", "4"]
    assert _all_titles(both, listing.series_page) == ["0", "1", "2", "3", "4"]


def _all_titles(catalogue: Catalogue, page: Callable[..., Any]) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    with catalogue.database.read() as session:
        while True:
            part = page(session, Wanted(), limit=2, cursor=cursor)
            found += _titles(part.items)
            cursor = part.next_cursor
            if cursor is None:
                return found


def test_a_foreign_cursor_is_refused(both: Catalogue) -> None:
    with both.database.read() as session, pytest.raises(InvalidError):
        listing.events_page(session, Wanted(), cursor="WzFd")


def test_events_and_series_are_found_by_their_address(both: Catalogue) -> None:
    both.event(slug="recht")
    both.series(slug="reihe")
    with both.database.read() as session:
        assert listing.event_by_slug(session, "recht").slug == "recht"
        assert listing.series_by_slug(session, "reihe").slug == "reihe"
        with pytest.raises(NotFoundError):
            listing.event_by_slug(session, "reihe")
        with pytest.raises(NotFoundError):
            listing.series_by_slug(session, "recht")


def test_each_venue_is_offered_once_for_use_again(both: Catalogue) -> None:
    for room in ("Saal", "Keller", "Saal"):
        both.event(venue={"name": "Haus", "room": room, "city": "Bochum"})
        both.clock.turn(minutes=1)
    both.event(venue=None)
    with both.database.read() as session:
        assert [venue["room"] for venue in listing.known_venues(session)] == ["Saal", "Keller"]


def test_series_to_choose_from_are_those_that_are_not_cancelled(both: Catalogue) -> None:
    both.series(title={"de": "Entwurf"})
    both.cancel_series(both.published_series(title={"de": "Abgesagt"}).id)
    with both.database.read() as session:
        assert [series.title["de"] for series in listing.all_series(session)] == ["Entwurf"]


# --- the preview ------------------------------------------------------------


def test_a_preview_shows_what_waits_and_leaves_the_event_alone(both: Catalogue) -> None:
    first, second = both.published_series(slug="eins"), both.published_series(slug="zwei")
    event = both.published_event(series_id=str(first.id))
    both.change(event.id, title={"de": "Neu"}, series_id=str(second.id), **_at("2027-05-01"))
    with both.database.read() as session:
        public = listing.find_event(session, event.id)
        preview = listing.pending_revision(session, public)
        assert (preview.id, preview.title, preview.slug) == (event.id, {"de": "Neu"}, event.slug)
        assert preview.series is not None
        assert preview.series.slug == "zwei"
        assert [s.starts_at.date().isoformat() for s in preview.sessions] == ["2027-05-01"]
        assert preview.sessions[0].id == public.sessions[0].id
        assert preview.listed_at == preview.sessions[0].starts_at
        assert preview.has_pending_revision
        assert not session.new
        assert not session.dirty
    assert both.found(event.id).title == event.title


def test_the_preview_of_what_has_no_changes_is_the_event_itself(both: Catalogue) -> None:
    event = both.published_event()
    with both.database.read() as session:
        found = listing.find_event(session, event.id)
        assert listing.pending_revision(session, found) is found


# --- queries ----------------------------------------------------------------


def _look_at(events: list[Event]) -> None:
    """Everything that a page shows of an event; a query that is needed here raises."""
    for event in events:
        assert event.sessions
        assert event.seats is None or event.seats.free >= 0
        assert event.series is None or event.series.title


@pytest.mark.parametrize(
    ("read", "most"),
    [
        (listing.published_events, 2),
        (lambda session, now: listing.past_events(session, now + timedelta(days=999)), 2),
        (lambda session, now: listing.events_page(session, Wanted()).items, 2),
        (lambda session, now: [listing.event_by_slug(session, "e0")], 2),
        (lambda session, now: listing.series_by_slug(session, "s0").events, 3),
        (lambda session, now: [e for s in listing.series_page(session, Wanted()).items for e in s.events], 3),
    ],
)
def test_a_list_needs_as_many_queries_for_many_rows_as_for_one(
    both: Catalogue, read: Callable[[Session, datetime], list[Event]], most: int
) -> None:
    for number in range(3):
        series = both.published_series(slug=f"s{number}")
        for module in range(2):
            both.published_event(slug=f"e{number * 2 + module}", series_id=str(series.id), module_number=module + 1)
    with both.work() as uow:
        store_seats(uow, _seats(both.found(_series_ids(both)[0]).id))
    with both.database.read() as session, statements(both.engine) as sent:
        found = read(session, both.clock())
        _look_at(found)
    assert found
    assert len(sent) <= most


def _series_ids(catalogue: Catalogue) -> list[Any]:
    with catalogue.database.read() as session:
        return [event.id for event in listing.events_page(session, Wanted()).items]


def _seats(event_id: Any) -> Received:
    body = {"event_id": event_id, "capacity": 20, "confirmed": 20, "waiting": 1}
    return Received(new_id(), "seats.changed.v1", event_id, 1, datetime(2027, 1, 1, tzinfo=UTC), body)
