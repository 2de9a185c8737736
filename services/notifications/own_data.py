"""All that notifications keeps of one person."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import Invitation, Person, Registration, metadata
from services.notifications.settings import NotificationsSettings
from shared.audit import Subject, by_person
from shared.database import UnitOfWork
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.links import Purpose, read_token
from shared.own_data import About, OwnData, rows_about, take_files

OF_PERSON, OF_REGISTRATION = About("person_id", "person"), About("registration_id", "registration")

ABOUT: Mapping[str, About] = {
    "people": About("id", "person"),
    "registrations": OF_PERSON,
    "invitations": OF_PERSON,
    "mails": OF_PERSON,
    "replies": About("invitation_id", "invitation"),
    "undeliverable_addresses": About("email", "address"),
    "presences": OF_REGISTRATION,
    "earned_certificates": OF_REGISTRATION,
    "certificates": OF_REGISTRATION,
    "audit_log": About("subject_id", "subject"),
}
NOT_BY_PERSON: Mapping[str, str] = {
    "inbox": "on its way, and the same as what stands in the other tables",
    "outbox": "on its way, and the same as what stands in the other tables",
}
"""Tables with something of participants that is not handed over, and why."""


def person_behind(session: Session, settings: NotificationsSettings, token: str) -> Person:
    """Whose page the link is; raises :class:`NotFoundError` for one that is not ours, or was ended."""
    link = read_token(settings.link_keys, Purpose.MY_PAGE, token)
    person = session.get(Person, link.subject) if link else None
    if link is None or person is None or person.link_generation != link.generation:
        raise NotFoundError("link_unknown", _("This link is not valid, or not any more."))
    return person


def own_data(session: Session, person: Person) -> OwnData:
    registrations = session.scalars(select(Registration.id).where(Registration.person_id == person.id)).all()
    keys = {
        "person": [person.id],
        "registration": registrations,
        "invitation": session.scalars(select(Invitation.id).where(Invitation.person_id == person.id)).all(),
        "address": [person.email],
        "subject": [person.id, *registrations],
    }
    data = OwnData(rows_about(session, metadata, ABOUT, keys))
    take_files(data, "certificates", "pdf", lambda row: f"{row['id']}.pdf")
    return data


def note_taken(uow: UnitOfWork, person: Person) -> None:
    uow.audit("person.data_taken", by_person(person.id), Subject("person", person.id))
