"""Several workers take messages in at once: nobody is left with an entry that is out of date."""

import threading
from typing import Any

from shared.database import new_id
from shared.messages.base import Envelope, Message, dumped
from shared.messages.catalogue import EventChangedV1
from shared.messages.registration import RegistrationConfirmedV1
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
