"""What a person sees behind their link: everything of theirs, with where it stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from services.registration import changes, kept_needs, offers, setting_aside
from services.registration.answer_changes import change_answers
from services.registration.certificate_rules import Standing, judge
from services.registration.models import THE_PERSON, Enrolment, Event, EventSession, Party, Person, Registration
from services.registration.parties import people_of_parties
from services.registration.places import positions_of
from services.registration.presence import ledger, minutes_of
from services.registration.seats import registration_not_found
from services.registration.states import State
from services.registration.transfers import Successor, transfer
from shared.database import Database, UnitOfWork
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.vault import Vault

MOST_PARTIES = 50


@dataclass(frozen=True, slots=True)
class OwnRegistration:
    """``position`` was computed at ``position_at``; both are None unless it waits."""

    registration: Registration
    event: Event
    position: int | None
    position_at: datetime | None


def own_registrations(session: Session, person: Person, now: datetime) -> list[OwnRegistration]:
    """All of the person's registrations with their events (sessions loaded), by the events' beginning."""
    query = (
        select(Registration, Event)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.person_id == person.id)
        .order_by(Event.starts_at, Registration.submitted_at, Registration.id)
        .options(selectinload(Event.sessions))
    )
    rows = session.execute(query).all()
    positions = positions_of(session, [registration for registration, _event in rows])
    return [_own(registration, event, positions.get(registration.id), now) for registration, event in rows]


def _own(registration: Registration, event: Event, position: int | None, now: datetime) -> OwnRegistration:
    return OwnRegistration(registration, event, position, now if position else None)


def own_standings(session: Session, own: Sequence[OwnRegistration], now: datetime) -> Mapping[UUID, Standing]:
    """How far the person is on the way to each event's certificate, where it has begun and there is one to earn."""
    begun = [
        one
        for one in own
        if one.registration.state == State.CONFIRMED and one.event.starts_at <= now and not one.event.is_cancelled
    ]
    rows = ledger(session, [one.registration.id for one in begun])
    return {
        one.registration.id: judge(
            one.event.certificate_rule, one.event, minutes_of(one.registration.id, one.event.sessions, rows)
        )
        for one in begun
        if one.event.certificate_rule is not None
    }


@dataclass(frozen=True, slots=True)
class OwnParty:
    """A party that the person registered, with all its people in order and the positions of those who wait."""

    party: Party
    event: Event
    people: Sequence[Registration]
    positions: Mapping[UUID, int]


def own_parties(session: Session, person: Person) -> list[OwnParty]:
    """Of which the person is the contact, by the events' beginning; at most as many as fit a page."""
    query = (
        select(Party, Event)
        .join(Event, Event.id == Party.event_id)
        .where(Party.contact_id == person.id)
        .order_by(Event.starts_at.desc(), Party.id)
        .limit(MOST_PARTIES)
    )
    found = [(party, event) for party, event in session.execute(query)]
    people = people_of_parties(session, [party.id for party, _event in found])
    positions = positions_of(session, [one for members in people.values() for one in members])
    return [OwnParty(party, event, people[party.id], positions) for party, event in reversed(found)]


def own_enrolments(session: Session, person: Person) -> Sequence[Enrolment]:
    """In the order in which they were made."""
    query = select(Enrolment).where(Enrolment.person_id == person.id).order_by(Enrolment.created_at, Enrolment.id)
    return session.scalars(query).all()


def cancel_own_party(
    uow: UnitOfWork, person: Person, party_id: UUID, registration_ids: Collection[UUID]
) -> list[Registration]:
    """Cancel people of an own party; the errors of :func:`changes.cancel_of_party`, and 404 for somebody else's."""
    party = uow.session.get(Party, party_id)
    if party is None or party.contact_id != person.id:
        raise registration_not_found()
    return changes.cancel_of_party(uow, party, registration_ids)


def note_opening(database: Database, now: datetime, person: Person, own: Sequence[OwnRegistration]) -> None:
    """The person has the link in hand, so the address is theirs. Written once for each new registration."""
    newest = max((one.registration.submitted_at for one in own), default=None)
    if newest is None or (person.opened_at and person.opened_at >= newest):
        return
    with database.unit_of_work(now) as uow:
        uow.session.execute(update(Person).where(Person.id == person.id).values(opened_at=now))
        uow.commit()


