"""One act on many registrations of an event, in small transactions, with a refusal for each one that it cannot be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

Act = Literal["cancel", "promote"]
UseCase = Callable[[UnitOfWork, UUID, Actor, str], Registration]

USE_CASES: dict[Act, UseCase] = {"cancel": changes.cancel, "promote": waitlist.promote}
STATES: dict[Act, Sequence[State]] = {
    "cancel": [state for state in State if state not in ENDED],
    "promote": [State.WAITLISTED],
}
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


def concerned(session: Session, whom: Whom, act: Act) -> tuple[int, Sequence[Registration]]:
    """How many the act would be for, and the first of them (:data:`MOST_AT_ONCE`), in the order of the line."""
    query = _concerned(session, whom, act)
    number = session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    in_line = query.order_by(Registration.priority, Registration.place, Registration.id)
    return number, session.scalars(in_line.limit(MOST_AT_ONCE)).all()


def _concerned(session: Session, whom: Whom, act: Act) -> Select[Registration]:
    query = fitting(session, whom.event_id, whom.wanted or Filter())
    if whom.wanted is None:
        query = query.where(Registration.id.in_(whom.ids))
    return query.where(Registration.state.in_(STATES[act]))


def carry_out(
    database: Database, clock: Clock, registrations: Sequence[Registration], act: Act, actor: Actor, reason: str
) -> Result:
    """Do it to all of them, one after the other; a refusal keeps nobody else back.

    What was done stays done, even if it then breaks off: the same request again goes on with the rest.
    """
    refused: list[Refused] = []
    for first in range(0, len(registrations), IN_ONE_TRANSACTION):
        some = registrations[first : first + IN_ONE_TRANSACTION]
        with database.unit_of_work(clock()) as uow:
            refused += [refusal for each in some if (refusal := _try(uow, each, act, actor, reason))]
            uow.commit()
    return Result(len(registrations) - len(refused), refused)


def _try(uow: UnitOfWork, registration: Registration, act: Act, actor: Actor, reason: str) -> Refused | None:
    try:
        USE_CASES[act](uow, registration.id, actor, reason)
    except ConflictError as error:
        # Use cases refuse before they change anything, so the transaction can go on.
        return Refused(registration, error.text)
    return None
