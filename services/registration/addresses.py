"""Correcting a mistyped address: by the browser that registered, while nobody has used the link that went there."""

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration import limits
from services.registration.acts import note_act
from services.registration.announcements import announce_correction
from services.registration.certificates import judge_series_of
from services.registration.enrolled import registrations_of, tell_enrolment
from services.registration.line import IS_LIVE
from services.registration.links import request_link
from services.registration.models import THE_PERSON, Enrolment, Event, Person, Registration, row, table
from services.registration.places import position_of
from services.registration.seats import Seats, lock_all, opened, opened_for, registration_under_lock
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
    goes_on = registration.state not in ENDED and not event.is_cancelled and now < event.ends_at
    return goes_on and is_untouched(registration.person, registration.submitted_at, now)


def is_untouched(person: Person, sent_at: datetime, now: datetime) -> bool:
    """Whether the form was sent lately, and nobody has used since then what went to this person's address."""
    return (person.opened_at is None or person.opened_at < sent_at) and now < sent_at + CORRECTABLE_FOR


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
            raise address_fixed()
        if email == registration.email:
            return True
        if is_taken(uow.session, [registration.event_id], email):
            request_link(uow, email)
            return False
        former = registration.person_id
        move_to(uow, seats, registration, email)
    judge_series_of(uow, [registration], former)
    return True


def may_correct_enrolment(session: Session, enrolment: Enrolment, now: datetime) -> bool:
    """The same for all modules of an enrolment, of which one goes on."""
    return is_untouched(enrolment.person, enrolment.created_at, now) and bool(_going_on(session, enrolment, now))


def correct_address_of_enrolment(uow: UnitOfWork, enrolment_id: UUID, email: str) -> bool:
    """The same for all that goes on of an enrolment: told once, by a summary that goes to the right address."""
    limits.require(uow, CORRECTIONS_PER_REGISTRATION, str(enrolment_id))
    lock_all(uow.session, [one.event_id for one in registrations_of(uow.session, enrolment_id)])
    enrolment = uow.session.get_one(Enrolment, enrolment_id, populate_existing=True)
    own, former = _going_on(uow.session, enrolment, uow.now), enrolment.person_id
    if not (own and is_untouched(enrolment.person, enrolment.created_at, uow.now)):
        raise address_fixed()
    if email == enrolment.person.email:
        return True
    if is_taken(uow.session, [registration.event_id for registration in own], email):
        request_link(uow, email)
        return False
    with ExitStack() as stack:
        for registration in own:
            seats = stack.enter_context(opened(uow, registration.event_id))
            move_to(uow, seats, registration, email, summarised=True)
    enrolment.person = own[0].person
    enrolment.version += 1
    uow.session.flush()
    tell_enrolment(uow, enrolment, "enrolled")
    judge_series_of(uow, own, former)
    return True


def _going_on(session: Session, enrolment: Enrolment, now: datetime) -> list[Registration]:
    """What is left of the enrolment, but for events that are over or cancelled."""
    found = [one for one in registrations_of(session, enrolment.id) if one.person_id == enrolment.person_id]
    query = select(Event).where(Event.id.in_([one.event_id for one in found]))
    ahead = {event.id for event in session.scalars(query) if not event.is_cancelled and now < event.ends_at}
    return [one for one in found if one.event_id in ahead and one.state not in ENDED]


def address_fixed() -> ConflictError:
    return ConflictError(
        "address_fixed",
        _(
            "The address can no longer be corrected here, because a day has passed or because the link in the e-mail "
            "was opened."
        ),
    )


def is_taken(session: Session, event_ids: Collection[UUID], email: str, *, but: Sequence[UUID] = ()) -> bool:
    """Whether somebody is registered with the address at one of these events, ``but`` for these registrations."""
    columns = table(Registration).c
    same = select(columns.id).where(columns.event_id.in_(event_ids), columns.email == email, IS_LIVE)
    return session.execute(same.where(columns.id.not_in(but))).first() is not None


def move_to(
    uow: UnitOfWork,
    seats: Seats,
    registration: Registration,
    email: str,
    *,
    address_number: int = 0,
    summarised: bool = False,
) -> None:
    """Give the registration to whoever stands behind the address; ``summarised`` says that an enrolment tells of it."""
    changes = differences({"email": registration.email}, {"email": email})
    note_act(uow, "registration.address_corrected", registration, THE_PERSON, changes)
    registration.person = person_with(uow, email, registration.locale)
    registration.email, registration.address_number = email, address_number
    registration.derive_keys()
    registration.note_change(uow.now)
    uow.session.flush()
    seats.log(registration.id, "corrected", "address_corrected", THE_PERSON, inputs={"fields": ["email"]})
    position = position_of(uow.session, registration)
    announce_correction(uow, registration, THE_PERSON, "address_corrected", position=position, summarised=summarised)


def person_with(uow: UnitOfWork, email: str, locale: str) -> Person:
    """Another event may meet the same new address at this moment, so the insert gives way."""
    person = Person(id=new_id(), email=email, link_generation=0, locale=locale, created_at=uow.now)
    insert = insert_for(uow.session.get_bind().dialect.name, table(Person))
    uow.session.execute(insert.values(row(person)).on_conflict_do_nothing(index_elements=["email"]))
    return uow.session.scalars(select(Person).where(Person.email == email)).one()
