"""What people ask about the use of their data: that it be restricted, or that they object (Art. 18 and 21 GDPR)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.models import DataRequest, Person, Registration
from shared.audit import Author, Subject, added, by_account, by_person
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, NotFoundError
from shared.languages import Text
from shared.languages import text as _

MOST_SHOWN = 100

KINDS: Mapping[str, Text] = {
    "restriction": _("Restrict the use of my data until this is settled; nothing of it is deleted meanwhile"),
    "objection": _("I object to a use of my data"),
}


@dataclass(frozen=True, slots=True)
class Open:
    """A request that waits for organisers; ``registrations`` are the person's."""

    request: DataRequest
    person: Person
    registrations: Sequence[Registration]


def make(uow: UnitOfWork, person: Person, kind: str, text: str) -> None:
    """Raises :class:`ConflictError` (``asked_already``) while one of this kind is open."""
    if any(one.kind == kind for one in open_of(uow.session, person.id)):
        raise ConflictError("asked_already", _("You have asked for this already. We will answer here."))
    made = DataRequest(id=new_id(), person_id=person.id, kind=kind, text=text, made_at=uow.now, answer="")
    uow.session.add(made)
    _note(uow, "request.made", by_person(person.id), made)


def take_back(uow: UnitOfWork, person: Person, request_id: UUID) -> None:
    """The person wants it no longer. Raises :class:`NotFoundError` for somebody else's."""
    found = uow.session.get(DataRequest, request_id)
    if found is None or found.person_id != person.id:
        raise request_not_found()
    if found.settled_at is None:
        found.settled_at = uow.now
        _note(uow, "request.taken_back", by_person(person.id), found)


def settle(uow: UnitOfWork, request_id: UUID, answer: str, account_id: UUID) -> None:
    """Organisers have seen to it. Raises :class:`NotFoundError`, and :class:`ConflictError` (``settled_already``)."""
    found = uow.session.get(DataRequest, request_id)
    if found is None:
        raise request_not_found()
    if found.settled_at is not None:
        raise ConflictError("settled_already", _("This is settled already."))
    found.settled_at, found.answer = uow.now, answer
    _note(uow, "request.settled", by_account(account_id), found)


def requests_of(session: Session, person_id: UUID) -> Sequence[DataRequest]:
    """All of the person's, the newest first."""
    query = select(DataRequest).where(DataRequest.person_id == person_id)
    return session.scalars(query.order_by(DataRequest.made_at.desc(), DataRequest.id)).all()


def open_of(session: Session, person_id: UUID) -> list[DataRequest]:
    return [one for one in requests_of(session, person_id) if one.settled_at is None]


def open_requests(session: Session) -> list[Open]:
    """Those that wait, the oldest first; at most as many as fit a page."""
    query = select(DataRequest, Person).join(Person, Person.id == DataRequest.person_id)
    waiting = query.where(DataRequest.settled_at.is_(None)).order_by(DataRequest.made_at, DataRequest.id)
    found = [(request, person) for request, person in session.execute(waiting.limit(MOST_SHOWN))]
    theirs = select(Registration).where(Registration.person_id.in_([person.id for _request, person in found]))
    registrations = session.scalars(theirs.order_by(Registration.submitted_at)).all()
    return [
        Open(request, person, [one for one in registrations if one.person_id == person.id]) for request, person in found
    ]


def how_many_open(session: Session) -> int:
    query = select(func.count()).select_from(DataRequest).where(DataRequest.settled_at.is_(None))
    return session.execute(query).scalar_one()


def request_not_found() -> NotFoundError:
    return NotFoundError("request_not_found", _("There is no such request."))


def _note(uow: UnitOfWork, action: str, author: Author, request: DataRequest) -> None:
    uow.audit(action, author, Subject("person", request.person_id), changes=added(kind=request.kind))
