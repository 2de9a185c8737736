"""Feeds of a part of the catalogue: by kind, city, language and speaker."""

from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest
from flask.testing import FlaskClient

from tests.catalogue.parts import EVENT, VENUE, Catalogue, at, statements

ELSEWHERE = {**VENUE, "name": "Rathaus", "city": "Köln"}
MINA = {"name": "Mina Okafor", "role": "", "organisation": ""}
ANDRE = {"name": "André Nguyễn", "role": "", "organisation": ""}


@pytest.fixture
def web(both: Catalogue) -> FlaskClient:
    """A training in German in Bochum by Mina; a conference on two days in Bochum and Köln with André on the second."""
    both.published_event(slug="recht", title={"de": "Recht"}, languages=["de"])
    item = {**EVENT["programme"][0], "starts_at": "2027-04-02T11:00:00+02:00", "speakers": [ANDRE]}
    both.published_event(
        slug="tagung",
        title={"de": "Tagung"},
        kind="conference",
        languages=["tr", "de"],
        sessions=[at("2027-04-01"), at("2027-04-02", venue=ELSEWHERE)],
        programme=[item],
    )
    return both.client()


def _shown(web: FlaskClient, query: str) -> list[str]:
    """The titles of a feed's entries with their days."""
    calendar = icalendar.Calendar.from_ical(web.get(f"/calendar.ics{query}").data)
    entries: list[Any] = calendar.walk("VEVENT")
    return [f"{entry['SUMMARY']} {entry['DTSTART'].dt:%d.%m.}" for entry in entries]


RECHT, FIRST, SECOND = "Recht 28.03.", "Tagung 01.04.", "Tagung 02.04."


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?kind=conference", [FIRST, SECOND]),
        ("?city=Bochum", [RECHT, FIRST]),
        ("?city=koln", [SECOND]),
        ("?kind=training&city=Bochum", [RECHT]),
        ("?language=tr", [FIRST, SECOND]),
        ("?language=de", [RECHT, FIRST, SECOND]),
        ("?language=uk", []),
        ("?speaker=Mina+Okafor", [RECHT]),
        ("?speaker=andre%20nguyen", [SECOND]),
        ("?speaker=Mina", []),
        ("?speaker=%25", []),
        ("?kind=&city=", [RECHT, FIRST, SECOND]),
    ],
)
def test_a_feed_holds_the_sessions_that_were_asked_for(web: FlaskClient, query: str, titles: list[str]) -> None:
    assert _shown(web, query) == titles


def test_it_says_what_it_is_and_where_it_comes_from(web: FlaskClient) -> None:
    feed = web.get("/calendar.ics?language=tr&city=K%C3%B6ln&kind=conference&lang=en").data
    calendar = icalendar.Calendar.from_ical(feed)
    assert calendar["NAME"] == "Reihe: Conference · Köln · Turkish"
    query = "?kind=conference&city=K%C3%B6ln&language=tr"
    assert calendar["SOURCE"] == f"https://reihe.example.org/calendar.ics{query}"
    assert calendar["URL"] == f"https://reihe.example.org/{query}"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("?kind=party", "training, jubilee, conference, meeting"),
        ("?language=german", "such as de or tr"),
        (f"?city={'x' * 201}", "at most 200 characters"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_a_reason(web: FlaskClient, query: str, reason: str) -> None:
    response = web.get(f"/calendar.ics{query}&lang=en")
    assert response.status_code == 422
    assert reason in response.text


def test_a_session_that_moves_to_another_city_changes_feeds(both: Catalogue, web: FlaskClient) -> None:
    event = both.published_event(slug="fest", title={"de": "Fest"}, sessions=[at("2027-05-01")], programme=[])
    both.change(event.id, venue=ELSEWHERE)
    assert "Fest 01.05." in _shown(web, "?city=Bochum")
    both.publish(event.id)
    assert "Fest 01.05." not in _shown(web, "?city=Bochum")
    assert "Fest 01.05." in _shown(web, "?city=Köln")


def test_what_was_cancelled_stays_in_them_for_thirty_days(both: Catalogue, web: FlaskClient) -> None:
    event = both.published_event(slug="fest", title={"de": "Fest"}, kind="jubilee")
    both.cancel(event.id)
    both.clock.moment = datetime(2027, 4, 27, 13, 59, tzinfo=UTC)
    for query in ("?kind=jubilee", "?speaker=Mina+Okafor&kind=jubilee"):
        assert _shown(web, query) == ["Abgesagt: Fest 28.03."]
    both.clock.turn(minutes=1)
    assert _shown(web, "?kind=jubilee") == []


def test_not_modified_needs_one_query_and_builds_nothing(both: Catalogue, web: FlaskClient) -> None:
    etag = web.get("/calendar.ics?city=Bochum").headers["ETag"]
    assert etag != web.get("/calendar.ics?kind=training").headers["ETag"]
    assert etag == web.get("/calendar.ics?kind=&city=Bochum").headers["ETag"]
    fresh = both.client()
    with statements(both.engine) as sent:
        response = fresh.get("/calendar.ics?city=Bochum", headers={"If-None-Match": etag})
    assert (response.status_code, len(sent)) == (304, 1)
