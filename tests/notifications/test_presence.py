"""At which sessions people were, as registration tells it."""

from uuid import UUID

from sqlalchemy import select

from services.notifications.models import Presence
from shared.database import new_id
from shared.messages.registration import AttendanceChangedV1
from tests.notifications.parts import Office, Someone, alice, an_event


def sessions_of(office: Office, person: Someone) -> set[UUID]:
    with office.core.database.read() as session:
        query = select(Presence.session_id).where(Presence.registration_id == person.registration_id)
        return set(session.scalars(query))


def test_what_was_told_last_holds_whatever_comes_late(office: Office) -> None:
    person, sessions = alice(), [new_id(), new_id()]
    office.attend(person, an_event(), *sessions)
    office.attend(person, an_event(), sessions[1])
    assert sessions_of(office, person) == {sessions[1]}
    late = {"registration_id": person.registration_id, "event_id": new_id(), "session_ids": sessions}
    office.hear(AttendanceChangedV1, person.registration_id, late, version=1)
    assert sessions_of(office, person) == {sessions[1]}
    office.attend(person, an_event())
    assert sessions_of(office, person) == set()
