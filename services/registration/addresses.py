"""Correcting a mistyped address: by the browser that registered, while nobody has used the link that went there."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration import limits
from services.registration.acts import note_act
from services.registration.announcements import announce_correction
from services.registration.certificates import judge_series_of
from services.registration.line import IS_LIVE
from services.registration.links import request_link
from services.registration.models import THE_PERSON, Event, Person, Registration, row, table
from services.registration.places import position_of
from services.registration.seats import opened_for, registration_under_lock
from services.registration.states import ENDED
from shared.audit import differences
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError
from shared.languages import text as _
from shared.messaging.inbox import insert_for

CORRECTABLE_FOR = timedelta(days=1)
"""From when the form was sent: as long as the browser's cookie lasts."""

CORRECTIONS_PER_REGISTRATION = limits.Limit("address_correction", 3, timedelta(hours=1))
"""Each sends a mail to an address of the sender's choice."""


def may_correct_address(registration: Registration, event: Event, now: datetime) -> bool:
    """Whoever has opened the page behind the link owns the address, so from then on it is right."""
    opened_at = registration.person.opened_at
    is_unused = opened_at is None or opened_at < registration.submitted_at
    is_young = now < registration.submitted_at + CORRECTABLE_FOR
    goes_on = not event.is_cancelled and now < event.ends_at
    return registration.state not in ENDED and is_unused and is_young and goes_on


def correct_address(uow: UnitOfWork, registration_id: UUID, email: str) -> bool:
    """Move the registration to whoever stands behind the normalised address; the old address' link opens it no more.

    False if another registration of the event has the address: its owner gets a link by mail, and nothing changes.
    Raises :class:`ConflictError` (``address_fixed``) when it is too late, :class:`TooManyError` after three times in
    an hour.
    """
    limits.require(uow, CORRECTIONS_PER_REGISTRATION, str(registration_id))
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        if not may_correct_address(registration, seats.event, uow.now):
            raise _address_fixed()
        if email == registration.email:
            return True
        if is_taken(uow.session, registration.event_id, email):
            request_link(uow, email)
            return False
        changes = differences({"email": registration.email}, {"email": email})
        note_act(uow, "registration.address_corrected", registration, THE_PERSON, changes)
        former = registration.person_id
        _move(uow, registration, email)
        seats.log(registration_id, "corrected", "address_corrected", THE_PERSON, inputs={"fields": ["email"]})
        position = position_of(uow.session, registration)
        announce_correction(uow, registration, THE_PERSON, "address_corrected", position=position)
    judge_series_of(uow, [registration], former)
    return True


def _address_fixed() -> ConflictError:
    return ConflictError(
        "address_fixed",
        _(
            "The address can no longer be corrected here, because a day has passed or because the link in the e-mail "
            "was opened."
        ),
    )


def is_taken(session: Session, event_id: UUID, email: str) -> bool:
    columns = table(Registration).c
    same = select(columns.id).where(columns.event_id == event_id, columns.email == email, IS_LIVE)
    return session.execute(same).first() is not None


def _move(uow: UnitOfWork, registration: Registration, email: str) -> None:
    registration.person = person_with(uow, email, registration.locale)
    registration.email = email
    registration.derive_keys()
    registration.note_change(uow.now)
    uow.session.flush()


def person_with(uow: UnitOfWork, email: str, locale: str) -> Person:
    """Another event may meet the same new address at this moment, so the insert gives way."""
    person = Person(id=new_id(), email=email, link_generation=0, locale=locale, created_at=uow.now)
    insert = insert_for(uow.session.get_bind().dialect.name, table(Person))
    uow.session.execute(insert.values(row(person)).on_conflict_do_nothing(index_elements=["email"]))
    return uow.session.scalars(select(Person).where(Person.email == email)).one()
