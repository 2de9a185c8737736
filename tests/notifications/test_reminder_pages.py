"""Reminders in an event's room: suggested, added, looked at, changed, deleted, by organisers alone."""

from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from shared.database import new_id
from tests.notifications.certificate_browser import page_of, signed_in, words
from tests.notifications.parts import Office, alice, an_event
from tests.notifications.test_circular_pages import filled_in

DUE = datetime.fromisoformat("2027-03-27T09:00:00+00:00")
TYPED = {"timing": "before_start", "amount": "2", "unit": "days", "each_session": "no", "audience": "confirmed"}


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
    return an_organiser(app, sqlite_office)


def an_organiser(app: Flask, sqlite_office: Office) -> FlaskClient:
    """Signed in now, which lasts some minutes."""
    client = signed_in(app, sqlite_office, "organiser")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def room(event: dict[str, Any], rest: str = "") -> str:
    return f"/organise/events/{event['event_id']}/mail/reminders{rest}"


def send(client: FlaskClient, path: str, action: str, **typed: str) -> TestResponse:
    """Send the form of a page whose action ends so, with what is typed."""
    form = next(form for form in page_of(client, path).select("main form") if str(form["action"]).endswith(action))
    return client.post(str(form["action"]), data={**filled_in(form), **typed})


def test_the_day_before_is_suggested_and_set_by_one_click(
    app: Flask, dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    assert "Remind them the day before?" in words(page_of(dora, room(event)))
    answer = send(dora, room(event), "/reminders")
    assert answer.status_code == 303
    listed = words(page_of(dora, room(event)))
    assert "Remind them the day before?" not in listed
    assert "One day before the start, for each session" in listed
    assert "planned Saturday, 27 March 2027, 10:00 not yet" in listed
    sqlite_office.clock.moment = DUE
    sqlite_office.remind()
    dora = an_organiser(app, sqlite_office)
    assert "was due Saturday, 27 March 2027, 10:00 Waiting to be sent: 1" in words(page_of(dora, answer.location))
    sqlite_office.send()
    assert "Sent: 1" in words(page_of(dora, answer.location))


def test_a_rule_is_written_looked_at_in_each_language_and_deleted(dora: FlaskClient, event: dict[str, Any]) -> None:
    own = {"subject.de": "Bis bald, {name}!", "text.de": "Bitte Laptop mitbringen."}
    path = send(dora, room(event, "/new"), "/reminders", **TYPED, **own).location
    page = page_of(dora, f"{path}?language=de")
    assert "2 days before the start, once for the event" in words(page)
    assert "Bis bald, A… Ö…!" in words(page)
    frame = page.select_one("iframe")
    assert frame is not None
    shown = dora.get(str(frame["src"])).text
    assert "Bitte Laptop mitbringen." in shown
    assert "Öztürk" not in shown
    assert "Reminder: Association law" in words(page_of(dora, f"{path}?language=en"))
    assert send(dora, path, "/remove").status_code == 303
    page_of(dora, path, status=404)


def test_a_rule_is_changed(dora: FlaskClient, event: dict[str, Any]) -> None:
    path = send(dora, room(event, "/new"), "/reminders", **TYPED).location
    changed = {**TYPED, "timing": "after_end", "amount": "0", "each_session": "yes", "audience": "present"}
    assert send(dora, f"{path}/edit", "/edit", **changed).status_code == 303
    assert "At the end, for each session" in words(page_of(dora, path))
    checked = page_of(dora, f"{path}/edit").select("input[checked]")
    assert [str(field["value"]) for field in checked] == ["yes", "present"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": "0"}, "at least one hour before"),
        ({"amount": "121"}, "from 0 to 120"),
        ({"amount": "soon"}, "not understood"),
        ({"audience": "present"}, "known only after the end"),
        ({"text.en": "{deadline}"}, "is not known here"),
        ({"unit": "years"}, "must be one of"),
    ],
)
def test_a_mistake_is_said_and_what_was_typed_is_kept(
    dora: FlaskClient, event: dict[str, Any], typed: dict[str, str], sentence: str
) -> None:
    answer = send(dora, room(event, "/new"), "/reminders", **{**TYPED, "subject.en": "Hello {name}", **typed})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert sentence in words(page)
    subject = page.select_one("input[name='subject.en']")
    assert subject is not None
    assert subject["value"] == "Hello {name}"


def test_what_is_over_says_that_nothing_is_sent(app: Flask, sqlite_office: Office, event: dict[str, Any]) -> None:
    sqlite_office.clock.moment = DUE
    dora = an_organiser(app, sqlite_office)
    path = send(dora, room(event), "/reminders").location
    assert "not sent: too late" in words(page_of(dora, path))
    sqlite_office.cancel(event)
    assert "There is no session that it could be about." in words(page_of(dora, path))


def test_a_reminder_is_found_only_in_the_room_of_its_event(
    dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    other = an_event()
    sqlite_office.publish(other)
    reminder_id = sqlite_office.set_rule(event)
    page_of(dora, room(event, f"/{reminder_id}"))
    page_of(dora, room(other, f"/{reminder_id}"), status=404)
    page_of(dora, room(event, f"/{new_id()}"), status=404)


@pytest.mark.parametrize("role", ["auditor", "door", "needs"])
def test_only_organisers_come_here(app: Flask, sqlite_office: Office, event: dict[str, Any], role: str) -> None:
    page_of(signed_in(app, sqlite_office, role), room(event), status=403)
    page_of(signed_in(app, sqlite_office, role), room(event, "/new"), status=403)
