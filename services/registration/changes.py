"""Giving a place up, and correcting what stands about it. Both may move the waitlist, in the same transaction."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from services.registration.acts import note_act, state_change
from services.registration.affiliation import Affiliation, Named, affiliate, affiliation_of
from services.registration.announcements import announce_correction, announce_state
from services.registration.certificates import judge_series_of, take_back
from services.registration.decide import is_full
from services.registration.models import THE_PERSON, Actor, Party, Person, Registration
from services.registration.names import refuse_another_name
from services.registration.places import position_of
from services.registration.precedence import refuse_to_get_ahead, refuse_to_leave_a_full_organisation
from services.registration.refusals import event_frozen, refusal
from services.registration.regrouping import regroup, traits_of
from services.registration.seats import Seats, opened, opened_for, registration_under_lock
from services.registration.series_line import look_again
from services.registration.states import ENDED, SEATED, ActorKind, State
from services.registration.waitlist import registrations_by_id, settle
from shared.audit import Subject, by_person, differences
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _


def cancel(
    uow: UnitOfWork, registration_id: UUID, actor: Actor, reason: str = "", *, because: str = ""
) -> Registration:
    """End the registration; its seat goes to whoever is next.

    ``reason`` is an organiser's own, for the log; ``because`` is a code, where it is not that the actor wished it.

    Raises :class:`ConflictError`: ``event_cancelled``, ``event_over`` (for the person), ``transition_refused`` if it
    has ended already.
    """
    with opened_for(uow, registration_id) as seats:
        _refuse_too_late(seats, actor, uow)
        registration = registration_under_lock(uow.session, registration_id)
        end(uow, seats, registration, actor, reason, because=because)
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
            end(uow, seats, registration, THE_PERSON, "")
        settle(uow, seats)
    take_back(uow, *leaving)
    return leaving


def cancel_several(
    uow: UnitOfWork, event_id: UUID, registration_ids: Collection[UUID], actor: Actor, reason: str
) -> dict[UUID, ConflictError]:
    """End these registrations of an event, and then give their seats on; why some cannot be, by registration.

    Raises :class:`ConflictError`: ``event_cancelled``.
    """
    refused: dict[UUID, ConflictError] = {}
    with opened(uow, event_id) as seats:
        _refuse_too_late(seats, actor, uow)
        found = registrations_by_id(uow.session, registration_ids)
        for registration in found.values():
            try:
                end(uow, seats, registration, actor, reason)
            except ConflictError as error:
                # The transition is refused before anything is changed.
                refused[registration.id] = error
        settle(uow, seats)
    take_back(uow, *(registration for registration in found.values() if registration.id not in refused))
    return refused


def end(
    uow: UnitOfWork,
    seats: Seats,
    registration: Registration,
    actor: Actor,
    reason: str = "",
    *,
    because: str = "",
    summarised: bool = False,
) -> None:
    """Cancel the registration without giving its seat on yet; ``summarised`` says that an enrolment tells of it."""
    before = registration.change_state(State.CANCELLED, actor, uow.now)
    code = because or f"by_{actor.kind}"
    seats.log(registration.id, "cancelled", code, actor, note=reason)
    seats.release(before)
    seats.stand_alone(registration)
    look_again(uow, [registration.enrolment_id])
    announce_state(uow, registration, before, actor, code, summarised=summarised)
    note_act(uow, "registration.cancelled", registration, actor, state_change(before, State.CANCELLED))


def _refuse_too_late(seats: Seats, actor: Actor, uow: UnitOfWork) -> None:
    if seats.event.is_cancelled:
        raise event_frozen()
    if actor.kind is ActorKind.PERSON and uow.now >= seats.event.ends_at:
        raise ConflictError("event_over", _("This event is over, so the place can no longer be cancelled."))


@dataclass(frozen=True, slots=True)
class Correction:
    """New values; None leaves a value as it is. ``organisation_id`` is the directory's entry that was chosen."""

    first_name: str | None = None
    last_name: str | None = None
    organisation: str | None = None
    organisation_id: UUID | None = None
    locale: str | None = None

    def differences(self, registration: Registration) -> dict[str, str]:
        """What would be written otherwise, by name."""
        return {
            name: value
            for name in ("first_name", "last_name", "organisation", "locale")
            if (value := getattr(self, name)) is not None and value != getattr(registration, name)
        }

    def organisation_of(self, registration: Registration) -> Named:
        """What the organisation is to be. An entry that was chosen before goes on to tell the same names apart."""
        spelling = registration.organisation if self.organisation is None else self.organisation
        return Named(spelling, self.organisation_id or registration.organisation_id)


