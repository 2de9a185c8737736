"""Correcting a mistyped address of a party: that of its contact, or of one of its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.registration import limits
from services.registration.addresses import (
    CORRECTIONS_PER_REGISTRATION,
    address_fixed,
    is_taken,
    is_untouched,
    move_to,
    person_with,
)
from services.registration.certificates import judge_series_of
from services.registration.links import request_link
from services.registration.models import Event, Party, Registration
from services.registration.parties import people_of_party, refuse_twins, tell_party
from services.registration.places import positions_of
from services.registration.seats import Seats, opened
from services.registration.states import ENDED
from shared.audit import Subject, by_person, differences
from shared.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class PartyAddress:
    """One address of a party, and of whom. ``is_contacts``: the list of all goes there."""

    email: str
    people: Sequence[Registration]
    is_contacts: bool


def correctable_addresses(session: Session, party: Party, event: Event, now: datetime) -> list[PartyAddress]:
    """The contact's first; none that somebody has used since, or whose people have all cancelled."""
    if event.is_cancelled or now >= event.ends_at:
        return []
    people = [one for one in people_of_party(session, party.id) if one.state not in ENDED]
    emails = dict.fromkeys([party.contact.email, *(one.email for one in people)])
    owners = {party.contact.email: party.contact, **{one.email: one.person for one in people}}
    return [
        PartyAddress(email, [one for one in people if one.email == email], email == party.contact.email)
        for email in emails
        if is_untouched(owners[email], party.made_at, now)
    ]


def correct_address_of_party(uow: UnitOfWork, party: Party, wrong: str, right: str) -> bool:
    """Move whoever of the party has the ``wrong`` address, be it its contact too, to the ``right`` one.

    False if somebody else at the event has that address: they get a link by mail, and nothing changes. Raises
    :class:`ConflictError` (``address_fixed``) when it is too late, :class:`InvalidError` if two of one name would share
    an address, :class:`TooManyError` after three times in an hour.
    """
    limits.require(uow, CORRECTIONS_PER_REGISTRATION, str(party.id))
    with opened(uow, party.event_id) as seats:
        party = uow.session.get_one(Party, party.id, populate_existing=True)
        found = {one.email: one for one in correctable_addresses(uow.session, party, seats.event, uow.now)}
        if wrong not in found:
            raise address_fixed()
        if right == wrong:
            return True
        everybody = people_of_party(uow.session, party.id)
        if is_taken(uow.session, [party.event_id], right, but=[one.id for one in everybody]):
            request_link(uow, right)
            return False
        formers = {party.contact_id, *(one.person_id for one in found[wrong].people)}
        _move(uow, seats, found[wrong], [one for one in everybody if one.email == right], right)
        if found[wrong].is_contacts:
            _move_contact(uow, party, right)
    judge_series_of(uow, found[wrong].people, *formers)
    return True


def _move(uow: UnitOfWork, seats: Seats, moving: PartyAddress, there: Sequence[Registration], right: str) -> None:
    refuse_twins([(one.name, right) for one in (*there, *moving.people)], field="email")
    free = max((one.address_number for one in there), default=-1) + 1
    for number, registration in enumerate(moving.people, free):
        move_to(uow, seats, registration, right, address_number=number)


def _move_contact(uow: UnitOfWork, party: Party, right: str) -> None:
    former = party.contact
    party.contact = person_with(uow, right, former.locale)
    uow.session.flush()
    changes = differences({"email": former.email}, {"email": right})
    author, subject = by_person(former.id), Subject("party", party.id)
    uow.audit("party.address_corrected", author, subject, event_id=party.event_id, changes=changes)
    people = people_of_party(uow.session, party.id)
    tell_party(uow, party, people, positions_of(uow.session, people), former.locale)
