"""Organisers see calendar replies that need an eye, and addresses where mails do not arrive; nobody else does."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from services.notifications.app import create_app
from services.notifications.models import Invitation, Reply
from services.notifications.replies.intake import take_in
from services.notifications.undeliverable import mark_undeliverable
from shared.web import csrf
from tests.notifications.certificate_browser import csrf_token, page_of, signed_in, words
from tests.notifications.parts import Office, alice, an_event, english
from tests.notifications.reply_mails import ReplyMail

PAGE = "/organise/replies"
API = "/api/notifications/v1/replies"


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def event(sqlite_office: Office) -> dict[str, Any]:
    made = an_event()
    sqlite_office.publish(made)
    sqlite_office.confirm(alice(), made)
    return made


def hear(office: Office, **changes: Any) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        uid = uow.session.scalars(select(Invitation.uid)).first() or ""
        take_in(uow, office.settings, bytes(ReplyMail(uid=uid).but(**changes)))
        uow.commit()


def reply(office: Office) -> Reply:
    with office.core.database.read() as session:
        return session.scalars(select(Reply)).one()


def answer(office: Office) -> str | None:
    with office.core.database.read() as session:
        return session.scalars(select(Invitation.answer)).one()


def test_a_reply_shows_what_it_says_and_why_it_waits(app: Flask, sqlite_office: Office, event: dict[str, Any]) -> None:
    hear(sqlite_office, program="exchange", partstat="DECLINED", sender="alice@private.example")
    dora = signed_in(app, sqlite_office, "organiser")
    shown = words(page_of(dora, f"{PAGE}?lang=en"))
    assert "Alice Öztürk : declined" in shown
    assert "It was sent from another address than the one that was invited." in shown
    assert "alice@private.example" in shown
    assert "Leider bin ich, wie gesagt, krank." in shown
    assert "Let it count" in shown


def test_a_proposal_shows_its_time_and_cannot_count(app: Flask, sqlite_office: Office, event: dict[str, Any]) -> None:
    hear(sqlite_office, program="exchange", method="COUNTER", partstat="TENTATIVE")
    shown = words(page_of(signed_in(app, sqlite_office, "organiser"), f"{PAGE}?lang=en"))
    assert "would like another time (maybe)" in shown
    assert "Proposed instead Sunday, 28 March 2027, 10:00" in shown
    assert "Let it count Set aside" not in shown


def test_the_mail_room_leads_to_replies_about_its_event(
    app: Flask, sqlite_office: Office, event: dict[str, Any]
) -> None:
    hear(sqlite_office, sender="alice@private.example")
    dora = signed_in(app, sqlite_office, "organiser")
    room = page_of(dora, f"/organise/events/{event['event_id']}/mail?lang=en")
    (link,) = room.select(f'a[href="{PAGE}?event_id={event["event_id"]}"]')
    assert words(link) == "One calendar reply needs your eye."
    assert "Only replies about one event are shown: Association law" in words(page_of(dora, str(link["href"])))
    assert page_of(dora, f"{PAGE}?event_id=x", status=422)


@pytest.mark.parametrize(("action", "said"), [("release", "accepted"), ("discard", None)])
def test_a_decision_holds_and_the_reply_is_gone_from_the_list(
    app: Flask, sqlite_office: Office, event: dict[str, Any], action: str, said: str | None
) -> None:
    hear(sqlite_office, sender="alice@private.example")
    dora = signed_in(app, sqlite_office, "organiser")
    form = {csrf.FIELD: csrf_token(dora, PAGE), "event_id": str(event["event_id"])}
    done = dora.post(f"{PAGE}/{reply(sqlite_office).id}/{action}", data=form)
    assert (done.status_code, done.location) == (303, f"{PAGE}?event_id={event['event_id']}")
    assert answer(sqlite_office) == said
    assert "Nothing needs your eye" in words(page_of(dora, f"{PAGE}?lang=en"))
    assert dora.post(f"{PAGE}/{reply(sqlite_office).id}/{action}", data=form).status_code == 409


def test_a_reply_to_nothing_that_is_known_can_only_be_set_aside(app: Flask, sqlite_office: Office) -> None:
    hear(sqlite_office, uid="r-00000000-0000-4000-8000-000000000000@reihe.example")
    shown = words(page_of(signed_in(app, sqlite_office, "organiser"), f"{PAGE}?lang=en"))
    assert "It answers an invitation that is not known here." in shown
    assert "Let it count Set aside" not in shown


def test_programs_read_and_decide_too(app: Flask, sqlite_office: Office, event: dict[str, Any]) -> None:
    sqlite_office.employ("Dora", "organiser", token="dora-token")
    sqlite_office.employ("Charlie", "door", "auditor", "needs", token="charlie-token")
    hear(sqlite_office, sender="alice@private.example")
    client, dora = app.test_client(), {"Authorization": "Bearer dora-token"}
    listed: Any = client.get(API, headers=dora).json
    assert [(one["kind"], one["reason"], one["answer"]) for one in listed["items"]] == [
        ("answer", "other_sender", "accepted")
    ]
    released: Any = client.post(f"{API}/{listed['items'][0]['id']}/release", headers=dora).json
    assert released["state"] == "released"
    for headers, status in (({}, 401), ({"Authorization": "Bearer charlie-token"}, 403)):
        assert client.get(API, headers=headers).status_code == status


def test_who_gets_no_mails_is_named_in_the_mail_room_until_the_address_works(
    app: Flask, sqlite_office: Office, event: dict[str, Any]
) -> None:
    with sqlite_office.core.database.unit_of_work(sqlite_office.clock()) as uow:
        mark_undeliverable(uow, "alice@verein.example", "550 5.1.1 Nobody there")
        uow.commit()
    dora, room = signed_in(app, sqlite_office, "organiser"), f"/organise/events/{event['event_id']}/mail"
    page = page_of(dora, f"{room}?lang=en")
    assert "550 5.1.1 Nobody there" in words(page)
    (form,) = page.select('form[action$="/works"]')
    other = an_event()
    sqlite_office.publish(other)
    works = str(form["action"])
    elsewhere = works.replace(str(event["event_id"]), str(other["event_id"]))
    token = {csrf.FIELD: csrf_token(dora, room)}
    assert dora.post(elsewhere, data=token).status_code == 404
    assert dora.post(works, data=token).status_code == 303
    assert "550 5.1.1" not in words(page_of(dora, room))


@pytest.mark.parametrize("role", ["auditor", "door", "needs"])
def test_only_organisers_see_replies(app: Flask, sqlite_office: Office, role: str) -> None:
    assert english(app).get(PAGE).status_code == 307
    assert signed_in(app, sqlite_office, role).get(PAGE).status_code == 403
