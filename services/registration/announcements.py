"""What the other services are told of a registration."""

from typing import Any
from uuid import UUID

from services.registration.models import THE_ENGINE, Actor, Event, Person, Registration
from services.registration.states import State
from shared.database import UnitOfWork
from shared.messages.registration import (
    REPUBLISHED,
    LinkRequestedV1,
    RegistrationCancelledV1,
    RegistrationChangedV1,
    RegistrationConfirmedV1,
    RegistrationLapsedV1,
    RegistrationOfferedV1,
    RegistrationPendingV1,
    RegistrationState,
    RegistrationWaitlistedV1,
)

TOPICS: dict[State, type[RegistrationState]] = {
    State.PENDING: RegistrationPendingV1,
    State.CONFIRMED: RegistrationConfirmedV1,
    State.WAITLISTED: RegistrationWaitlistedV1,
    State.OFFERED: RegistrationOfferedV1,
    State.LAPSED: RegistrationLapsedV1,
    State.CANCELLED: RegistrationCancelledV1,
}
"""The message that says that a registration has come to this state."""


def announce_state(
    uow: UnitOfWork,
    registration: Registration,
    before: State | None,
    actor: Actor,
    reason: str,
    *,
    position: int | None = None,
    summarised: bool = False,
) -> None:
    """``position`` counts from 1 and belongs to a waiting registration; ``summarised`` is what an enrolment tells."""
    body = {**_body(registration, before, actor, reason, position), "summarised": summarised}
    uow.publish(TOPICS[State(registration.state)], registration.id, registration.version, body)


def announce_correction(
    uow: UnitOfWork,
    registration: Registration,
    actor: Actor,
    reason: str,
    *,
    position: int | None,
    summarised: bool = False,
) -> None:
    """The same two of something else than the state."""
    correction = _body(registration, State(registration.state), actor, reason, position)
    body = {**correction, "summarised": summarised}
    uow.publish(RegistrationChangedV1, registration.id, registration.version, body)


def announce_again(uow: UnitOfWork, registration: Registration, *, position: int | None) -> None:
    """Tell the present state with the version it has, for readers who have lost it."""
    state = State(registration.state)
    body = _body(registration, state, THE_ENGINE, REPUBLISHED, position)
    uow.publish(TOPICS[state], registration.id, registration.version, body)


def _body(
    registration: Registration, before: State | None, actor: Actor, reason: str, position: int | None
) -> dict[str, Any]:
    return {
        "registration_id": registration.id,
        "event_id": registration.event_id,
        "person_id": registration.person_id,
        "link_generation": registration.person.link_generation,
        "first_name": registration.first_name,
        "last_name": registration.last_name,
        "email": registration.email,
        "organisation": registration.organisation,
        "locale": registration.locale,
        "state": registration.state,
        "previous_state": before,
        "position": position,
        "actor": actor.kind,
        "reason": reason,
        "submitted_at": registration.submitted_at,
        "deadline": registration.deadline,
        "enrolment_id": registration.enrolment_id,
        "summarised": False,
    }


def announce_link(uow: UnitOfWork, person: Person, registrations: list[tuple[Registration, Event]]) -> None:
    """Ask notifications to send the person the link to their page, with what is behind it."""
    newest, _event = registrations[0]
    body = {
        "person_id": person.id,
        "link_generation": person.link_generation,
        "name": newest.name,
        "email": person.email,
        "locale": person.locale,
        "events": [_linked(registration, event) for registration, event in registrations],
    }
    uow.publish(LinkRequestedV1, person.id, 0, body)


def _linked(registration: Registration, event: Event) -> dict[str, UUID | str | dict[str, str]]:
    return {"event_id": event.id, "title": event.title, "state": registration.state}
