"""Who may see and do what: Alice organises, Bob audits, Charlie holds a door, Adam is the admin."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from werkzeug.routing import Rule

from shared.web import csrf
from tests.catalogue.browser import Browser
from tests.catalogue.parts import Catalogue

THEIR_OWN = "organise_calendar.renew"
"""Whoever has a calendar with numbers may renew its address."""
WRITING_FORMS = ("new", "edit", "ask_reason", "ask_event", "ask_series", "questions")


@pytest.fixture
def staffed(catalogue: Catalogue) -> Catalogue:
    catalogue.employ()
    return catalogue


def routes(browser: Browser, method: str) -> Iterator[tuple[str, str]]:
    """Every path below /organise that takes the method, filled with ids of nothing, and its endpoint."""
    adapter = browser.app.url_map.bind("localhost")
    for rule in browser.app.url_map.iter_rules():
        if rule.rule.startswith("/organise") and method in (rule.methods or ()):
            yield adapter.build(rule.endpoint, _ids(rule), method), rule.endpoint


def _ids(rule: Rule) -> dict[str, object]:
    return {argument: uuid4() for argument in rule.arguments}


def is_for_everybody(endpoint: str) -> bool:
    """What concerns nobody but whoever is signed in."""
    return endpoint.startswith("own_account.")


def is_for_admins(endpoint: str) -> bool:
    return endpoint.startswith("organise_accounts.")


def test_nobody_sees_anything_without_signing_in(staffed: Catalogue) -> None:
    browser = Browser(staffed)
    answers = {path: browser.open(path).status for path, _ in routes(browser, "GET")}
    assert len(answers) >= 15
    assert set(answers.values()) == {307}


def test_charlie_sees_nothing(staffed: Catalogue) -> None:
    browser = Browser(staffed, "charlie")
    for path, endpoint in routes(browser, "GET"):
        assert browser.open(path).status == (200 if is_for_everybody(endpoint) else 403), path


def test_bob_sees_but_gets_no_form(staffed: Catalogue) -> None:
    browser = Browser(staffed, "bob")
    for path, endpoint in routes(browser, "GET"):
        is_refused = is_for_admins(endpoint) or endpoint.split(".")[1] in WRITING_FORMS
        assert browser.open(path).status in ((403,) if is_refused else (200, 404)), path


@pytest.mark.parametrize("name", ["bob", "charlie"])
def test_who_may_not_write_changes_nothing(staffed: Catalogue, name: str) -> None:
    browser = Browser(staffed, name)
    token = Browser(staffed, "alice").open("/organise/series/new").value("csrf_token")
    browser.client.set_cookie(csrf.COOKIE, token)
    for path, endpoint in routes(browser, "POST"):
        if is_for_everybody(endpoint) or (name == "bob" and endpoint == THEIR_OWN):
            continue
        answer = browser.post(path, {csrf.FIELD: token, "version": "1"})
        assert answer.status == 403, endpoint
        assert "Your account may not do this." in answer.words


def test_alice_organises_but_manages_no_accounts(staffed: Catalogue) -> None:
    browser = Browser(staffed, "alice")
    for path, endpoint in routes(browser, "GET"):
        assert browser.open(path).status in ((403,) if is_for_admins(endpoint) else (200, 404)), path


def test_adam_may_everything(staffed: Catalogue) -> None:
    browser = Browser(staffed, "adam")
    assert {browser.open(path).status for path, _ in routes(browser, "GET")} <= {200, 404}


def test_without_the_token_of_the_form_nothing_is_written(staffed: Catalogue) -> None:
    browser = Browser(staffed, "adam")
    for path, endpoint in routes(browser, "POST"):
        assert browser.post(path, {"version": "1"}).status == 403, endpoint


def test_bob_sees_no_buttons_that_would_refuse_him(staffed: Catalogue) -> None:
    event = staffed.published_event()
    staffed.change(event.id, capacity=30)
    browser = Browser(staffed, "bob")
    for path in ("/organise", "/organise/events", "/organise/series", f"/organise/events/{event.id}"):
        page = browser.open(path)
        assert page.soup.select("main form[method=post]") == []
        assert (
            page.soup.select(
                "main a[href$='/new'], main a[href$='/edit'], main a[href$='/cancel'], main a[href$='/copy']"
            )
            == []
        )


def test_nothing_of_the_organisers_is_offered_to_search_engines_or_caches(staffed: Catalogue) -> None:
    page = Browser(staffed, "alice").open("/organise")
    assert page.one("meta[name=robots]")["content"] == "noindex"
    assert "public" not in page.response.headers["Cache-Control"]