def cancel_own(uow: UnitOfWork, person: Person, registration_id: UUID) -> Registration:
    """Give an own place up; the errors of :func:`changes.cancel`, and 404 for somebody else's."""
    _check_own(uow.session, person, registration_id)
    return changes.cancel(uow, registration_id, THE_PERSON)


def accept_own(uow: UnitOfWork, person: Person, registration_id: UUID) -> Registration:
    """Take a seat that is offered; the errors of :func:`offers.accept`, and 404 for somebody else's."""
    _check_own(uow.session, person, registration_id)
    return offers.accept(uow, registration_id)


def decline_own(uow: UnitOfWork, person: Person, registration_id: UUID) -> Registration:
    """Give up a seat that is offered; the errors of :func:`offers.decline`, and 404 for somebody else's."""
    _check_own(uow.session, person, registration_id)
    return offers.decline(uow, registration_id)


def transfer_own(uow: UnitOfWork, person: Person, registration_id: UUID, successor: Successor) -> Registration | None:
    """Give an own seat to somebody; what :func:`transfers.transfer` returns and raises, and 404 for somebody else's."""
    _check_own(uow.session, person, registration_id)
    return transfer(uow, registration_id, successor, THE_PERSON)


def confirm_own(uow: UnitOfWork, person: Person, registration_id: UUID) -> Registration:
    """Confirm the address, and so keep the seat; the errors of :func:`offers.accept`, and 404 for somebody else's."""
    _check_own(uow.session, person, registration_id)
    return offers.confirm_address(uow, registration_id)


def resume_own(uow: UnitOfWork, person: Person, registration_id: UUID) -> Registration:
    """Be counted in line again; the errors of :func:`setting_aside.resume`, and 404 for somebody else's."""
    _check_own(uow.session, person, registration_id)
    return setting_aside.resume(uow, registration_id, THE_PERSON)


def correct_own(uow: UnitOfWork, person: Person, registration_id: UUID, correction: changes.Correction) -> Registration:
    """Correct an own registration; the errors of :func:`changes.correct`, and 404 for somebody else's."""
    _check_own(uow.session, person, registration_id)
    return changes.correct(uow, registration_id, correction, THE_PERSON)


def change_own_answers(uow: UnitOfWork, person: Person, registration_id: UUID, raw: Mapping[str, Any]) -> None:
    """Change answers of an own registration; the errors of :func:`answer_changes.change_answers`, and 404 as above."""
    _check_own(uow.session, person, registration_id)
    change_answers(uow, registration_id, raw, THE_PERSON)


def change_own_needs(
    uow: UnitOfWork, vault: Vault, person: Person, registration_id: UUID, raw: Mapping[str, Any]
) -> None:
    """Say anew what one needs; the errors of :func:`kept_needs.change_needs`, and 404 as above."""
    _check_own(uow.session, person, registration_id)
    kept_needs.change_needs(uow, vault, registration_id, raw, THE_PERSON)


def session_with_seat(session: Session, person: Person, registration_id: UUID, session_id: UUID) -> EventSession:
    """The session with its event. Raises :class:`NotFoundError` unless the person has a seat and it takes place."""
    query = (
        select(EventSession)
        .join(Registration, Registration.event_id == EventSession.event_id)
        .where(
            EventSession.id == session_id,
            Registration.id == registration_id,
            Registration.person_id == person.id,
            Registration.state == State.CONFIRMED,
        )
        .options(joinedload(EventSession.event))
    )
    held = session.scalars(query).one_or_none()
    if held is None or held.cancelled or held.event.is_cancelled:
        raise NotFoundError("session_not_found", _("This session does not exist."))
    return held


def _check_own(session: Session, person: Person, registration_id: UUID) -> None:
    owner = select(Registration.person_id).where(Registration.id == registration_id)
    if session.execute(owner).scalar_one_or_none() != person.id:
        raise registration_not_found()
