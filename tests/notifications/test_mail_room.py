"""Organisers see what was sent to whom about their event, and send it again; nobody else does."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notifications.app import create_app
from shared.database import new_id
from shared.staff import Staff
from shared.web import csrf
from shared.web.sign_in import write_cookie
from tests.notifications.enrolment_parts import enrolment, take
from tests.notifications.parts import Office, alice, an_event, bob, english, parsed, text_of

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def app(sqlite_office: Office) -> Flask:
    return create_app(sqlite_office.core)


@pytest.fixture
def signed_in(app: Flask, sqlite_office: Office) -> SignIn:
    """A browser with the cookie that catalogue would have written for somebody with these roles."""

    def sign_in(*roles: str) -> FlaskClient:
        account_id = sqlite_office.employ("Dora", *roles)
        client = english(app)
        with app.test_request_context():
            response = app.response_class()
            write_cookie(
                response, Staff(account_id, "Dora", "", frozenset(roles), epoch=1), new_id(), sqlite_office.clock()
            )
        client.set_cookie("reihe_staff", response.headers["Set-Cookie"].split(";")[0].split("=", 1)[1])
        return client

    return sign_in


def post(client: FlaskClient, path: str) -> TestResponse:
    """A form sent from the page before it, with its CSRF token."""
    page = client.get(path.removesuffix("/resend"))
    field = BeautifulSoup(page.text, "html.parser").select_one(f'input[name="{csrf.FIELD}"]')
    assert field is not None
    return client.post(path, data={csrf.FIELD: field["value"]})


def room(event_id: UUID, *rest: object) -> str:
    return "/".join(["/organise/events", str(event_id), "mail", *map(str, rest)])


def test_an_organiser_sees_what_was_sent_to_whom(signed_in: SignIn, sqlite_office: Office) -> None:
    dora, event, other = signed_in("organiser"), an_event(), an_event()
    sqlite_office.publish(event)
    sqlite_office.publish(other)
    sqlite_office.confirm(alice(), event)
    sqlite_office.send()
    sqlite_office.wait(bob(), event)
    sqlite_office.confirm(bob(), other)
    page = BeautifulSoup(dora.get(room(event["event_id"])).text, "html.parser")
    rows = [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]
    assert len(rows) == 2
    assert "bob@verein.example" in rows[0]
    assert "Waiting to be sent" in rows[0]
    assert "alice@verein.example" in rows[1]
    assert "Sent" in rows[1]


def test_only_the_mails_of_one_registration_are_shown(signed_in: SignIn, sqlite_office: Office) -> None:
    dora, event = signed_in("organiser"), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    sqlite_office.wait(bob(), event)
    path = room(event["event_id"])
    others = dora.get(path, query_string={"registration_id": str(new_id())})
    assert "alice@verein.example" not in others.text
    assert "Only the mails to one person are shown." in others.text
    assert dora.get(path, query_string={"registration_id": "x"}).status_code == 422


def test_mails_are_filtered_by_state(signed_in: SignIn, sqlite_office: Office) -> None:
    dora, event = signed_in("organiser"), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    page = dora.get(room(event["event_id"]) + "?state=failed").text
    assert "No such mails" in page
    assert "alice@verein.example" in dora.get(room(event["event_id"]) + "?state=queued").text


def test_mails_are_found_by_kind_address_and_day(signed_in: SignIn, sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    sqlite_office.clock.turn(days=1)
    sqlite_office.wait(bob(), event)
    dora = signed_in("organiser")

    def found(**wanted: str) -> list[str]:
        page = BeautifulSoup(dora.get(room(event["event_id"]), query_string=wanted).text, "html.parser")
        return [cell.text for cell in page.select("tbody td:first-child .small")]

    assert found(kind="waitlisted") == found(since="2027-01-12") == found(address="BOB@") == ["bob@verein.example"]
    assert found(until="2027-01-11") == found(address="alice", state="queued") == ["alice@verein.example"]
    assert found(address="%") == []
    assert len(found()) == len(found(address="verein.example", state="", kind="")) == 2
    assert dora.get(room(event["event_id"]) + "?since=yesterday").status_code == 422


def test_the_persons_links_stay_placeholders_for_the_organiser(signed_in: SignIn, sqlite_office: Office) -> None:
    dora, event = signed_in("organiser"), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    (mail,) = sqlite_office.mails()
    for path in (room(event["event_id"], mail.id), room(event["event_id"], mail.id, "html")):
        assert "/my/PERSONAL-LINK" in dora.get(path).text
    source = dora.get(room(event["event_id"], f"{mail.id}.eml"))
    assert "https://reihe.example/my/PERSONAL-LINK\n" in text_of(parsed(source.data))


def test_a_mail_is_sent_again_with_the_same_message_id(signed_in: SignIn, sqlite_office: Office) -> None:
    dora, event = signed_in("organiser"), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    (first,) = sqlite_office.send()
    (mail,) = sqlite_office.mails()
    sqlite_office.clock.turn(minutes=5)
    answer = post(dora, room(event["event_id"], mail.id, "resend"))
    assert (answer.status_code, answer.headers["Location"]) == (303, room(event["event_id"], mail.id))
    (again,) = sqlite_office.send()
    assert again["Message-ID"] == first["Message-ID"]
    assert again["Date"].datetime == first["Date"].datetime + timedelta(minutes=5)


def test_a_form_from_elsewhere_sends_nothing_again(signed_in: SignIn, sqlite_office: Office) -> None:
    dora, event = signed_in("organiser"), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    sqlite_office.send()
    (mail,) = sqlite_office.mails()
    assert dora.post(room(event["event_id"], mail.id, "resend")).status_code == 403
    assert sqlite_office.send() == []


def test_a_mail_of_another_event_is_not_shown_in_this_room(signed_in: SignIn, sqlite_office: Office) -> None:
    dora, event, other = signed_in("organiser"), an_event(), an_event()
    sqlite_office.publish(event)
    sqlite_office.publish(other)
    sqlite_office.confirm(alice(), event)
    (mail,) = sqlite_office.mails()
    assert dora.get(room(other["event_id"], mail.id)).status_code == 404


def test_an_event_that_is_not_published_yet_says_when_mails_begin(signed_in: SignIn) -> None:
    page = signed_in("organiser").get(room(new_id()))
    assert page.status_code == 404
    assert "when the event is published" in page.text


@pytest.mark.parametrize("roles", [(), ("door",), ("auditor",), ("needs",)])
def test_charlie_has_no_rights_to_mails(signed_in: SignIn, sqlite_office: Office, roles: tuple[str, ...]) -> None:
    charlie, event = signed_in(*roles), an_event()
    sqlite_office.publish(event)
    sqlite_office.confirm(alice(), event)
    (mail,) = sqlite_office.mails()
    for path in (room(event["event_id"]), *(room(event["event_id"], rest) for rest in (mail.id, f"{mail.id}.eml"))):
        assert charlie.get(path).status_code == 403
    assert charlie.post(room(event["event_id"], mail.id, "resend")).status_code == 403


def test_who_is_not_signed_in_is_sent_to_sign_in(app: Flask, sqlite_office: Office) -> None:
    event = an_event()
    sqlite_office.publish(event)
    answer = app.test_client().get(room(event["event_id"]))
    assert answer.status_code == 307
    assert answer.headers["Location"].startswith("/login/renew?next=%2Forganise%2Fevents%2F")


def test_pages_with_people_are_stored_nowhere(signed_in: SignIn, sqlite_office: Office) -> None:
    dora, event = signed_in("organiser"), an_event()
    sqlite_office.publish(event)
    assert dora.get(room(event["event_id"])).headers["Cache-Control"] == "no-store"


def test_many_mails_come_in_pages(signed_in: SignIn, sqlite_office: Office) -> None:
    dora, event = signed_in("organiser"), an_event()
    sqlite_office.publish(event)
    person = alice()
    for _ in range(60):
        sqlite_office.confirm(person.again(), event)
    first = BeautifulSoup(dora.get(room(event["event_id"])).text, "html.parser")
    next_page = first.select_one('a[rel="next"]')
    assert next_page is not None
    second = BeautifulSoup(dora.get(str(next_page["href"])).text, "html.parser")
    assert [len(page.select("tbody tr")) for page in (first, second)] == [50, 10]


def test_the_room_of_each_module_shows_the_mail_about_the_whole_enrolment(
    signed_in: SignIn, sqlite_office: Office
) -> None:
    office, other = sqlite_office, an_event()
    office.publish(other)
    enrolled = enrolment(office, alice(), 2)
    take(office, [enrolled.turn(0, "confirmed"), enrolled.turn(1, "waitlisted"), enrolled.change("enrolled")])
    office.send()
    (mail,) = office.mails()
    dora = signed_in("organiser")
    for seat in enrolled.seats:
        event_id = seat.event["event_id"]
        page = dora.get(room(event_id) + f"?registration_id={seat.registration_id}").text
        assert "Registered for a series" in page
        assert str(mail.id) in page
        assert "Building block 2" in dora.get(room(event_id, mail.id)).text
    assert str(mail.id) not in dora.get(room(other["event_id"])).text
    assert dora.get(room(other["event_id"], mail.id)).status_code == 404
    assert post(dora, room(enrolled.seats[1].event["event_id"], mail.id, "resend")).status_code == 303
    assert len(office.send()) == 1
