"""Giving up what is left of an enrolment: all of its modules in one transaction."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.certificates import take_back
from services.registration.changes import end
from services.registration.enrolled import registrations_of, tell_enrolment
from services.registration.models import THE_PERSON, Enrolment, Person, Registration
from services.registration.seats import lock_all, opened, registration_under_lock
from services.registration.states import ENDED
from services.registration.waitlist import settle
from shared.audit import Subject, added, by_person
from shared.database import UnitOfWork
from shared.errors import ConflictError, NotFoundError
from shared.languages import text as _


def cancel_own_enrolment(uow: UnitOfWork, person: Person, enrolment_id: UUID) -> Enrolment:
    """End all registrations of an own enrolment that can still be ended; their seats go to whoever is next.

    What has ended, is over or was cancelled with its event stays as it is. Raises :class:`NotFoundError` for somebody
    else's, and :class:`ConflictError` (``enrolment_ended``) if nothing is left.
    """
    enrolment = own_enrolment(uow.session, person, enrolment_id)
    lock_all(uow.session, [registration.event_id for registration in registrations_of(uow.session, enrolment_id)])
    own = [one for one in registrations_of(uow.session, enrolment_id) if one.person_id == person.id]
    ended = [one for one in own if _ended(uow, one)]
    if not ended:
        raise ConflictError("enrolment_ended", _("Nothing of this registration is left that could be cancelled."))
    take_back(uow, *ended)
    enrolment.version += 1
    tell_enrolment(uow, enrolment, "cancelled")
    subject = Subject("enrolment", enrolment_id)
    uow.audit("enrolment.cancelled", by_person(person.id), subject, changes=added(modules=len(ended)))
    return enrolment


def own_enrolment(session: Session, person: Person, enrolment_id: UUID) -> Enrolment:
    """The person's enrolment; raises :class:`NotFoundError` for somebody else's."""
    query = select(Enrolment).where(Enrolment.id == enrolment_id, Enrolment.person_id == person.id)
    enrolment = session.scalars(query).one_or_none()
    if enrolment is None:
        raise NotFoundError("enrolment_not_found", _("This registration for a series does not exist."))
    return enrolment


def _ended(uow: UnitOfWork, registration: Registration) -> bool:
    with opened(uow, registration.event_id) as seats:
        registration = registration_under_lock(uow.session, registration.id)
        if registration.state in ENDED or seats.event.is_cancelled or uow.now >= seats.event.ends_at:
            return False
        end(uow, seats, registration, THE_PERSON, summarised=True)
        settle(uow, seats)
    return True
