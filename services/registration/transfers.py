"""Giving one's seat to a colleague: one registration ends and another begins with the same seat, in one transaction."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.registration.acts import note_act, state_change
from services.registration.addresses import is_taken, person_with
from services.registration.affiliation import Named, affiliation_of
from services.registration.announcements import announce_state
from services.registration.certificates import take_back
from services.registration.decide import Claim, Ruling, SeatState, alone, decide
from services.registration.links import request_link
from services.registration.missing_answers import note_missing_answers
from services.registration.models import Actor, Registration, place_of
from services.registration.refusals import event_frozen, refusal
from services.registration.rule import Traits, pool_of, priority_of
from services.registration.seats import Seats, opened_for, registration_under_lock
from services.registration.states import State
from services.registration.waitlist import settle
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError
from shared.languages import text as _

TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True)
class Successor:
    """The colleague who gets the seat. The address is normalised."""

    first_name: str
    last_name: str
    email: str
    locale: str
    organisation: str = ""
    organisation_id: UUID | None = None
    """The directory's entry that was chosen."""


def transfer(uow: UnitOfWork, registration_id: UUID, successor: Successor, actor: Actor) -> Registration | None:
    """Hand a confirmed seat over, and return the new registration. Answers and needs stay with whoever gave them.

    The line is respected: the successor must be one who could have this seat if it were free, and where the rule says
    that seats go to the queue, nobody may wait. None if another registration of the event has the address: its owner
    gets a link by mail, and nothing changes. Raises :class:`ConflictError`: ``transition_refused`` unless a seat is
    confirmed, ``event_cancelled``, ``event_begun``, ``seats_go_to_queue``, ``organisation_full``, ``seats_reserved``.
    """
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        _refuse_unless_transferable(uow, seats, registration)
        if is_taken(uow.session, [seats.event.id], successor.email):
            request_link(uow, successor.email)
            return None
        follower = _follower(uow, seats, registration, successor)
        ruling = _ruling(uow, seats, registration, follower)
        _hand_over(uow, seats, registration, follower, ruling, actor)
        settle(uow, seats)
    take_back(uow, registration)
    return follower


def _refuse_unless_transferable(uow: UnitOfWork, seats: Seats, registration: Registration) -> None:
    if seats.event.is_cancelled:
        raise event_frozen()
    if uow.now >= seats.event.starts_at:
        raise ConflictError("event_begun", _("The event has begun, so the place can no longer be given to somebody."))
    if registration.state != State.CONFIRMED:
        raise ConflictError("transition_refused", _("Only a confirmed seat can be given to somebody."))
    if seats.event.waitlist["transfers"] == "queue" and seats.waiting:
        raise ConflictError(
            "seats_go_to_queue",
            _("People are waiting for this event. A seat that is given up goes to the next in line."),
        )


def _follower(uow: UnitOfWork, seats: Seats, registration: Registration, successor: Successor) -> Registration:
    affiliation = affiliation_of(uow.session, Named(successor.organisation, successor.organisation_id))
    traits = Traits(member=affiliation.member, code=registration.code)
    follower = Registration(
        id=new_id(),
        event_id=seats.event.id,
        person=person_with(uow, successor.email, successor.locale),
        first_name=successor.first_name,
        last_name=successor.last_name,
        email=successor.email,
        organisation=successor.organisation,
        organisation_id=affiliation.organisation_id,
        member=affiliation.member,
        locale=successor.locale,
        state=State.CONFIRMED,
        seq=seats.next_seq,
        priority=priority_of(seats.rule, traits),
        pool=pool_of(seats.rule, traits),
        code=registration.code,
        party_id=registration.party_id,
        takes_fewer=registration.takes_fewer,
        submitted_at=uow.now,
        changed_at=uow.now,
        version=1,
    )
    follower.place = place_of(follower.seq)
    follower.derive_keys()
    return follower


def _ruling(uow: UnitOfWork, seats: Seats, registration: Registration, follower: Registration) -> Ruling:
    """Whether the follower could have this seat, if it alone were free. Raises :class:`ConflictError`."""
    unit = alone(Claim(follower.id, follower.organisation_key, follower.pool), follower.priority)
    leaver = alone(Claim(registration.id, registration.organisation_key, registration.pool))
    # It is the same seat also when a lowered capacity left a surplus, or when free ones are kept for others.
    state = replace(seats.state([unit, leaver]), capacity=max(seats.capacity, seats.confirmed), withheld={})
    open_until_it_begins = replace(seats.rule, opens_at=None, closes_at=seats.event.starts_at, confirm_address=None)
    (ruling,) = decide(_without(state, registration), [unit], open_until_it_begins, uow.now).rulings
    if ruling.outcome == "confirmed":
        return ruling
    if ruling.reason == "organisation_full":
        raise refusal("organisation_full")
    raise ConflictError("seats_reserved", _("This seat is reserved for others, so this person cannot have it."))


def _without(state: SeatState, registration: Registration) -> SeatState:
    taken_by, taken_in = dict(state.taken_by), dict(state.taken_in)
    if registration.organisation_key in taken_by:
        taken_by[registration.organisation_key] -= 1
    if registration.pool in taken_in:
        taken_in[registration.pool] -= 1
    return replace(state, taken=state.taken - 1, taken_by=taken_by, taken_in=taken_in)


def _hand_over(
    uow: UnitOfWork,
    seats: Seats,
    registration: Registration,
    follower: Registration,
    ruling: Ruling,
    actor: Actor,
) -> None:
    before = registration.change_state(State.CANCELLED, actor, uow.now)
    seats.log(registration.id, "cancelled", TRANSFERRED, actor)
    seats.release(before)
    uow.session.add(follower)
    uow.session.flush()
    note_missing_answers(uow, seats.event, [follower.id])
    seats.admit(State.CONFIRMED)
    seats.log(follower.id, "confirmed", TRANSFERRED, actor, inputs=ruling.inputs)
    announce_state(uow, registration, before, actor, TRANSFERRED)
    announce_state(uow, follower, None, actor, TRANSFERRED)
    changes = {**state_change(before, State.CANCELLED), "to": {"before": None, "after": str(follower.id)}}
    note_act(uow, "registration.transferred", registration, actor, changes)
