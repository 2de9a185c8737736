"""Notes that organisers keep about a registration; nobody else reads them, and no message carries them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.registration.acts import note_act
from services.registration.models import Note, Registration, organiser
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, ForbiddenError, NotFoundError
from shared.languages import text as _

MOST_NOTES = 100
"""Of one registration."""


def write_note(uow: UnitOfWork, registration: Registration, account_id: UUID, text: str) -> Note:
    """Raises :class:`ConflictError` (``too_many_notes``) where :data:`MOST_NOTES` stand already."""
    written = select(func.count()).select_from(Note).where(Note.registration_id == registration.id)
    if uow.session.execute(written).scalar_one() >= MOST_NOTES:
        raise ConflictError("too_many_notes", _("There are so many notes already. Please delete one first."))
    note = Note(id=new_id(), registration_id=registration.id, account_id=account_id, text=text, written_at=uow.now)
    uow.session.add(note)
    note_act(uow, "note.written", registration, organiser(account_id))
    return note


def delete_note(uow: UnitOfWork, registration: Registration, note_id: UUID, account_id: UUID) -> None:
    """Raises :class:`NotFoundError` for a note of another registration, :class:`ForbiddenError` for whoever did not
    write it.
    """
    note = uow.session.get(Note, note_id)
    if note is None or note.registration_id != registration.id:
        raise NotFoundError("note_not_found", _("This note does not exist."))
    if note.account_id != account_id:
        raise ForbiddenError("not_the_author", _("Only whoever wrote a note can delete it."))
    uow.session.execute(delete(Note).where(Note.id == note_id))
    note_act(uow, "note.deleted", registration, organiser(account_id))


def notes_of(session: Session, registration_id: UUID) -> Sequence[Note]:
    """The newest first."""
    query = select(Note).where(Note.registration_id == registration_id)
    return session.scalars(query.order_by(Note.written_at.desc(), Note.id.desc())).all()
