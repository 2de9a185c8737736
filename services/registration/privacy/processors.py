"""Who processes personal data on the organiser's behalf: the list that administrators keep."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.models import Processor
from shared.audit import Subject, added, by_account, differences
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, NotFoundError
from shared.languages import text as _

MOST_PROCESSORS = 50


@dataclass(frozen=True, slots=True)
class Entered:
    """What administrators say of a processor."""

    name: str
    task: str
    place: str


def all_processors(session: Session) -> Sequence[Processor]:
    """By name."""
    return session.scalars(select(Processor).order_by(Processor.name, Processor.id)).all()


def processor_of(session: Session, processor_id: UUID) -> Processor:
    """Raises :class:`NotFoundError`."""
    found = session.get(Processor, processor_id)
    if found is None:
        raise NotFoundError("processor_not_found", _("This processor does not exist."))
    return found


def add_processor(uow: UnitOfWork, entered: Entered, account_id: UUID) -> Processor:
    """Raises :class:`ConflictError` (``too_many_processors``)."""
    if uow.session.execute(select(func.count()).select_from(Processor)).scalar_one() >= MOST_PROCESSORS:
        raise ConflictError("too_many_processors", _("The list is full. Please delete an entry first."))
    made = Processor(id=new_id(), **asdict(entered), created_at=uow.now)
    uow.session.add(made)
    uow.audit("processor.added", by_account(account_id), _subject(made), changes=added(**asdict(entered)))
    return made


def change_processor(uow: UnitOfWork, processor_id: UUID, entered: Entered, account_id: UUID) -> None:
    """Raises :class:`NotFoundError`."""
    found = processor_of(uow.session, processor_id)
    changes = differences(_shown(found), asdict(entered))
    found.name, found.task, found.place = entered.name, entered.task, entered.place
    uow.audit("processor.changed", by_account(account_id), _subject(found), changes=changes)


def delete_processor(uow: UnitOfWork, processor_id: UUID, account_id: UUID) -> None:
    """Raises :class:`NotFoundError`."""
    found = processor_of(uow.session, processor_id)
    uow.session.delete(found)
    uow.audit("processor.deleted", by_account(account_id), _subject(found), changes=added(name=found.name))


def _shown(processor: Processor) -> dict[str, str]:
    return {"name": processor.name, "task": processor.task, "place": processor.place}


def _subject(processor: Processor) -> Subject:
    return Subject("processor", processor.id)
