"""The public feeds: what stands in them, and that they cost nothing while nothing changes."""

import gzip
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import icalendar
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.testing import require
from tests.calendars.readers import read_with_icaljs, read_with_libical
from tests.catalogue.parts import REASON, VENUE, Catalogue, at, statements

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def web(both: Catalogue) -> FlaskClient:
    return both.client()


def _entries(content: bytes) -> dict[str, Any]:
    """By UID."""
    return {str(entry["UID"]): entry for entry in icalendar.Calendar.from_ical(content).walk("VEVENT")}


def _one(web: FlaskClient, path: str = "/calendar.ics") -> Any:
    [entry] = _entries(web.get(path).data).values()
    return entry


# --- what stands in them ----------------------------------------------------


def test_a_session_is_one_entry_that_says_what_when_and_where(both: Catalogue, web: FlaskClient) -> None:
    series = both.published_series(title={"de": "Grundlagen"})
    event = both.published_event(series_id=str(series.id), module_number=2, motto={"de": "Ohne Angst vor Paragrafen"})
    entry = _one(web)
    assert entry["UID"] == f"s-{event.sessions[0].id}@reihe.example.org"
    assert entry["SUMMARY"] == "Vereinsrecht"
    assert entry["DTSTART"].dt.isoformat() == "2027-03-28T10:00:00+02:00"
    assert entry["DTEND"].dt.isoformat() == "2027-03-28T16:00:00+02:00"
    assert entry["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert entry["LOCATION"] == "Haus der Vielfalt, Saal, Ringstraße 1, 44787 Bochum"
    assert entry["URL"] == "https://reihe.example.org/events/vereinsrecht"
    assert (entry["GEO"].latitude, entry["GEO"].longitude) == (51.48, 7.22)
    assert (entry["SEQUENCE"], entry["STATUS"]) == (0, "CONFIRMED")
    for part in ("Ohne Angst", "Was das Gesetz verlangt.", "Grundlagen", "/events/vereinsrecht"):
        assert part in entry["DESCRIPTION"]
    for name in ("METHOD", "ATTENDEE", "ORGANIZER", "CONFERENCE"):
        assert name not in entry


def test_each_session_is_an_entry_of_its_own(both: Catalogue, web: FlaskClient) -> None:
    event = both.published_event(sessions=[at("2027-04-01"), at("2027-04-02")], programme=[])
    uids = [f"s-{session.id}@reihe.example.org" for session in event.sessions]
    assert list(_entries(web.get(f"/events/{event.slug}.ics").data)) == uids


def test_a_session_that_is_held_elsewhere_names_its_own_venue(both: Catalogue, web: FlaskClient) -> None:
    elsewhere = {**VENUE, "name": "Rathaus", "room": "", "city": "Herne", "latitude": 51.54, "longitude": 7.22}
    event = both.published_event(sessions=[at("2027-04-01"), at("2027-04-02", venue=elsewhere)], programme=[])
    first, second = _entries(web.get(f"/events/{event.slug}.ics").data).values()
    assert first["LOCATION"] == "Haus der Vielfalt, Saal, Ringstraße 1, 44787 Bochum"
    assert second["LOCATION"] == "Rathaus, Ringstraße 1, 44787 Herne"
    assert second["GEO"].latitude == 51.54


def test_feeds_of_everything_of_a_series_and_of_an_event(both: Catalogue, web: FlaskClient) -> None:
    series = both.published_series(slug="reihe", title={"de": "Grundlagen"})
    module = both.published_event(slug="modul", series_id=str(series.id))
    both.published_event(slug="fest", title={"de": "Fest"})
    both.event(slug="entwurf")
    for path, name, number in (
        ("/calendar.ics", "Reihe", 2),
        ("/series/reihe.ics", "Grundlagen", 1),
        ("/events/modul.ics", "Vereinsrecht", 1),
    ):
        response = web.get(path)
        assert response.content_type == "text/calendar; charset=utf-8"
        assert "Content-Disposition" not in response.headers
        calendar = icalendar.Calendar.from_ical(response.data)
        assert (calendar["NAME"], calendar["X-WR-CALNAME"]) == (name, name)
        assert calendar["SOURCE"] == f"https://reihe.example.org{path}"
        assert "METHOD" not in calendar
        assert len(_entries(response.data)) == number
    assert list(_entries(web.get("/series/reihe.ics").data)) == [f"s-{module.sessions[0].id}@reihe.example.org"]


@pytest.mark.parametrize("path", ["/events/entwurf.ics", "/series/entwurf.ics", "/events/x.ics", "/series/x.ics"])
def test_a_draft_has_no_feed(both: Catalogue, web: FlaskClient, path: str) -> None:
    both.event(slug="entwurf")
    both.series(slug="entwurf")
    assert web.get(path).status_code == 404


def test_an_empty_catalogue_has_an_empty_feed(web: FlaskClient) -> None:
    response = web.get("/calendar.ics")
    assert response.status_code == 200
    assert _entries(response.data) == {}
    assert web.get("/calendar.ics", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_what_waits_to_be_published_is_in_no_feed(both: Catalogue, web: FlaskClient) -> None:
    event = both.published_event()
    before = web.get("/calendar.ics")
    both.change(event.id, title={"de": "Neu"}, sessions=[at("2027-04-01")], programme=[])
    after = web.get("/calendar.ics")
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


@pytest.mark.parametrize(
    ("format_", "location"),
    [
        ("online", "Online"),
        ("hybrid", "Haus der Vielfalt, Saal, Ringstraße 1, 44787 Bochum · Online"),
        ("in_person", "Haus der Vielfalt, Saal, Ringstraße 1, 44787 Bochum"),
    ],
)
def test_the_meeting_link_stands_in_no_public_feed(
    both: Catalogue, web: FlaskClient, format_: str, location: str
) -> None:
    both.published_event(
        format=format_, sessions=[at("2027-04-01", meeting_url="https://meet.example.org/geheim")], programme=[]
    )
    assert _one(web)["LOCATION"] == location
    assert b"geheim" not in web.get("/calendar.ics").data.replace(b"\r\n ", b"")


def test_a_change_that_matters_comes_with_a_higher_sequence(both: Catalogue, web: FlaskClient) -> None:
    event = both.published_event()
    first = _one(web)
    both.clock.turn(days=1)
    both.change(event.id, venue={**VENUE, "room": "Keller"})
    both.publish(event.id)
    second = _one(web)
    assert second["UID"] == first["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert "Keller" in second["LOCATION"]
    assert second["DTSTAMP"].dt == second["LAST-MODIFIED"].dt == both.clock()


def test_a_new_description_changes_the_entry_and_its_stamp_alone(both: Catalogue, web: FlaskClient) -> None:
    event = both.published_event()
    before = _one(web)
    both.clock.turn(days=1)
    both.change(event.id, description={"de": "Neu beschrieben"})
    both.publish(event.id)
    after = _one(web)
    assert "Neu beschrieben" in after["DESCRIPTION"]
    assert after["SEQUENCE"] == before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt


def test_the_stamp_of_an_entry_is_its_last_change_and_not_now(both: Catalogue, web: FlaskClient) -> None:
    both.published_event()
    published = both.clock()
    both.clock.turn(days=3)
    assert _one(both.client())["DTSTAMP"].dt == _one(web)["DTSTAMP"].dt == published


def test_a_new_title_of_the_series_reaches_the_entries(both: Catalogue, web: FlaskClient) -> None:
    series = both.published_series(slug="reihe")
    event = both.published_event(series_id=str(series.id))
    paths = ("/calendar.ics", "/series/reihe.ics", f"/events/{event.slug}.ics")
    before = {path: web.get(path).headers["ETag"] for path in paths}
    both.change_series(series.id, title={"de": "Aufbaukurs"})
    for path in paths:
        assert web.get(path).headers["ETag"] != before[path]
        assert "Aufbaukurs" in _one(web, path)["DESCRIPTION"]


def test_a_cancelled_event_stays_for_thirty_days_with_a_prefix(both: Catalogue, web: FlaskClient) -> None:
    series = both.published_series(slug="reihe")
    event = both.published_event(series_id=str(series.id))
    both.cancel(event.id)
    paths = ("/calendar.ics", "/series/reihe.ics", f"/events/{event.slug}.ics")
    both.clock.moment = datetime(2027, 4, 27, 13, 59, tzinfo=UTC)
    etags = {}
    for path in paths:
        entry = _one(web, f"{path}?lang=en")
        assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", 1)
        assert entry["SUMMARY"] == "Cancelled: Association law"
        etags[path] = web.get(path).headers["ETag"]
    both.clock.turn(minutes=1)
    for path in paths:
        response = web.get(path, headers={"If-None-Match": etags[path]})
        assert response.status_code == 200
        assert _entries(response.data) == {}
        assert response.headers["Last-Modified"] == "Tue, 27 Apr 2027 14:00:00 GMT"
    assert REASON["de"].encode() not in response.data


def test_a_session_that_was_taken_out_is_shown_as_cancelled(both: Catalogue, web: FlaskClient) -> None:
    event = both.published_event(sessions=[at("2027-04-01"), at("2027-04-02")], programme=[])
    both.change(event.id, sessions=[at("2027-04-01", id=str(event.sessions[0].id))])
    both.publish(event.id)
    states = [str(entry["STATUS"]) for entry in _entries(web.get("/calendar.ics").data).values()]
    assert states == ["CONFIRMED", "CANCELLED"]


def test_what_took_place_stays_for_a_year(both: Catalogue, web: FlaskClient) -> None:
    both.published_event()
    both.clock.moment = datetime(2028, 3, 27, 13, 59, tzinfo=UTC)
    assert len(_entries(web.get("/calendar.ics").data)) == 1
    both.clock.turn(minutes=1)
    assert _entries(web.get("/calendar.ics").data) == {}


def test_an_event_that_leaves_a_series_leaves_its_feed(both: Catalogue, web: FlaskClient) -> None:
    first, second = both.published_series(slug="eins"), both.published_series(slug="zwei")
    event = both.published_event(series_id=str(first.id))
    etag = web.get("/series/eins.ics").headers["ETag"]
    both.change(event.id, series_id=str(second.id))
    both.publish(event.id)
    response = web.get("/series/eins.ics", headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert _entries(response.data) == {}
    assert len(_entries(web.get("/series/zwei.ics").data)) == 1


def test_the_language_stands_in_the_address(both: Catalogue, web: FlaskClient) -> None:
    both.published_event()
    german, english = web.get("/calendar.ics"), web.get("/calendar.ics?lang=en")
    assert b"SUMMARY;LANGUAGE=de:Vereinsrecht" in german.data
    assert b"SUMMARY;LANGUAGE=en:Association law" in english.data
    assert german.headers["ETag"] != english.headers["ETag"]
    assert english.headers["Content-Language"] == "en"
    assert "Set-Cookie" not in english.headers
    for headers in ({"Accept-Language": "en"}, {"Cookie": "reihe_language=en"}):
        assert web.get("/calendar.ics", headers=headers).data == german.data
    assert web.get("/calendar.ics?lang=xx").data == german.data


# --- what they cost ---------------------------------------------------------


@pytest.mark.parametrize("path", ["/calendar.ics", "/series/reihe.ics", "/events/recht.ics"])
def test_not_modified_needs_one_query_and_builds_nothing(both: Catalogue, path: str) -> None:
    series = both.published_series(slug="reihe")
    both.published_event(slug="recht", series_id=str(series.id))
    etag = both.client().get(path).headers["ETag"]
    fresh = both.client()
    with statements(both.engine) as sent:
        response = fresh.get(path, headers={"If-None-Match": etag})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == etag
    assert len(sent) == 1


def test_since_the_last_change_nothing_is_modified(both: Catalogue, web: FlaskClient) -> None:
    both.published_event()
    modified = web.get("/calendar.ics").headers["Last-Modified"]
    assert web.get("/calendar.ics", headers={"If-Modified-Since": modified}).status_code == 304
    earlier = "Mon, 11 Jan 2027 08:59:59 GMT"
    assert web.get("/calendar.ics", headers={"If-Modified-Since": earlier}).status_code == 200


def test_a_second_reader_needs_one_query_too(both: Catalogue, web: FlaskClient) -> None:
    both.published_event()
    first = web.get("/calendar.ics")
    both.clock.turn(hours=5)
    with statements(both.engine) as sent:
        second = web.get("/calendar.ics")
    assert second.data == first.data
    assert len(sent) == 1


def test_building_needs_three_queries_however_many_entries_there_are(both: Catalogue, web: FlaskClient) -> None:
    series = both.published_series()
    for day in range(1, 9):
        both.published_event(sessions=[at(f"2027-04-0{day}")], programme=[], series_id=str(series.id))
    with statements(both.engine) as sent:
        assert len(_entries(web.get("/calendar.ics").data)) == 8
    assert len(sent) == 3


def test_two_processes_write_the_same_bytes(both: Catalogue) -> None:
    both.published_event()
    answers = [both.client().get("/calendar.ics", headers=GZIP) for _process in range(2)]
    assert answers[0].data == answers[1].data
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


def test_compressed_bytes_are_the_same_feed_under_an_etag_of_their_own(both: Catalogue, web: FlaskClient) -> None:
    both.published_event()
    plain, compressed = web.get("/calendar.ics"), web.get("/calendar.ics", headers=GZIP)
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.data) == plain.data
    assert len(compressed.data) < len(plain.data)
    assert compressed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in compressed.headers["Vary"]
    etag = compressed.headers["ETag"]
    assert web.get("/calendar.ics", headers={**GZIP, "If-None-Match": etag}).status_code == 304
    assert web.get("/calendar.ics", headers={"If-None-Match": etag}).status_code == 200
    assert "Content-Encoding" not in web.get("/calendar.ics", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_the_weak_etag_of_a_gateway_is_known(both: Catalogue, web: FlaskClient) -> None:
    both.published_event()
    etag = web.get("/calendar.ics").headers["ETag"]
    assert web.get("/calendar.ics", headers={"If-None-Match": f"W/{etag}"}).status_code == 304


@pytest.mark.parametrize("headers", [{}, GZIP])
def test_head_says_what_get_would(both: Catalogue, web: FlaskClient, headers: dict[str, str]) -> None:
    both.published_event()
    got, head = web.get("/calendar.ics", headers=headers), web.head("/calendar.ics", headers=headers)
    assert (head.status_code, head.data) == (200, b"")
    same = ("ETag", "Last-Modified", "Content-Length", "Content-Type", "Cache-Control")
    assert [head.headers[name] for name in same] == [got.headers[name] for name in same]


def test_another_event_leaves_the_feeds_of_this_one_alone(both: Catalogue, web: FlaskClient) -> None:
    series = both.published_series(slug="reihe")
    event = both.published_event(slug="recht", series_id=str(series.id))
    paths = ("/series/reihe.ics", f"/events/{event.slug}.ics")
    before = [web.get(path).headers["ETag"] for path in paths]
    both.published_event(slug="fest")
    assert [web.get(path).headers["ETag"] for path in paths] == before


# --- who reads them ---------------------------------------------------------


def _feed_for_readers(catalogue: Catalogue) -> tuple[TestResponse, dict[UUID, datetime]]:
    """With the last Sundays of March and October, texts that fold badly, and a cancelled session."""
    title = {"de": "Förder­mittel für Vereine: Пример, مثال, 🎉; \\Neu\\ – " + "sehr langer Titel " * 5}
    days = [at("2027-03-28"), at("2027-10-30"), {**at("2027-10-31"), "starts_at": "2027-10-31T10:00:00+01:00"}]
    event = catalogue.published_event(
        title=title, description={"de": "Eins\nZwei, drei; vier"}, sessions=days, programme=[]
    )
    catalogue.published_event(sessions=[at("2027-06-01", time_zone="Africa/Cairo")], programme=[], format="online")
    catalogue.cancel(catalogue.published_event(sessions=[at("2027-06-02")], programme=[]).id)
    return catalogue.client().get("/calendar.ics"), {session.id: session.starts_at for session in event.sessions}


def test_icaljs_and_libical_read_the_feed_alike(catalogue: Catalogue) -> None:
    require("node_modules")
    require("libical")
    response, starts = _feed_for_readers(catalogue)
    by_icaljs, by_libical = read_with_icaljs(response.data), read_with_libical(response.data)
    assert by_icaljs == by_libical
    assert len(by_icaljs) == 5
    read = {entry.uid: entry for entry in by_icaljs}
    for session_id, start in starts.items():
        assert read[f"s-{session_id}@reihe.example.org"].starts_at == start
    assert sorted(entry.status for entry in by_icaljs) == ["CANCELLED"] + ["CONFIRMED"] * 4
