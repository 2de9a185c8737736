"""Finding anew in which class and pool everybody is, after the rule's groups or what they rest on have changed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.registration.answers import answers_of, as_traits
from services.registration.line import IS_LIVE
from services.registration.models import THE_ENGINE, Registration
from services.registration.rule import Traits, pool_of, priority_of
from services.registration.seats import Seats
from services.registration.states import State
from shared.database import UnitOfWork


def regroup(uow: UnitOfWork, seats: Seats, reason: str, registration_ids: Iterable[UUID] | None = None) -> None:
    """Give the event's registrations, or these and their parties, the class and pool that the rule has for them now.

    ``reason`` says in the history why. Whoever an organiser moved stays where they were put. The seats are not
    settled.
    """
    query = select(Registration).where(Registration.event_id == seats.event.id, IS_LIVE)
    if registration_ids is not None:
        ids = sorted(registration_ids)
        parties = select(Registration.party_id).where(Registration.id.in_(ids), Registration.party_id.is_not(None))
        query = query.where(or_(Registration.id.in_(ids), Registration.party_id.in_(parties)))
    found = uow.session.scalars(query.order_by(Registration.seq).execution_options(populate_existing=True)).all()
    traits = traits_of(uow.session, found)
    for _one, people in groupby(found, key=lambda registration: registration.party_id or registration.id):
        _regroup_unit(seats, list(people), traits, reason)


def traits_of(session: Session, registrations: Sequence[Registration]) -> dict[UUID, Traits]:
    """What is known of these people that a rule can ask for."""
    given = answers_of(session, [registration.id for registration in registrations])
    return {r.id: Traits(r.member, r.code, as_traits(given[r.id])) for r in registrations}


def _regroup_unit(seats: Seats, people: list[Registration], traits: Mapping[UUID, Traits], reason: str) -> None:
    priority = max(priority_of(seats.rule, traits[registration.id]) for registration in people)
    for registration in people:
        registration.pool = pool_of(seats.rule, traits[registration.id])
        if registration.state == State.WAITLISTED and not registration.moved and registration.priority != priority:
            inputs = {"priority_before": registration.priority, "priority": priority}
            registration.priority = priority
            seats.log(registration.id, "regrouped", reason, THE_ENGINE, inputs=inputs)
