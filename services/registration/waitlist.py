"""The waitlist: who gets a seat when one comes free, and what organisers do out of order."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.acts import note_act, state_change
from services.registration.announcements import announce_correction, announce_state
from services.registration.decide import Decided, decide
from services.registration.line import FRONT, Admissible, earliest_deadline, free_places, next_in_line
from services.registration.models import THE_ENGINE, Actor, Registration, table
from services.registration.places import positions_of
from services.registration.refusals import event_frozen
from services.registration.seats import Seats, opened, opened_for, registration_under_lock
from services.registration.series_line import kept_among, look_again, look_again_at_event, with_seats_kept
from services.registration.states import State
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _

REGISTRATIONS = table(Registration)
FEWEST_CANDIDATES = 16
MOST_CANDIDATES = 200


def settle(uow: UnitOfWork, seats: Seats) -> None:
    """Take back what has run out and give free seats to whoever may have them next, until nobody admissible waits.

    Every change that can free a seat or admit somebody ends with this, in its own transaction. So wherever a seat is
    free between transactions, nobody admissible waits, or the seat is kept for them (``seats.withheld``). What time
    alone changes is seen to when it is due, at the latest by whoever opens the seats next.
    """
    if seats.event.is_cancelled:
        seats.due_at = None
        if seats.waiting:
            look_again_at_event(uow, seats.event.id)
        return
    was_due = seats.is_due
    if was_due:
        _take_back_what_ran_out(uow, seats)
        seats.due_at = None
    _give_seats(uow, seats)
    if was_due:
        seats.expect(earliest_deadline(uow.session, seats.event.id))
        seats.expect(seats.rule.next_change(uow.now))
    if seats.rule.offers and any(hold.reason == "quiet_hours" for hold in seats.withheld.values()):
        seats.expect(seats.rule.offers.working.next_from(uow.now))


def _take_back_what_ran_out(uow: UnitOfWork, seats: Seats) -> None:
    query = (
        select(Registration)
        .where(Registration.event_id == seats.event.id, Registration.deadline <= uow.now)
        .order_by(Registration.deadline, Registration.seq)
        .execution_options(populate_existing=True)
    )
    for registration in uow.session.scalars(query).all():
        inputs = seats.inputs()
        before = registration.change_state(State.LAPSED, THE_ENGINE, uow.now)
        seats.release(before)
        seats.log(registration.id, "lapsed", f"{before}_ran_out", THE_ENGINE, inputs=inputs)
        announce_state(uow, registration, before, THE_ENGINE, f"{before}_ran_out")


def _give_seats(uow: UnitOfWork, seats: Seats) -> None:
    # Who stands behind a party that seats are kept for may fill its organisation: then they are kept in vain.
    while _pass_along_the_line(uow, seats) and is_kept_for_a_party(seats):
        continue


def is_kept_for_a_party(seats: Seats) -> bool:
    """Whether free seats wait until there are enough for a party at the head of the line."""
    return any(hold.reason == "party_waits" for hold in seats.withheld.values())


def _pass_along_the_line(uow: UnitOfWork, seats: Seats) -> bool:
    """Whether somebody got a seat."""
    before = seats.waiting
    seats.withheld, seats.kept_for = {}, []
    behind, only = FRONT, None
    while seats.free and seats.waiting:
        limit = min(max(seats.free, FEWEST_CANDIDATES), MOST_CANDIDATES)
        # The first round looks at everybody, so that whoever is passed over has a decision that says why; later rounds
        # leave out who could have no seat, so that a long row of them costs one query and not many.
        stretch = next_in_line(uow.session, seats.event.id, limit=limit, behind=behind, only=only)
        units = with_seats_kept(uow, seats, stretch.units) if seats.series_waiting else stretch.units
        decided = decide(seats.state((), units), (), seats.rule, uow.now)
        carry_out(uow, seats, decided)
        seats.kept_for += kept_among(units, decided)
        if stretch.end is None or not decided.open:
            break
        behind, only = stretch.end, Admissible(decided.open, seats.rule.quota(uow.now))
    return seats.waiting < before


def carry_out(uow: UnitOfWork, seats: Seats, decided: Decided, *, summarised: bool = False) -> None:
    """Do what ``decide`` said about those who wait; ``summarised`` if an enrolment tells of confirmed seats."""
    seats.withheld = decided.withheld
    found = registrations_by_id(uow.session, [r.registration_id for r in decided.rulings if r.state is not None])
    for ruling in decided.rulings:
        seats.log_ruling(ruling, THE_ENGINE)
        if ruling.state is not None:
            registration = found[ruling.registration_id]
            told = summarised and ruling.state is State.CONFIRMED
            _seat(
                uow,
                seats,
                registration,
                ruling.state,
                THE_ENGINE,
                ruling.reason,
                deadline=ruling.deadline,
                summarised=told,
            )


def _seat(
    uow: UnitOfWork,
    seats: Seats,
    registration: Registration,
    state: State,
    actor: Actor,
    reason: str,
    *,
    deadline: datetime | None = None,
    summarised: bool = False,
) -> None:
    seats.stand_alone(registration)
    look_again(uow, [registration.enrolment_id])
    before = registration.change_state(state, actor, uow.now, deadline=deadline)
    seats.promote()
    seats.expect(deadline)
    announce_state(uow, registration, before, actor, reason, summarised=summarised)


def registrations_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Registration]:
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(Registration).where(Registration.id.in_(wanted)).execution_options(populate_existing=True)
    return {registration.id: registration for registration in session.scalars(query)}


def promote(uow: UnitOfWork, registration_id: UUID, actor: Actor, reason: str) -> Registration:
    """Give a waiting registration a free seat out of order, for a reason that is logged.

    Raises :class:`ConflictError`: ``no_free_seat``, ``event_cancelled``, ``event_over``, or ``transition_refused`` if
    it doesn't wait. An organisation's quota does not hold an organiser back.
    """
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        _give_out_of_order(uow, seats, registration, actor, reason)
        settle(uow, seats)
    return registration


def promote_several(
    uow: UnitOfWork, event_id: UUID, registration_ids: Sequence[UUID], actor: Actor, reason: str
) -> dict[UUID, ConflictError]:
    """The same for several of one event, in this order; why some get no seat, by registration."""
    refused: dict[UUID, ConflictError] = {}
    with opened(uow, event_id) as seats:
        found = registrations_by_id(uow.session, registration_ids)
        for registration in [found[each] for each in registration_ids]:
            try:
                _give_out_of_order(uow, seats, registration, actor, reason)
            except ConflictError as error:
                # Whether there is a seat is looked at before anything is changed.
                refused[registration.id] = error
        settle(uow, seats)
    return refused


def _give_out_of_order(uow: UnitOfWork, seats: Seats, registration: Registration, actor: Actor, reason: str) -> None:
    _refuse_unless_waiting_for_a_free_seat(uow, seats, registration)
    inputs = seats.inputs()
    _seat(uow, seats, registration, State.CONFIRMED, actor, "organiser")
    seats.log(registration.id, "promoted", "organiser", actor, note=reason, inputs=inputs)
    note_act(uow, "registration.promoted", registration, actor, state_change(State.WAITLISTED, State.CONFIRMED))


def offer(uow: UnitOfWork, registration_id: UUID, actor: Actor, reason: str) -> Registration:
    """Offer a free seat out of order, for a reason that is logged; also in quiet hours.

    Raises :class:`ConflictError` as :func:`promote` does, ``no_offers`` if the event gives its seats at once, and
    ``too_late_to_offer`` if too little time would be left to answer.
    """
    with opened_for(uow, registration_id) as seats:
        offers = seats.rule.offers
        if offers is None:
            raise ConflictError("no_offers", _("This event gives its seats at once, without offering them."))
        if offers.halt(uow.now) == "too_late_to_offer":
            raise ConflictError("too_late_to_offer", _("It is too late to offer a seat: nobody could answer in time."))
        registration = registration_under_lock(uow.session, registration_id)
        _refuse_unless_waiting_for_a_free_seat(uow, seats, registration)
        inputs = seats.inputs()
        _seat(uow, seats, registration, State.OFFERED, actor, "organiser", deadline=offers.deadline(uow.now))
        seats.log(registration_id, "offered", "organiser", actor, note=reason, inputs=inputs)
        note_act(uow, "registration.offered", registration, actor, state_change(State.WAITLISTED, State.OFFERED))
        settle(uow, seats)
    return registration


def _refuse_unless_waiting_for_a_free_seat(uow: UnitOfWork, seats: Seats, registration: Registration) -> None:
    _refuse_frozen_or_over(uow, seats)
    if registration.state == State.WAITLISTED and not seats.free:
        raise ConflictError("no_free_seat", _("There is no free seat."))
    if registration.state != State.WAITLISTED:
        raise does_not_wait()


def _refuse_frozen_or_over(uow: UnitOfWork, seats: Seats) -> None:
    if seats.event.is_cancelled:
        raise event_frozen()
    if uow.now >= seats.event.ends_at:
        raise ConflictError("event_over", _("This event is over, so no seat can be given any more."))


def move(uow: UnitOfWork, registration_id: UUID, actor: Actor, reason: str, *, position: int) -> Registration:
    """Put a waiting registration to this position, counted from 1, for a reason that is logged.

    A party moves as one, and nobody is put into the midst of one. A position behind the last is the last. Raises
    :class:`ConflictError`: ``event_cancelled``, ``event_over``, ``transition_refused`` if it doesn't wait, or
    ``no_place_between`` if people were moved between the same two neighbours too often.
    """
    with opened_for(uow, registration_id) as seats:
        _refuse_frozen_or_over(uow, seats)
        registration = registration_under_lock(uow.session, registration_id)
        if registration.state != State.WAITLISTED:
            raise does_not_wait()
        movers = who_waits_together(uow.session, registration)
        priority, places = free_places(uow.session, registration, len(movers), position)
        for mover, place in zip(movers, places, strict=True):
            mover.priority, mover.place, mover.moved = priority, place, True
            mover.note_change(uow.now)
            inputs = {**seats.inputs(), "position": position}
            seats.log(mover.id, "moved", "organiser", actor, note=reason, inputs=inputs)
            note_act(uow, "registration.moved", mover, actor)
        uow.session.flush()
        _tell_positions(uow, movers, actor)
        settle(uow, seats)
    return registration


def who_waits_together(session: Session, registration: Registration) -> list[Registration]:
    """The registration, or the whole of its party, in order."""
    if registration.party_id is None:
        return [registration]
    query = select(Registration).where(
        Registration.event_id == registration.event_id,
        Registration.party_id == registration.party_id,
        Registration.state == State.WAITLISTED,
    )
    return list(session.scalars(query.order_by(Registration.place).execution_options(populate_existing=True)))


def _tell_positions(uow: UnitOfWork, movers: list[Registration], actor: Actor) -> None:
    positions = positions_of(uow.session, movers)
    for mover in movers:
        announce_correction(uow, mover, actor, "moved", position=positions[mover.id])


def does_not_wait() -> ConflictError:
    return ConflictError("transition_refused", _("This registration does not wait, so this cannot be done."))
