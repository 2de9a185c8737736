"""The waitlist: who moves up when seats come free, who is where in line, and what happens next."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.acts import note_act, state_change
from services.registration.announcements import announce_state
from services.registration.decide import Ruling, decide
from services.registration.line import FRONT, next_in_line
from services.registration.models import THE_ENGINE, Actor, Registration, table
from services.registration.refusals import event_frozen
from services.registration.seats import Seats, opened_for, registration_under_lock
from services.registration.states import State
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _

REGISTRATIONS = table(Registration)
FEWEST_CANDIDATES = 16
MOST_CANDIDATES = 200


def settle(uow: UnitOfWork, seats: Seats) -> None:
    """Give free seats to whoever may have them next, until none is free or nobody admissible waits.

    Every change that can free a seat or admit somebody ends with this, in its own transaction. So wherever a seat is
    free between transactions, nobody admissible waits.
    """
    behind = FRONT
    while seats.free and seats.waiting and seats.rule.moves(uow.now):
        limit = min(max(seats.free, FEWEST_CANDIDATES), MOST_CANDIDATES)
        # The first round looks at everybody, so that whoever is passed over has a decision that says why; later rounds
        # leave full organisations out, so that a long row of them costs one query and not many.
        line = next_in_line(
            uow.session, seats.event.id, seats.rule, limit=limit, behind=behind, leave_out_full=behind != FRONT
        )
        candidates = [claim for claim, _place in line]
        apply_promotions(uow, seats, decide(seats.state((), candidates), (), seats.rule, uow.now))
        if len(line) < limit:
            return
        behind = line[-1][1]


def apply_promotions(uow: UnitOfWork, seats: Seats, rulings: Sequence[Ruling], actor: Actor = THE_ENGINE) -> None:
    """Carry out what ``decide`` said about candidates."""
    promoted = [ruling.registration_id for ruling in rulings if ruling.outcome == "promoted"]
    found = {registration.id: registration for registration in registrations_by_id(uow.session, promoted)}
    for ruling in rulings:
        seats.log_ruling(ruling, actor)
        if ruling.outcome == "promoted":
            _seat(uow, seats, found[ruling.registration_id], actor, ruling.reason)


def _seat(uow: UnitOfWork, seats: Seats, registration: Registration, actor: Actor, reason: str) -> None:
    before = registration.change_state(State.CONFIRMED, actor, uow.now)
    seats.promote()
    announce_state(uow, registration, before, actor, reason)


def registrations_by_id(session: Session, ids: Iterable[UUID]) -> Sequence[Registration]:
    """In the order of their places in line."""
    wanted = list(ids)
    if not wanted:
        return ()
    query = select(Registration).where(Registration.id.in_(wanted)).order_by(Registration.seq)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def promote(uow: UnitOfWork, registration_id: UUID, actor: Actor, reason: str) -> Registration:
    """Give a waiting registration a free seat out of order, for a reason that is logged.

    Raises :class:`ConflictError`: ``no_free_seat``, ``event_cancelled``, ``event_over``, or ``transition_refused`` if
    it doesn't wait. An organisation's quota does not hold an organiser back.
    """
    with opened_for(uow, registration_id) as seats:
        if seats.event.is_cancelled:
            raise event_frozen()
        if uow.now >= seats.event.ends_at:
            raise ConflictError("event_over", _("This event is over, so no seat can be given any more."))
        registration = registration_under_lock(uow.session, registration_id)
        if registration.state == State.WAITLISTED and not seats.free:
            raise ConflictError("no_free_seat", _("There is no free seat."))
        inputs = seats.inputs()
        _seat(uow, seats, registration, actor, "organiser")
        seats.log(registration_id, "promoted", "organiser", actor, note=reason, inputs=inputs)
        note_act(uow, "registration.promoted", registration, actor, state_change(State.WAITLISTED, State.CONFIRMED))
    return registration