def correct(uow: UnitOfWork, registration_id: UUID, correction: Correction, actor: Actor) -> Registration:
    """Correct a live registration. The place in line stays within its class.

    Another organisation counts for its quota from now on, and its membership for the class of priority and the pool.

    Raises :class:`ConflictError`: ``registration_ended``; ``organisation_full`` if a seat would move to an organisation
    that has all of its own; ``event_cancelled`` if the organisation would change after that. Raises
    :class:`InvalidError` for a person whom another organisation would put ahead of others (``gets_ahead``), or of whom
    the names would make another (``another_person``).
    """
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        if registration.state in ENDED:
            raise ConflictError("registration_ended", _("This registration has ended."))
        sort_key = registration.sort_key
        _correct_under_lock(uow, seats, registration, correction, actor)
    if registration.sort_key != sort_key:
        judge_series_of(uow, [registration])
    return registration


def _correct_under_lock(
    uow: UnitOfWork, seats: Seats, registration: Registration, correction: Correction, actor: Actor
) -> None:
    corrected = correction.differences(registration)
    affiliation = _other_affiliation(uow, registration, correction.organisation_of(registration))
    if not corrected and affiliation is None:
        return
    refuse_another_name(uow.session, registration, corrected, actor)
    changes = differences({name: getattr(registration, name) for name in corrected}, corrected)
    if affiliation is not None:
        changes |= differences({"entry": registration.organisation_id}, {"entry": affiliation.organisation_id})
        _change_organisation(uow, seats, registration, affiliation, actor)
    note_act(uow, "registration.corrected", registration, actor, changes)
    for name, value in corrected.items():
        setattr(registration, name, value)
    registration.derive_keys()
    registration.note_change(uow.now)
    seats.log(registration.id, "corrected", "corrected", actor, inputs={"fields": sorted(corrected)})
    if affiliation is not None:
        regroup(uow, seats, "organisation_corrected", [registration.id])
    announce_correction(uow, registration, actor, "corrected", position=position_of(uow.session, registration))
    settle(uow, seats)


def _other_affiliation(uow: UnitOfWork, registration: Registration, named: Named) -> Affiliation | None:
    """Where the person comes from if they are named so; None if that is no other organisation. Asks nothing then."""
    present = Named(registration.organisation, registration.organisation_id)
    if named == present:
        return None
    affiliation = affiliation_of(uow.session, named)
    stays = named.spelling == present.spelling and affiliation.organisation_id == present.chosen
    return None if stays else affiliation


def _change_organisation(
    uow: UnitOfWork, seats: Seats, registration: Registration, affiliation: Affiliation, actor: Actor
) -> None:
    if affiliation.key != registration.organisation_key:
        if seats.event.is_cancelled:
            raise event_frozen()
        refuse_to_leave_a_full_organisation(uow, seats, registration, actor)
        held = seats.taken_by([affiliation.key])
        if registration.state in SEATED and is_full(seats.rule.quota(uow.now), affiliation.key, held):
            raise refusal("organisation_full")
    before = traits_of(uow.session, [registration])[registration.id]
    after = replace(before, member=affiliation.member)
    refuse_to_get_ahead(seats, registration, actor, before, after, ["organisation"])
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
