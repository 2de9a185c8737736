"""Public answers are kept in memory for a second, and never for longer than that."""

from collections.abc import Iterable

import pytest
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from tests.catalogue.browser import Browser
from tests.catalogue.parts import Catalogue, statements

PAGE, FEED = "/events/vereinsrecht", "/calendar.ics"


@pytest.fixture
def web(catalogue: Catalogue) -> FlaskClient:
    catalogue.published_event(title={"en": "Association law", "de": "Vereinsrecht"})
    return catalogue.client()


@pytest.fixture
def elsewhere(catalogue: Catalogue) -> Catalogue:
    """Another process over the same database."""
    return Catalogue(catalogue.engine, catalogue.clock, catalogue.settings)


def _counted(path_endpoint: str, status: str) -> float:
    labels = {"service": "catalogue", "endpoint": path_endpoint, "status": status}
    return REGISTRY.get_sample_value("reihe_requests_total", labels) or 0.0


@pytest.mark.parametrize("path", [PAGE, FEED, "/", "/events"])
def test_the_same_within_a_second_costs_no_query(catalogue: Catalogue, web: FlaskClient, path: str) -> None:
    first = web.get(path)
    with statements(catalogue.engine) as queries:
        second = web.get(path)
    assert queries == []
    assert second.data == first.data
    assert _without_request_id(second.headers.items()) == _without_request_id(first.headers.items())


def _without_request_id(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(header for header in headers if header[0] != "X-Request-Id")


def test_each_answer_has_its_own_request_id_and_is_counted(web: FlaskClient) -> None:
    before = _counted("pages.event", "200")
    ids = {web.get(PAGE).headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3
    assert web.get(PAGE, headers={"X-Request-Id": "from-the-gateway"}).headers["X-Request-Id"] == "from-the-gateway"
    assert _counted("pages.event", "200") == before + 4


def test_what_this_process_writes_is_seen_at_once(catalogue: Catalogue, web: FlaskClient) -> None:
    assert b"Association law" in web.get(PAGE, headers={"Accept-Language": "en"}).data
    event = catalogue.published_event(slug="another")
    catalogue.change(event.id, title={"en": "Fundraising"})
    etag = web.get(FEED).headers["ETag"]
    catalogue.publish(event.id)
    assert web.get(FEED).headers["ETag"] != etag
    assert b"Fundraising" in web.get("/events/another", headers={"Accept-Language": "en"}).data


def test_what_another_process_writes_is_seen_after_a_second(
    catalogue: Catalogue, elsewhere: Catalogue, web: FlaskClient
) -> None:
    before = web.get(FEED).headers["ETag"]
    elsewhere.published_event(slug="another")
    catalogue.clock.turn(milliseconds=999)
    assert web.get(FEED).headers["ETag"] == before
    catalogue.clock.turn(milliseconds=1)
    assert web.get(FEED).headers["ETag"] != before


def test_answers_are_kept_apart_by_language_compression_and_what_the_reader_has(web: FlaskClient) -> None:
    assert web.get(PAGE, headers={"Accept-Language": "de"}).headers["Content-Language"] == "de"
    assert web.get(PAGE, headers={"Accept-Language": "en"}).headers["Content-Language"] == "en"
    web.set_cookie("reihe_language", "de")
    assert web.get(PAGE, headers={"Accept-Language": "en"}).headers["Content-Language"] == "de"
    plain, compressed = web.get(FEED), web.get(FEED, headers={"Accept-Encoding": "gzip"})
    assert (plain.headers.get("Content-Encoding"), compressed.headers["Content-Encoding"]) == (None, "gzip")
    for _ in range(2):
        unchanged = web.get(FEED, headers={"If-None-Match": plain.headers["ETag"]})
        assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert web.get(FEED).data == plain.data


def test_whoever_is_signed_in_is_answered_for_themselves(catalogue: Catalogue, web: FlaskClient) -> None:
    catalogue.employ()
    signed_out = web.get(PAGE).text
    alice = Browser(catalogue, "alice")
    for _ in range(2):
        assert 'href="/organise"' in str(alice.open(PAGE).soup)
    assert 'href="/organise"' not in signed_out
    assert web.get(PAGE).text == signed_out


def test_a_choice_of_language_sets_its_cookie_each_time(catalogue: Catalogue, web: FlaskClient) -> None:
    assert "reihe_language=de" in web.get(f"{PAGE}?lang=de").headers["Set-Cookie"]
    other = catalogue.client()
    assert "reihe_language=de" in other.get(f"{PAGE}?lang=de").headers["Set-Cookie"]
    web.delete_cookie("reihe_language")
    assert "reihe_language=de" in web.get(f"{PAGE}?lang=de").headers["Set-Cookie"]


def test_a_page_with_a_form_is_never_kept(catalogue: Catalogue, web: FlaskClient) -> None:
    first, second = web.get("/login").text, catalogue.client().get("/login").text
    assert "csrf_token" in first
    assert first != second
    web.delete_cookie("reihe_csrf")
    assert web.get("/login").text != first


def test_nothing_is_kept_that_was_refused(catalogue: Catalogue, elsewhere: Catalogue, web: FlaskClient) -> None:
    assert web.get("/events/another").status_code == 404
    elsewhere.published_event(slug="another")
    assert web.get("/events/another").status_code == 200


def test_a_head_request_gets_no_body_of_a_kept_answer(web: FlaskClient) -> None:
    whole = web.get(PAGE)
    head = web.head(PAGE)
    assert head.data == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
