"""A person says that they are in the room, with the code that its screen shows."""

from uuid import UUID

from sqlalchemy.orm import Session, joinedload

from services.registration.attendance import Entry, Themselves, record
from services.registration.certificates import locked_registrations
from services.registration.joining import is_open
from services.registration.models import EventSession, Person, Registration
from services.registration.my import session_with_seat
from services.registration.presence import evidence, ledger, not_corrected
from services.registration.room_codes import fits
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.languages import text as _

WRONG_CODE = _(
    "This is not the code of this moment. It changes every minute: please type the one that the screen shows now."
)


def room(session: Session, session_id: UUID) -> EventSession:
    """The session with its event. Raises :class:`NotFoundError` unless it takes place, in a room."""
    held = session.get(EventSession, session_id, options=[joinedload(EventSession.event)])
    if held is None or not held.venue or held.cancelled or held.event.is_cancelled:
        raise _no_room()
    return held


def room_with_seat(session: Session, person: Person, registration_id: UUID, session_id: UUID) -> EventSession:
    """The same for a person; raises :class:`NotFoundError` also unless they have a seat there."""
    held = session_with_seat(session, person, registration_id, session_id)
    if not held.venue:
        raise _no_room()
    return held


def _no_room() -> NotFoundError:
    return NotFoundError("session_not_found", _("This session does not exist."))


def is_there(session: Session, registration_id: UUID, session_id: UUID) -> bool:
    """Whether anything says already that they are."""
    return bool(evidence(ledger(session, [registration_id]).get((registration_id, session_id), [])))


def check_in(
    uow: UnitOfWork, keys: tuple[str, ...], person: Person, registration_id: UUID, session_id: UUID, typed: str
) -> None:
    """Record that the person is there, once; ``keys`` are those that codes are derived from.

    Raises :class:`NotFoundError` as :func:`room_with_seat` does, :class:`ConflictError` (``room_closed``) more than
    half an hour before the session and after its end, and :class:`InvalidError` for another code.
    """
    locked_registrations(uow.session, Registration.id == registration_id)
    held = room_with_seat(uow.session, person, registration_id, session_id)
    if not is_open(held, uow.now):
        raise ConflictError("room_closed", _("Nobody can say now that they are there."))
    if not fits(keys, session_id, typed, uow.now):
        raise InvalidError("wrong_code", WRONG_CODE, errors={"code": [WRONG_CODE]})
    rows = ledger(uow.session, [registration_id]).get((registration_id, session_id), [])
    if not any(row.kind == "self" for row in not_corrected(rows)):
        record(uow, session_id, [Entry(new_id(), registration_id, "self", uow.now)], Themselves(person.id))
