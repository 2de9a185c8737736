"""All that registration keeps of one person."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Event, Person, Registration, metadata
from services.registration.uploads import MEDIA_TYPES
from shared.audit import Subject, by_person
from shared.database import UnitOfWork
from shared.languages import localised
from shared.own_data import About, OwnData, Row, rows_about, take_files
from shared.vault import Vault

OF_PERSON, OF_REGISTRATION = About("person_id", "person"), About("registration_id", "registration")

ABOUT: Mapping[str, About] = {
    "people": About("id", "person"),
    "registrations": OF_PERSON,
    "answers": OF_REGISTRATION,
    "answer_files": OF_REGISTRATION,
    "needs": OF_REGISTRATION,
    "notes": OF_REGISTRATION,
    "decisions": OF_REGISTRATION,
    "attendance": OF_REGISTRATION,
    "verdicts": OF_REGISTRATION,
    "series_verdicts": OF_PERSON,
    "certificates": OF_REGISTRATION,
    "calendar_answers": OF_REGISTRATION,
    "enrolments": OF_PERSON,
    "parties": About("contact_id", "person"),
    "consents": OF_PERSON,
    "data_requests": OF_PERSON,
    "audit_log": About("subject_id", "subject"),
}
NOT_BY_PERSON: Mapping[str, str] = {
    "attempts": "keyed digests by which nobody is found",
    "feedback_portions": "added up, so that nobody knows whose they are",
    "list_scans": "pictures of sheets with everybody's names, which the organiser hands over without the others'",
    "inbox": "on its way, and the same as what stands in the other tables",
    "outbox": "on its way, and the same as what stands in the other tables",
    "webhook_deliveries": "on its way, and the same as what stands in the other tables",
}
"""Tables with something of participants that is not handed over, and why."""


def own_data(session: Session, person: Person, vault: Vault) -> OwnData:
    ids = session.scalars(select(Registration.id).where(Registration.person_id == person.id)).all()
    keys = {"person": [person.id], "registration": ids, "subject": [person.id, *ids]}
    data = OwnData(rows_about(session, metadata, ABOUT, keys))
    for need in data.rows["needs"]:
        need["needs"] = vault.opened(need.pop("sealed"))
    take_files(data, "answer_files", "content", _name_of_file)
    _name_events(session, person, data)
    return data


def note_taken(uow: UnitOfWork, person: Person) -> None:
    uow.audit("person.data_taken", by_person(person.id), Subject("person", person.id))


def _name_of_file(row: Row) -> str:
    endings = {media_type: ending for ending, media_type in MEDIA_TYPES.items()}
    return f"{row['id']}{endings.get(row['media_type'], '')}"


def _name_events(session: Session, person: Person, data: OwnData) -> None:
    """Write the events' titles and the questions' labels beside their ids and keys."""
    wanted = {row["event_id"] for rows in data.rows.values() for row in rows if row.get("event_id")}
    events: dict[UUID, Event] = {
        event.id: event for event in session.scalars(select(Event).where(Event.id.in_(sorted(wanted))))
    }
    for rows in data.rows.values():
        for row in rows:
            if (event := events.get(row.get("event_id"))) is not None:  # type: ignore[arg-type]  # None has no event
                row["event"] = localised(event.title, person.locale)
    for row in data.rows["answers"]:
        labels = {part["key"]: part["label"] for part in events[row["event_id"]].questions}
        row["asked"] = localised(labels.get(row["question"], {}), person.locale)
