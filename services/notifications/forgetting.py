"""What registration says is to be forgotten: mails, invitations, documents, and what comes late (ADR 0038)."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update

from services.notifications.models import (
    INBOX,
    Certificate,
    CircularRecipient,
    Earned,
    Forgotten,
    Invitation,
    JobItem,
    Mail,
    MailModule,
    Person,
    Presence,
    Registration,
    Reply,
    UndeliverableAddress,
    table_of,
)
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork
from shared.messaging.inbox import Received, insert_for
from shared.rows import rounded

FORGOTTEN = "forgotten"
"""The key under which :func:`forgotten_among` is prepared for many messages."""


def is_forgotten(uow: UnitOfWork, body: Mapping[str, Any]) -> bool:
    """Whether the message is about a person, or a registration, of whom nothing may be kept any more."""
    forgotten: set[UUID] = uow.prepared(FORGOTTEN, lambda: forgotten_among(uow, [body]))
    return not forgotten.isdisjoint(ids_in(body))


def forgotten_among(uow: UnitOfWork, bodies: Iterable[Mapping[str, Any]]) -> set[UUID]:
    """Those people and registrations in some messages of whom nothing may be kept any more."""
    ids = {one for body in bodies for one in ids_in(body)}
    return set(uow.session.scalars(select(Forgotten.id).where(Forgotten.id.in_(rounded(ids))))) if ids else set()


def ids_in(body: Mapping[str, Any]) -> list[UUID]:
    """Of the person and the registration that a message is about."""
    return [body[name] for name in ("person_id", "registration_id") if body.get(name)]


def forget_registration(_settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """Delete mails, invitations and replies; without ``evidence`` the name and the certificates' documents too."""
    registration_id: UUID = message.body["registration_id"]
    _remember(uow, registration_id, message)
    in_series = select(MailModule.mail_id).where(MailModule.registration_id == registration_id)
    _delete_mails(uow, or_(Mail.registration_id == registration_id, Mail.id.in_(in_series)))
    _delete_invitations(uow, registration_id)
    _end_orders(uow, registration_id)
    blanked: dict[str, Any] = {"state": "cancelled", "email": ""}
    if not message.body["evidence"]:
        _delete_evidence(uow, registration_id)
        blanked |= {"first_name": "", "last_name": "", "organisation": ""}
    uow.session.execute(update(Registration).where(Registration.id == registration_id).values(blanked))


def forget_person(_settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """Delete the address and all that was mailed to it; no link works any more."""
    person_id: UUID = message.body["person_id"]
    _remember(uow, person_id, message)
    _delete_mails(uow, Mail.person_id == person_id)
    address = select(Person.email).where(Person.id == person_id).scalar_subquery()
    uow.session.execute(delete(UndeliverableAddress).where(UndeliverableAddress.email == address))
    blanked = {"email": "", "name": "", "link_generation": message.body["link_generation"]}
    uow.session.execute(update(Person).where(Person.id == person_id).values(blanked))


def _remember(uow: UnitOfWork, forgotten: UUID, message: Received) -> None:
    """From now on what comes late is discarded; what lies here unhandled is blanked."""
    insert = insert_for(uow.session.get_bind().dialect.name, table_of(Forgotten))
    uow.session.execute(insert.values(id=forgotten, since=uow.now).on_conflict_do_nothing())
    inbox = INBOX.messages
    waiting = update(inbox).values(body=None, handled_at=uow.now, parked_at=None, error="forgotten")
    about = (inbox.c.aggregate_id == forgotten) & inbox.c.handled_at.is_(None) & (inbox.c.sent_at <= message.time)
    uow.session.execute(waiting.where(about, inbox.c.id != message.message_id, inbox.c.topic != message.topic))


def _delete_mails(uow: UnitOfWork, which: ColumnElement[bool]) -> None:
    mails = uow.session.scalars(select(Mail.id).where(which)).all()
    uow.session.execute(delete(MailModule).where(MailModule.mail_id.in_(mails)))
    uow.session.execute(delete(Mail).where(Mail.id.in_(mails)))
    uow.wake("mail_files")


def _delete_invitations(uow: UnitOfWork, registration_id: UUID) -> None:
    own = Invitation.registration_id == registration_id
    answered = Reply.invitation_id.in_(select(Invitation.id).where(own))
    said = {"sender": "", "subject": "", "attendee": "", "comment": "", "delegate": "", "invitation_id": None}
    uow.session.execute(update(Reply).where(answered).values(said).execution_options(synchronize_session=False))
    uow.session.execute(delete(Invitation).where(own))


def _end_orders(uow: UnitOfWork, registration_id: UUID) -> None:
    for model, outcome in ((CircularRecipient, "ended"), (JobItem, "withdrawn")):
        open_ = (model.registration_id == registration_id) & model.outcome.is_(None)
        uow.session.execute(update(model).where(open_).values(outcome=outcome))
    unissued = (Earned.registration_id == registration_id) & (Earned.state == "earned")
    uow.session.execute(update(Earned).where(unissued).values(state="lost"))


def _delete_evidence(uow: UnitOfWork, registration_id: UUID) -> None:
    """Of a certificate number, code, digest, title and the masked name remain, so that it can be verified."""
    uow.session.execute(delete(Presence).where(Presence.registration_id == registration_id))
    uow.session.execute(update(Earned).where(Earned.registration_id == registration_id).values(sort_key=""))
    uow.session.execute(update(Certificate).where(Certificate.registration_id == registration_id).values(pdf=b""))
