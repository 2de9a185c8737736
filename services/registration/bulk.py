"""One act on many registrations of an event, in small transactions, with a refusal for each one that it cannot be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.registration import changes, waitlist
from services.registration.models import Actor, Registration
from services.registration.people import Filter, fitting
from services.registration.states import ENDED, State
from shared.clock import Clock
from shared.database import Database, UnitOfWork
from shared.errors import ConflictError
from shared.languages import Text

Act = Literal["cancel", "promote", "write"]
UseCase = Callable[[UnitOfWork, UUID, Sequence[UUID]], Mapping[UUID, ConflictError]]
"""Takes the unit of work, the event's id and its registrations' ids, and returns who is refused."""

_LIVE = [state for state in State if state not in ENDED]
STATES: dict[Act, Sequence[State]] = {"cancel": _LIVE, "promote": [State.WAITLISTED], "write": _LIVE}
"""Of whom an act makes sense at all."""

MOST_AT_ONCE = 500
"""Of one request; whoever wants more goes on with the rest."""
IN_ONE_TRANSACTION = 20
"""So that others who want a seat at the event need not wait long."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Those with these ids, or everybody whom the filter fits."""

    event_id: UUID
    ids: Sequence[UUID]
    wanted: Filter | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    registration: Registration
    why: Text


@dataclass(frozen=True, slots=True)
class Result:
    """How many it was done to, and who was refused, with the reason."""

    done: int
    refused: Sequence[Refused]


def cancelling(actor: Actor, reason: str) -> UseCase:
    return partial(changes.cancel_several, actor=actor, reason=reason)


def promoting(actor: Actor, reason: str) -> UseCase:
    return partial(waitlist.promote_several, actor=actor, reason=reason)


def concerned(session: Session, whom: Whom, act: Act) -> tuple[int, Sequence[Registration]]:
    """How many the act would be for, and the first of them (:data:`MOST_AT_ONCE`), in the order of the line.

    Those who wait come first, so that nobody gets a seat just before their registration is cancelled too.
    """
    query = _concerned(session, whom, act)
    number = session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    waits = Registration.state == State.WAITLISTED
    in_line = query.order_by(waits.desc(), Registration.priority, Registration.place, Registration.id)
    return number, session.scalars(in_line.limit(MOST_AT_ONCE)).all()


def ids_of_concerned(session: Session, whom: Whom, act: Act) -> Sequence[UUID]:
    """All of whom it makes sense, however many they are."""
    return session.scalars(_concerned(session, whom, act).with_only_columns(Registration.id)).all()


def _concerned(session: Session, whom: Whom, act: Act) -> Select[Registration]:
    query = fitting(session, whom.event_id, whom.wanted or Filter())
    if whom.wanted is None:
        query = query.where(Registration.id.in_(whom.ids))
    return query.where(Registration.state.in_(STATES[act]))


def carry_out(database: Database, clock: Clock, registrations: Sequence[Registration], use_case: UseCase) -> Result:
    """Do it to all of them, who are of one event; a refusal keeps nobody else back.

    What was done stays done, even if it then breaks off: the same request again goes on with the rest.
    """
    refused: list[Refused] = []
    for first in range(0, len(registrations), IN_ONE_TRANSACTION):
        some = registrations[first : first + IN_ONE_TRANSACTION]
        with database.unit_of_work(clock()) as uow:
            refused += _try(uow, some, use_case)
            uow.commit()
    return Result(len(registrations) - len(refused), refused)


def _try(uow: UnitOfWork, registrations: Sequence[Registration], use_case: UseCase) -> list[Refused]:
    ids = [registration.id for registration in registrations]
    try:
        errors = use_case(uow, registrations[0].event_id, ids)
    except ConflictError as error:
        # Of the whole event, before anything was changed.
        errors = dict.fromkeys(ids, error)
    return [Refused(one, errors[one.id].text) for one in registrations if one.id in errors]
