"""The overview says what came back by mail and needs an eye, with a link to each place."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from services.notifications.app import create_app
from services.notifications.models import Invitation
from services.notifications.replies.intake import take_in
from services.notifications.undeliverable import mark_undeliverable
from tests.catalogue.parts import statements
from tests.notifications.certificate_browser import page_of, signed_in, words
from tests.notifications.parts import Office, alice, an_event, bob
from tests.notifications.reply_mails import ReplyMail

PATH = "/organise/mails/fragments/returned"


def card(office: Office) -> BeautifulSoup:
    return page_of(signed_in(create_app(office.core), office, "organiser"), f"{PATH}?lang=en")


def invited(office: Office) -> dict[str, Any]:
    event = an_event()
    office.publish(event)
    office.confirm(alice(), event)
    return event


def hear(office: Office, number: int, **changes: Any) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        uid = uow.session.scalars(select(Invitation.uid)).first()
        reply = ReplyMail(uid=uid or "", message_id=f"<{number}@verein.example>").but(**changes)
        take_in(uow, office.settings, bytes(reply))
        uow.commit()


def does_not_arrive(office: Office, *emails: str) -> None:
    with office.core.database.unit_of_work(office.clock()) as uow:
        for email in emails:
            mark_undeliverable(uow, email, "550 5.1.1 Nobody")
        uow.commit()


def test_where_nothing_waits_that_is_said(sqlite_office: Office) -> None:
    invited(sqlite_office)
    assert words(card(sqlite_office)) == "Nothing that needs your eye."


def test_replies_that_ask_and_those_that_may_not_be_genuine_are_counted_and_lead_to_their_lists(
    sqlite_office: Office,
) -> None:
    invited(sqlite_office)
    hear(sqlite_office, 1, sender="somebody@private.example")
    hear(sqlite_office, 2, sender="somebody@private.example")
    hear(sqlite_office, 3, method="COUNTER")
    shown = card(sqlite_office)
    assert words(shown) == (
        "One calendar reply asks for another time or for somebody else 2 calendar replies may not be genuine"
    )
    dora = signed_in(create_app(sqlite_office.core), sqlite_office, "organiser")
    lists = [page_of(dora, str(link["href"])) for link in shown.select("a")]
    assert [len(page.select("li.reply")) for page in lists] == [1, 2]


def test_events_to_come_are_named_whose_people_get_no_mails(sqlite_office: Office) -> None:
    event = invited(sqlite_office)
    sqlite_office.wait(bob(), event)
    does_not_arrive(sqlite_office, "alice@verein.example", "bob@verein.example", "nobody@verein.example")
    shown = card(sqlite_office)
    assert "mails do not arrive at 2 addresses" in words(shown)
    assert [link["href"] for link in shown.select("a")] == [f"/organise/events/{event['event_id']}/mail"]


def test_addresses_of_those_who_gave_up_their_place_and_of_events_that_are_over_need_no_eye(
    sqlite_office: Office,
) -> None:
    event = invited(sqlite_office)
    does_not_arrive(sqlite_office, "alice@verein.example", "bob@verein.example")
    person = bob()
    sqlite_office.confirm(person, event)
    sqlite_office.give_up(person, event)
    assert "at one address" in words(card(sqlite_office))
    sqlite_office.clock.turn(days=365)
    assert words(card(sqlite_office)) == "Nothing that needs your eye."


def test_it_takes_few_statements(office: Office) -> None:
    for _ in range(3):
        invited(office)
    does_not_arrive(office, "alice@verein.example")
    client = signed_in(create_app(office.core), office, "organiser")
    with statements(office.core.database.engine) as made:
        assert client.get(PATH).status_code == 200
    assert len(made) <= 4, made


def test_over_the_api_replies_that_ask_are_listed_alone(sqlite_office: Office) -> None:
    invited(sqlite_office)
    hear(sqlite_office, 1, sender="somebody@private.example")
    hear(sqlite_office, 2, method="COUNTER")
    sqlite_office.employ("Dora", "organiser", token="dora-token")
    client = create_app(sqlite_office.core).test_client()
    headers = {"Authorization": "Bearer dora-token"}

    def kinds(query: str) -> list[str]:
        answer: Any = client.get(f"/api/notifications/v1/replies{query}", headers=headers).json
        return sorted(one["kind"] for one in answer["items"])

    assert (kinds(""), kinds("?asks=true"), kinds("?asks=false")) == (["answer", "counter"], ["counter"], ["answer"])


@pytest.mark.parametrize("role", ["auditor", "door", "needs"])
def test_only_organisers_are_told(sqlite_office: Office, role: str) -> None:
    page_of(signed_in(create_app(sqlite_office.core), sqlite_office, role), PATH, status=403)
