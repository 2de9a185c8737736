"""Circulars in an event's room: written, looked at, sent, watched and stopped, by organisers alone."""

from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from shared.database import new_id
from tests.notifications.certificate_browser import page_of, signed_in, words
from tests.notifications.parts import Office, alice, an_event, bob

WORDS = {"subject.en": "Please bring a laptop", "text.en": "We practise.\r\n\r\nThere is WiFi."}


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def event(sqlite_office: Office) -> dict[str, Any]:
    made = an_event()
    sqlite_office.publish(made)
    sqlite_office.confirm(alice(), made)
    return made


@pytest.fixture
def dora(app: Flask, sqlite_office: Office) -> FlaskClient:
    client = signed_in(app, sqlite_office, "organiser")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def room(event: dict[str, Any], rest: str = "") -> str:
    return f"/organise/events/{event['event_id']}/mail/circulars{rest}"


def send(client: FlaskClient, path: str, action: str, **typed: Any) -> TestResponse:
    """Send the form of a page whose action ends so, with what stands in it but for what is typed."""
    page = page_of(client, path)
    form = next(form for form in page.select("main form") if str(form["action"]).endswith(action))
    return client.post(str(form["action"]), data={**filled_in(form), **typed})


def filled_in(form: Tag) -> dict[str, str]:
    hidden = {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
    return {**hidden, **{str(area["name"]): area.text.removeprefix("\n") for area in form.select("textarea")}}


def draft(client: FlaskClient, event: dict[str, Any], **typed: Any) -> str:
    """The path of a circular that was drafted."""
    answer = send(client, room(event, "/new"), "/circulars", **{**WORDS, "states": "confirmed", **typed})
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_circular_is_written_looked_at_and_sent(
    dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    path = draft(dora, event)
    page = page_of(dora, path)
    assert "Nobody has got it yet." in words(page)
    frame = page.select_one("iframe")
    assert frame is not None
    assert "We practise." in dora.get(str(frame["src"])).text
    assert send(dora, path, "/send").status_code == 303
    sqlite_office.write_circulars()
    sqlite_office.send()
    assert [row for row in rows(dora, path) if "alice@verein.example" in row and "Sent" in row]
    assert "Please bring a laptop Sent 1" in words(page_of(dora, room(event)))


def rows(client: FlaskClient, path: str) -> list[str]:
    return [words(row) for row in page_of(client, path).select("tbody tr")]


def test_while_it_is_sent_the_page_shows_how_far_it_is_and_stops_it(
    dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    path = draft(dora, event)
    send(dora, path, "/send")
    page = page_of(dora, path)
    assert "0 of 1 are done." in words(page)
    assert page.select_one("[data-refresh]") is not None
    assert send(dora, path, "/stop").status_code == 303
    sqlite_office.write_circulars()
    assert "Stopped" in words(page_of(dora, path))
    assert sqlite_office.kinds() == ["confirmed"]


def test_a_draft_is_changed_and_discarded(dora: FlaskClient, event: dict[str, Any]) -> None:
    path = draft(dora, event)
    send(dora, f"{path}/edit", "/edit", **{"subject.en": "Other words", "states": "waitlisted"})
    assert "Other words" in words(page_of(dora, path))
    assert "Nobody would get it now." in words(page_of(dora, path))
    assert send(dora, path, "/discard").status_code == 303
    page_of(dora, path, status=404)


def test_those_who_were_chosen_elsewhere_are_kept_through_a_mistake(
    dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    person = bob()
    sqlite_office.confirm(person, event)
    form = page_of(dora, room(event, "/new")).select_one("main form")
    assert form is not None
    chosen = {"csrf_token": filled_in(form)["csrf_token"], "registration_ids": str(person.registration_id)}
    asked = dora.post(room(event, "/new"), data=chosen)
    assert "It goes to the one person whom you chose." in asked.text
    wrong = dora.post(room(event), data={**chosen, "text.en": "We practise."})
    assert wrong.status_code == 422
    field = BeautifulSoup(wrong.text, "html.parser").select_one("input[name=registration_ids]")
    assert field is not None
    assert field["value"] == str(person.registration_id)
    assert dora.post(room(event), data={**chosen, **WORDS}).status_code == 303


def test_a_form_without_words_or_without_anybody_says_what_is_missing(dora: FlaskClient, event: dict[str, Any]) -> None:
    answer = send(dora, room(event, "/new"), "/circulars", **{"text.en": "We practise."})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert len(page.select("#error-summary li")) == 1
    answer = send(dora, room(event, "/new"), "/circulars", **WORDS)
    assert "Please say to whom it goes." in answer.text


def test_a_version_that_was_not_looked_at_is_not_sent(
    dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    path = draft(dora, event)
    answer = send(dora, path, "/send", version="7")
    assert answer.status_code == 409
    assert "changed after you looked at it" in answer.text
    assert send(dora, path, "/send", version="x").status_code == 422
    sqlite_office.write_circulars()
    assert sqlite_office.kinds() == ["confirmed"]


def test_a_test_comes_to_ones_own_address(dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]) -> None:
    path = draft(dora, event)
    answer = send(dora, path, "/test")
    assert answer.status_code == 303
    assert "The test is on its way to dora@verband.example." in dora.get(answer.location).text
    assert sqlite_office.mails()[-1].to_email == "dora@verband.example"


def test_a_circular_is_found_only_in_the_room_of_its_event(
    dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    other = an_event()
    sqlite_office.publish(other)
    circular_id = UUID(draft(dora, event).rsplit("/", 1)[1])
    page_of(dora, room(other, f"/{circular_id}"), status=404)
    page_of(dora, room(event, f"/{new_id()}"), status=404)


@pytest.mark.parametrize("role", ["auditor", "door", "needs"])
def test_only_organisers_come_here(app: Flask, sqlite_office: Office, event: dict[str, Any], role: str) -> None:
    page_of(signed_in(app, sqlite_office, role), room(event), status=403)
    page_of(signed_in(app, sqlite_office, role), room(event, "/new"), status=403)


def test_what_is_written_cannot_become_html_or_a_header(
    dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    hostile = {"subject.en": "Hi <b>x</b>", "text.en": "<script>alert(1)</script> {{ 7 * 7 }} %(name)s"}
    send(dora, draft(dora, event, **hostile), "/send")
    sqlite_office.write_circulars()
    mail = sqlite_office.mails()[-1]
    assert "<script>" not in mail.html
    assert "&lt;b&gt;x" in mail.html
    assert "{{ 7 * 7 }} %(name)s" in mail.text
    with_header = send(dora, room(event, "/new"), "/circulars", **{**WORDS, "subject.en": "Hi\r\nBcc: x@y.example"})
    assert with_header.status_code == 422
