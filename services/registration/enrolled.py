"""An enrolment as it stands: what became of each module, and how that is told."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Enrolment, Registration
from services.registration.places import positions_of
from services.registration.series import modules_among
from services.registration.states import State
from shared.database import UnitOfWork
from shared.messages.registration import EnrolmentChangedV1

Mode = Literal["each", "whole"]
Change = Literal["enrolled", "completed", "cancelled"]


@dataclass(frozen=True, slots=True)
class EnrolledModule:
    """What became of one module. ``refused`` is the code of why there is no registration; the others are None then."""

    event_id: UUID
    registration_id: UUID | None = None
    state: State | None = None
    position: int | None = None
    refused: str | None = None
    waits_for_series: bool = False


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of an enrolment, its modules by their beginning. ``repeated`` says that the wish came before."""

    enrolment_id: UUID
    series_id: UUID
    mode: Mode
    modules: Sequence[EnrolledModule]
    repeated: bool = False


def enrolled_as_it_stands(session: Session, enrolment: Enrolment, *, repeated: bool = False) -> Enrolled:
    """The enrolment with the state that each module has now."""
    found = {
        UUID(event_id): EnrolledModule(UUID(event_id), refused=code) for event_id, code in enrolment.refused.items()
    }
    registrations = registrations_of(session, enrolment.id)
    positions = positions_of(session, registrations)
    found |= {r.event_id: _module(r, positions.get(r.id)) for r in registrations}
    modules = [found[event.id] for event in modules_among(session, found)]
    mode: Mode = "whole" if enrolment.mode == "whole" else "each"
    return Enrolled(enrolment.id, enrolment.series_id, mode, modules, repeated)


def _module(registration: Registration, position: int | None) -> EnrolledModule:
    waits = registration.waits_for_series
    state = State(registration.state)
    return EnrolledModule(registration.event_id, registration.id, state, position, waits_for_series=waits)


def registrations_of(session: Session, enrolment_id: UUID) -> Sequence[Registration]:
    """Those that the enrolment made, by ascending event, the one order in which seats are locked; the newest last."""
    query = select(Registration).where(Registration.enrolment_id == enrolment_id)
    query = query.order_by(Registration.event_id, Registration.seq)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def tell_enrolment(uow: UnitOfWork, enrolment: Enrolment, change: Change) -> None:
    """Tell once of all modules what was done to them in this transaction."""
    enrolled = enrolled_as_it_stands(uow.session, enrolment)
    named = registrations_of(uow.session, enrolment.id)[0]
    person = enrolment.person
    body = {
        "enrolment_id": enrolment.id,
        "series": {**enrolment.series, "series_id": enrolment.series_id},
        "person_id": person.id,
        "link_generation": person.link_generation,
        "first_name": named.first_name,
        "last_name": named.last_name,
        "email": person.email,
        "locale": named.locale,
        "mode": enrolled.mode,
        "change": change,
        "modules": [asdict(module) for module in enrolled.modules],
    }
    uow.publish(EnrolmentChangedV1, enrolment.id, enrolment.version, body)
