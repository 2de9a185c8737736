"""A person's links: filled while sending, with what holds then, and for nobody else's address."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import select

from services.notifications.models import Person
from shared.links import Link, Purpose, read_token
from tests.notifications.parts import KEY, Office, Someone, a_session, alice, an_event, text_of


def opened(message: EmailMessage, path: str, purpose: Purpose) -> Link | None:
    found = re.search(rf"https://reihe\.example/{path}/([\w-]+)", text_of(message))
    assert found, text_of(message)
    return read_token(KEY, purpose, found.group(1))


def known(office: Office, someone: Someone) -> Person:
    with office.core.database.read() as session:
        return session.scalars(select(Person).where(Person.id == someone.person_id)).one()


def test_each_link_serves_its_own_purpose(office: Office) -> None:
    person, event = alice(), an_event(sessions=[a_session(day) for day in (1, 2, 3, 4)])
    office.publish(event)
    office.confirm(person, event)
    (message,) = office.send()
    assert opened(message, "my", Purpose.MY_PAGE) == Link(person.person_id, 1)
    assert opened(message, "calendars", Purpose.CALENDAR) == Link(person.person_id, 1)
    assert opened(message, "my", Purpose.CALENDAR) is None


def test_a_link_that_was_revoked_while_the_mail_waited_is_not_sent(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.confirm(person, event)
    office.ask_for_link(replace(person, link_generation=2))
    for message in office.send():
        assert opened(message, "my", Purpose.MY_PAGE) == Link(person.person_id, 2)


def test_a_mail_on_its_way_to_a_former_address_holds_no_link(office: Office) -> None:
    person, event = alice(), an_event()
    office.publish(event)
    office.confirm(person, event)
    office.correct(replace(person, email="alice.oeztuerk@verein.example", link_generation=2), event)
    for message in office.send(person):
        assert re.findall(r"https://reihe\.example/my\S*", text_of(message)) == ["https://reihe.example/my"]


def test_asking_for_the_link_sends_one_mail_to_the_persons_address(office: Office) -> None:
    person = alice("de")
    office.ask_for_link(person)
    (message,) = office.send()
    assert message["To"].addresses[0].addr_spec == person.email
    assert opened(message, "my", Purpose.MY_PAGE) == Link(person.person_id, 1)


def test_the_link_mail_lists_registrations_with_their_states(office: Office) -> None:
    event = an_event()
    office.ask_for_link(alice(), event)
    (message,) = office.send()
    assert "Association law (confirmed)\n" in text_of(message)


def test_an_older_message_brings_back_neither_language_nor_generation(office: Office) -> None:
    """Messages about several registrations of one person come in any order."""
    person, event, other = alice("en"), an_event(), an_event()
    office.publish(event)
    office.publish(other)
    office.confirm(replace(person, locale="de", link_generation=3), event)
    office.clock.moment -= timedelta(hours=1)
    office.wait(person.again(), other)
    assert (known(office, person).locale, known(office, person).link_generation) == ("de", 3)


def test_a_newer_message_changes_the_language_of_later_mails(office: Office) -> None:
    person, event = alice("en"), an_event()
    office.publish(event)
    office.confirm(person, event)
    office.clock.turn(hours=1)
    office.correct(replace(person, locale="de"), event)
    office.cancel(event)
    assert [mail.locale for mail in office.mails()] == ["en", "de"]
    assert known(office, person).locale == "de"
