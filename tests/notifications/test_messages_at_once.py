"""Several workers take messages in at once: nobody is left with an entry that is out of date."""

import threading
from typing import Any

import pytest
from sqlalchemy import select

from services.notifications.models import Person
from shared.database import new_id
from shared.messages.base import Envelope, Message, dumped
from shared.messages.catalogue import EventChangedV1
from shared.messages.registration import PersonErasedV1, RegistrationConfirmedV1
from tests.notifications.parts import Office, Someone, an_event, placed, registration_body


def envelope(office: Office, schema: type[Message], body: dict[str, Any], *, version: int) -> Envelope:
    aggregate_id = body[f"{schema.aggregate}_id"]
    return Envelope(
        new_id(),
        schema.topic,
        schema.publisher,
        aggregate_id,
        version,
        office.clock(),
        "",
        dumped(schema, body),
    )


def handle_with(office: Office, workers: int) -> None:
    """Until nothing is open any more; what got in another's way is handled later."""
    while office.core.inbox.oldest_open():
        threads = [threading.Thread(target=office.handle) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        office.clock.turn(minutes=10)


def test_who_is_confirmed_while_the_event_changes_has_the_changed_entry_in_the_end(office: Office) -> None:
    event = an_event()
    office.publish(event)
    people = [Someone("Person", str(number), f"person{number}@verein.example") for number in range(12)]
    confirmations = [
        envelope(
            office,
            RegistrationConfirmedV1,
            registration_body(person, event, office.clock(), state="confirmed"),
            version=1,
        )
        for person in people
    ]
    changed = {**placed(event), "title": {"en": "Association law for all"}, "changes": ["title"]}
    change = envelope(office, EventChangedV1, changed, version=2)
    office.core.inbox.store([*confirmations[:6], change, *confirmations[6:]])
    handle_with(office, workers=3)
    assert office.core.inbox.parked() == []
    for person in people:
        (row,) = office.invitations(person)
        assert row.told.title == {"en": "Association law for all"}
        assert len(office.mails(person)) == 1 + row.sequence


def test_two_registrations_of_one_person_at_once_make_one_entry(office: Office) -> None:
    event = an_event()
    office.publish(event)
    person = Someone("Alice", "", "alice@verein.example")
    office.core.inbox.store(
        [
            envelope(
                office,
                RegistrationConfirmedV1,
                registration_body(person.again(), event, office.clock(), state="confirmed"),
                version=1,
            )
            for _ in range(6)
        ]
    )
    handle_with(office, workers=3)
    assert office.core.inbox.parked() == []
    assert [(row.sequence, row.status) for row in office.invitations(person)] == [(0, "requested")]


def confirmation(office: Office, someone: Someone, event: dict[str, Any], **more: Any) -> Envelope:
    body = registration_body(someone, event, office.clock(), state="confirmed")
    return envelope(office, RegistrationConfirmedV1, {**body, **more}, version=1)


@pytest.mark.parametrize("generations", [(1, 2), (2, 1)])
def test_of_what_messages_that_come_together_say_of_a_person_the_newest_is_kept(
    office: Office, generations: tuple[int, int]
) -> None:
    first, second = an_event(), an_event()
    office.publish(first)
    office.publish(second)
    person = Someone("Alice", "", "alice@verein.example")
    older = confirmation(office, person.again(), first, link_generation=generations[0])
    office.clock.turn(minutes=1)
    newer = confirmation(office, person.again(), second, email="new@verein.example", link_generation=generations[1])
    office.core.inbox.store([newer, older])
    office.handle()
    with office.core.database.read() as session:
        kept = session.scalars(select(Person)).one()
    assert (kept.email, kept.link_generation) == ("new@verein.example", 2)
    assert len(office.mails()) == 2


def test_who_is_erased_between_messages_that_come_together_stays_so(office: Office) -> None:
    event = an_event()
    office.publish(event)
    gone, other = (Someone(name, "", f"{name}@verein.example") for name in ("alice", "bob"))
    first = confirmation(office, gone, event)
    erased = envelope(office, PersonErasedV1, {"person_id": gone.person_id, "link_generation": 9}, version=0)
    late = confirmation(office, gone.again(), event)
    office.core.inbox.store([first, erased, late, confirmation(office, other, event)])
    office.handle()
    with office.core.database.read() as session:
        assert set(session.scalars(select(Person.email))) == {"", other.email}
    assert [mail.to_email for mail in office.mails()] == [other.email]


def test_all_who_are_confirmed_together_get_the_mail_that_each_would_get_alone(office: Office) -> None:
    event = an_event()
    office.publish(event)
    people = [Someone("Person", str(number), f"person{number}@verein.example") for number in range(20)]
    office.core.inbox.store([confirmation(office, person, event) for person in people])
    office.handle()
    alone = Someone("Person", "alone", "alone@verein.example")
    office.confirm(alone, event)
    (expected,) = office.send(alone)
    for person in people:
        (mail,) = office.mails(person)
        (row,) = office.invitations(person)
        assert mail.subject == expected["Subject"]
        assert f"Hello Person {person.last_name}," in mail.text
        assert (row.sequence, row.status, row.told.title) == (0, "requested", event["title"])
        assert f"UID:{row.uid}" in "".join(mail.calendars[0].splitlines()).replace(" ", "")
