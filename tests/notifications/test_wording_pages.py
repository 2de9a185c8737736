"""What mails say, on pages and over the API: for the house and an event, by organisers alone."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from tests.notifications.certificate_browser import csrf_token, page_of, signed_in, words
from tests.notifications.parts import Office, alice, an_event

HOUSE = "/organise/mails/texts"
API = "/api/notifications/v1"
DORA = {"Authorization": "Bearer dora-token"}
CHARLIE = {"Authorization": "Bearer charlie-token"}


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def event(sqlite_office: Office) -> dict[str, Any]:
    made = an_event()
    sqlite_office.publish(made)
    return made


@pytest.fixture
def dora(app: Flask, sqlite_office: Office) -> FlaskClient:
    client = signed_in(app, sqlite_office, "organiser")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def room(event: dict[str, Any], rest: str = "") -> str:
    return f"/organise/events/{event['event_id']}/mail/texts{rest}"


def send(client: FlaskClient, path: str, rest: str = "", **typed: str) -> TestResponse:
    """The form of a page, with what stands in it but for what is typed."""
    page = page_of(client, path)
    areas = {str(area["name"]): area.text.removeprefix("\n") for area in page.select("main textarea")}
    fields = {str(field["name"]): str(field.get("value", "")) for field in page.select("main form.form input")}
    return client.post(path + rest, data={**fields, **areas, **typed})


def test_words_are_entered_for_the_house_and_changed_for_one_event(
    dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    assert send(dora, f"{HOUSE}/confirmed", **{"subject.en": "House: {title}"}).status_code == 303
    form = page_of(dora, room(event, "/confirmed"))
    field = form.select_one("input[name='subject.en']")
    assert field is not None
    assert field["value"] == "House: {title}"
    assert send(dora, room(event, "/confirmed"), **{"subject.en": "Mine: {title}"}).status_code == 303
    sqlite_office.confirm(alice(), event)
    assert sqlite_office.mails()[0].subject == "Mine: Association law"
    assert "Place confirmed Your place is confirmed: {title} own words" in words(page_of(dora, room(event)))


def test_a_wrong_placeholder_is_shown_at_its_field_and_what_was_typed_is_kept(
    dora: FlaskClient, event: dict[str, Any]
) -> None:
    answer = send(dora, room(event, "/offered"), **{"subject.en": "{nmae}", "text.en": "No deadline."})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert len(page.select("#error-summary li")) == 2
    assert "{nmae} is not known here. You can use: {name}" in words(page)
    area = page.select_one("textarea[name='text.en']")
    assert area is not None
    assert area.text.strip() == "No deadline."


def test_words_are_looked_at_before_they_are_saved(
    dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]
) -> None:
    sqlite_office.confirm(alice(), event)
    typed = {"text.en": "Glad you come, {name}. <b>x</b>", "preview": "en"}
    shown = send(dora, room(event, "/confirmed"), "/preview", **typed)
    assert "Glad you come, A… Ö…. &lt;b&gt;x&lt;/b&gt;" in shown.text
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "Glad you come" not in dora.get(room(event, "/confirmed/preview/en/html")).text
    wrong = send(dora, room(event, "/confirmed"), "/preview", **{"text.en": "{oops}", "preview": "en"})
    assert (wrong.status_code, "{oops} is not known here" in wrong.text) == (422, True)


def test_ones_own_words_are_removed(dora: FlaskClient, sqlite_office: Office, event: dict[str, Any]) -> None:
    send(dora, room(event, "/confirmed"), **{"subject.en": "Mine"})
    token = csrf_token(dora, room(event, "/confirmed"))
    assert dora.post(room(event, "/confirmed/reset"), data={"csrf_token": token}).status_code == 303
    assert "Remove these words" not in dora.get(room(event, "/confirmed")).text
    sqlite_office.confirm(alice(), event)
    assert sqlite_office.mails()[0].subject == "Your place is confirmed: Association law"


def test_before_the_first_event_the_page_works_without_a_preview(dora: FlaskClient) -> None:
    page = page_of(dora, f"{HOUSE}/link")
    assert page.select("iframe") == []
    assert "As soon as an event is published" in words(page)


def test_letters_about_no_event_are_worded_for_the_house_alone(dora: FlaskClient, event: dict[str, Any]) -> None:
    page_of(dora, f"{HOUSE}/link")
    page_of(dora, room(event, "/link"), status=404)
    page_of(dora, f"{HOUSE}/nonsense", status=404)


@pytest.mark.parametrize("role", ["auditor", "door", "needs"])
def test_only_organisers_word_mails(app: Flask, sqlite_office: Office, event: dict[str, Any], role: str) -> None:
    client = signed_in(app, sqlite_office, role)
    for path in (HOUSE, f"{HOUSE}/confirmed", room(event), room(event, "/confirmed")):
        page_of(client, path, status=403)


def test_over_the_api_words_are_read_entered_and_removed(
    app: Flask, sqlite_office: Office, event: dict[str, Any]
) -> None:
    sqlite_office.employ("Dora", "organiser", token="dora-token")
    client = app.test_client()
    of_event = f"{API}/events/{event['event_id']}/wordings"
    entered = client.put(f"{API}/wordings/confirmed", json={"subject": {"en": "House"}}, headers=DORA)
    assert entered.status_code == 200, entered.text
    answer: Any = client.put(f"{of_event}/confirmed", json={"heading": {"en": "Hi {name}"}}, headers=DORA).json
    assert answer["entered"] == {"heading": {"en": "Hi {name}"}}
    assert (answer["words"]["subject"]["en"], answer["words"]["heading"]["en"]) == ("House", "Hi {name}")
    wrong: Any = client.put(f"{of_event}/confirmed", json={"heading": {"en": "{oops}"}}, headers=DORA)
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["heading.en"])
    shown: Any = client.get(f"{of_event}/confirmed/preview/en", headers=DORA).json
    assert shown["subject"] == "House"
    listed: Any = client.get(of_event, headers=DORA).json
    assert "link" not in {one["template"] for one in listed["items"]}
    assert client.delete(f"{of_event}/confirmed", headers=DORA).status_code == 204
    assert client.delete(f"{API}/wordings/confirmed", headers=DORA).status_code == 204
    sqlite_office.confirm(alice(), event)
    assert sqlite_office.mails()[0].subject == "Your place is confirmed: Association law"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/wordings"),
        ("GET", "/events/{event}/wordings"),
        ("PUT", "/wordings/confirmed"),
        ("PUT", "/events/{event}/wordings/confirmed"),
        ("DELETE", "/wordings/confirmed"),
        ("DELETE", "/events/{event}/wordings/confirmed"),
        ("GET", "/wordings/confirmed/preview/en"),
        ("GET", "/events/{event}/wordings/confirmed/preview/en"),
    ],
)
def test_over_the_api_only_organisers_may(
    app: Flask, sqlite_office: Office, event: dict[str, Any], method: str, path: str
) -> None:
    sqlite_office.employ("Charlie", "door", "auditor", "needs", token="charlie-token")
    filled = API + path.format(event=event["event_id"])
    client = app.test_client()
    assert client.open(filled, method=method, json={}, headers=CHARLIE).status_code == 403
    assert client.open(filled, method=method, json={}).status_code == 401
