"""Joining a session's meeting through the person's own page, which records that they were there.

Nobody sees when somebody leaves a meeting, so that whoever joined counts until the session's end
(:func:`services.registration.presence.evidence` says what stands instead).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.attendance import Entry, Themselves, record
from services.registration.certificates import locked_registrations
from services.registration.models import EventSession, Person, Registration
from services.registration.my import session_with_seat
from services.registration.presence import has_joined, ledger, not_corrected
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, NotFoundError
from shared.languages import text as _

OPENS_BEFORE = timedelta(minutes=30)
"""The session's beginning."""


def leads_to_meeting(held: EventSession) -> bool:
    """Whether we lead to its meeting: only to an address that nobody on the way can read."""
    return (held.meeting_url or "").lower().startswith("https://")


def opens_at(held: EventSession) -> datetime:
    return held.starts_at - OPENS_BEFORE


def is_open(held: EventSession, now: datetime) -> bool:
    return opens_at(held) <= now < held.ends_at


def session_to_join(session: Session, person: Person, registration_id: UUID, session_id: UUID) -> EventSession:
    """The session with its event.

    Raises :class:`NotFoundError` as :func:`services.registration.my.session_with_seat` does, and if we do not lead to
    its meeting.
    """
    held = session_with_seat(session, person, registration_id, session_id)
    if not leads_to_meeting(held):
        raise NotFoundError("meeting_not_found", _("This meeting does not exist."))
    return held


def join(uow: UnitOfWork, person: Person, registration_id: UUID, session_id: UUID) -> str:
    """Record that the person is there from now on, once, and answer with the meeting's address.

    Raises :class:`NotFoundError` as :func:`session_to_join` does, and :class:`ConflictError` (``meeting_closed``)
    before the meeting opens and after it has ended.
    """
    locked_registrations(uow.session, Registration.id == registration_id)
    held = session_to_join(uow.session, person, registration_id, session_id)
    if not is_open(held, uow.now):
        raise ConflictError("meeting_closed", _("This meeting cannot be joined now."))
    rows = ledger(uow.session, [registration_id]).get((registration_id, session_id), [])
    if not any(has_joined(row) for row in not_corrected(rows)):
        entry = Entry(new_id(), registration_id, "online", uow.now, from_at=uow.now)
        record(uow, session_id, [entry], Themselves(person.id))
    return held.meeting_url or ""
