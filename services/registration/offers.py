"""What a person does with a seat that is held for them: take it, or give it up. Each of these can be done once."""

from uuid import UUID

from services.registration.acts import note_act, state_change
from services.registration.announcements import announce_state
from services.registration.models import THE_PERSON, Actor, Registration
from services.registration.refusals import event_frozen
from services.registration.seats import Seats, opened_for, registration_under_lock
from services.registration.states import State
from services.registration.waitlist import settle
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _


def accept(uow: UnitOfWork, registration_id: UUID, actor: Actor = THE_PERSON) -> Registration:
    """Take the seat that is offered. Whoever answers has the mail, so the address is confirmed by it.

    Raises :class:`ConflictError`: ``offer_expired`` once the deadline has passed, whether or not anybody has taken the
    offer back; ``event_cancelled``; ``transition_refused`` if nothing is offered, or it was answered before.
    """
    return _take(uow, registration_id, State.OFFERED, actor, "accepted")


def confirm_address(uow: UnitOfWork, registration_id: UUID, actor: Actor = THE_PERSON) -> Registration:
    """Keep the seat that was held until the address is confirmed; the errors of :func:`accept`."""
    return _take(uow, registration_id, State.PENDING, actor, "address_confirmed")


def _take(uow: UnitOfWork, registration_id: UUID, held_as: State, actor: Actor, outcome: str) -> Registration:
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        _refuse_unless(seats, registration, held_as, uow)
        before = registration.change_state(State.CONFIRMED, actor, uow.now)
        registration.address_confirmed = True
        registration.person.confirmed_at = uow.now
        seats.log(registration_id, outcome, outcome, actor)
        announce_state(uow, registration, before, actor, outcome)
        note_act(uow, f"registration.{outcome}", registration, actor, state_change(before, State.CONFIRMED))
        settle(uow, seats)
    return registration


def decline(uow: UnitOfWork, registration_id: UUID, actor: Actor = THE_PERSON) -> Registration:
    """Give up the seat that is offered; it goes on to whoever is next. The errors of :func:`accept`."""
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        _refuse_unless(seats, registration, State.OFFERED, uow)
        before = registration.change_state(State.CANCELLED, actor, uow.now)
        seats.log(registration_id, "declined", "declined", actor)
        seats.release(before)
        announce_state(uow, registration, before, actor, "declined")
        note_act(uow, "registration.declined", registration, actor, state_change(before, State.CANCELLED))
        settle(uow, seats)
    return registration


def _refuse_unless(seats: Seats, registration: Registration, held_as: State, uow: UnitOfWork) -> None:
    if seats.event.is_cancelled:
        raise event_frozen()
    late = registration.deadline is not None and uow.now >= registration.deadline
    if registration.state == State.LAPSED or (registration.state == held_as and late):
        raise ConflictError("offer_expired", _("The time for this has run out, and the seat has gone on."))
    if registration.state != held_as:
        raise ConflictError("transition_refused", _("This has been answered before, so it cannot be answered again."))
