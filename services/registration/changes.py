"""Giving a place up, and correcting what stands about it. Both may move the waitlist, in the same transaction."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select

from services.registration.acts import note_act, state_change
from services.registration.affiliation import Affiliation, affiliate, affiliation_of
from services.registration.announcements import announce_correction, announce_state
from services.registration.certificates import take_back
from services.registration.decide import is_full
from services.registration.models import THE_PERSON, Actor, Party, Person, Registration
from services.registration.places import position_of
from services.registration.refusals import event_frozen, refusal
from services.registration.regrouping import regroup
from services.registration.seats import Seats, opened, opened_for, registration_under_lock
from services.registration.states import ENDED, SEATED, ActorKind, State
from services.registration.waitlist import settle
from shared.audit import Subject, by_person, differences
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _


def cancel(uow: UnitOfWork, registration_id: UUID, actor: Actor, reason: str = "") -> Registration:
    """End the registration; its seat goes to whoever is next. ``reason`` is an organiser's own, for the log.

    Raises :class:`ConflictError`: ``event_cancelled``, ``event_over`` (for the person), ``transition_refused`` if it
    has ended already.
    """
    with opened_for(uow, registration_id) as seats:
        _refuse_too_late(seats, actor, uow)
        registration = registration_under_lock(uow.session, registration_id)
        _end(uow, seats, registration, actor, reason)
        settle(uow, seats)
    take_back(uow, registration)
    return registration


def cancel_of_party(uow: UnitOfWork, party: Party, registration_ids: Collection[UUID]) -> list[Registration]:
    """End the registrations of these people of a party, on the word of its contact, and then give their seats on.

    Whoever is not of the party, or has ended already, is passed by. Raises :class:`ConflictError`: ``event_cancelled``,
    ``event_over``.
    """
    with opened(uow, party.event_id) as seats:
        _refuse_too_late(seats, THE_PERSON, uow)
        query = select(Registration).where(
            Registration.party_id == party.id,
            Registration.id.in_(sorted(registration_ids)),
            Registration.state.not_in(ENDED),
        )
        leaving = list(uow.session.scalars(query.order_by(Registration.seq).execution_options(populate_existing=True)))
        for registration in leaving:
            _end(uow, seats, registration, THE_PERSON, "")
        settle(uow, seats)
    for registration in leaving:
        take_back(uow, registration)
    return leaving


def _end(uow: UnitOfWork, seats: Seats, registration: Registration, actor: Actor, reason: str) -> None:
    before = registration.change_state(State.CANCELLED, actor, uow.now)
    seats.log(registration.id, "cancelled", f"by_{actor.kind}", actor, note=reason)
    seats.release(before)
    announce_state(uow, registration, before, actor, f"by_{actor.kind}")
    note_act(uow, "registration.cancelled", registration, actor, state_change(before, State.CANCELLED))


def _refuse_too_late(seats: Seats, actor: Actor, uow: UnitOfWork) -> None:
    if seats.event.is_cancelled:
        raise event_frozen()
    if actor.kind is ActorKind.PERSON and uow.now >= seats.event.ends_at:
        raise ConflictError("event_over", _("This event is over, so the place can no longer be cancelled."))


@dataclass(frozen=True, slots=True)
class Correction:
    """New values; None leaves a value as it is."""

    first_name: str | None = None
    last_name: str | None = None
    organisation: str | None = None
    locale: str | None = None

    def differences(self, registration: Registration) -> dict[str, str]:
        return {
            name: value
            for name, value in asdict(self).items()
            if value is not None and value != getattr(registration, name)
        }


def correct(uow: UnitOfWork, registration_id: UUID, correction: Correction, actor: Actor) -> Registration:
    """Correct a live registration. The place in line stays within its class.

    Another organisation counts for its quota from now on, and its membership for the class of priority and the pool.

    Raises :class:`ConflictError`: ``transition_refused`` if it has ended; ``organisation_full`` if a seat would move
    to an organisation that has all of its own; ``event_cancelled`` if the organisation would change after that.
    """
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        if registration.state in ENDED:
            raise ConflictError("registration_ended", _("This registration has ended."))
        _correct_under_lock(uow, seats, registration, correction, actor)
    return registration


def _correct_under_lock(
    uow: UnitOfWork, seats: Seats, registration: Registration, correction: Correction, actor: Actor
) -> None:
    corrected = correction.differences(registration)
    if not corrected:
        return
    changes = differences({name: getattr(registration, name) for name in corrected}, corrected)
    if "organisation" in corrected:
        _change_organisation(uow, seats, registration, affiliation_of(uow.session, corrected["organisation"]))
    note_act(uow, "registration.corrected", registration, actor, changes)
    for name, value in corrected.items():
        setattr(registration, name, value)
    registration.derive_keys()
    registration.note_change(uow.now)
    seats.log(registration.id, "corrected", "corrected", actor, inputs={"fields": sorted(corrected)})
    if "organisation" in corrected:
        regroup(uow, seats, "organisation_corrected", [registration.id])
    announce_correction(uow, registration, actor, "corrected", position=position_of(uow.session, registration))
    settle(uow, seats)


def _change_organisation(uow: UnitOfWork, seats: Seats, registration: Registration, affiliation: Affiliation) -> None:
    if affiliation.key != registration.organisation_key:
        if seats.event.is_cancelled:
            raise event_frozen()
        held = seats.taken_by([affiliation.key])
        if registration.state in SEATED and is_full(seats.rule.quota(uow.now), affiliation.key, held):
            raise refusal("organisation_full")
    affiliate(registration, affiliation)


def choose_language(uow: UnitOfWork, person: Person, locale: str) -> None:
    """From now on everything for this person, and for their live registrations, is in this language."""
    changes = differences({"locale": person.locale}, {"locale": locale})
    uow.audit("person.language_chosen", by_person(person.id), Subject("person", person.id), changes=changes)
    person.locale = locale
    live = select(Registration.event_id, Registration.id).where(
        Registration.person_id == person.id, Registration.state.not_in(ENDED)
    )
    # By ascending event, the one order in which seats of several events are locked.
    for _event_id, registration_id in sorted(uow.session.execute(live)):
        with opened_for(uow, registration_id) as seats:
            registration = registration_under_lock(uow.session, registration_id)
            # It may have ended while this waited for the lock; then there is nothing left to correct.
            if registration.state not in ENDED:
                _correct_under_lock(uow, seats, registration, Correction(locale=locale), THE_PERSON)
