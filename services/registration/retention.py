"""How long registration keeps what it knows of people: rules for :mod:`shared.retention` (ADR 0038).

An event that is held by law is left out of all of them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, select, tuple_, update
from sqlalchemy.orm import Session

from services.registration.forgetting import attended, forget_people, forget_registrations
from services.registration.models import (
    AUDIT,
    INBOX,
    NOBODY,
    OUTBOX,
    Answer,
    Consent,
    ConsentPurpose,
    DataRequest,
    Decision,
    DoorLink,
    Event,
    ListScan,
    Party,
    Person,
    Registration,
    SealedNeeds,
)
from services.registration.settings import RegistrationSettings
from services.registration.states import State
from shared.database import UnitOfWork
from shared.retention import Rule, rules_for_all

UNSEATED = (State.WAITLISTED, State.OFFERED, State.LAPSED)


def rules(settings: RegistrationSettings) -> list[Rule]:
    """In the order in which they are applied: people come last, when nothing needs them any more."""
    return [
        Rule("needs", _Due(settings).needs, _delete_needs),
        Rule("needs_answers", _Due(settings).answers, _delete_answers_kept_as_needs),
        Rule("unconfirmed", _Due(settings).unconfirmed, _forget_all),
        Rule("waitlist", _Due(settings).waitlist, _forget_all),
        Rule("contact", _Due(settings).contact, _forget_but_evidence),
        Rule("evidence", _Due(settings).evidence, _forget_all),
        Rule("scans", _Due(settings).scans, _delete_scans),
        Rule("parties", _Due(settings).parties, _blank_contacts),
        Rule("door_links", _Due(settings).door_links, _blank_door_links),
        Rule("people", _Due(settings).people, forget_people),
        *rules_for_all(settings, INBOX.messages, OUTBOX, AUDIT.table),
    ]


class _Due:
    """What is due by a moment."""

    def __init__(self, settings: RegistrationSettings) -> None:
        self._settings = settings

    def needs(self, _session: Session, now: datetime) -> Select[UUID]:
        query = select(SealedNeeds.registration_id).join(Registration, Registration.id == SealedNeeds.registration_id)
        return query.join(Event, Event.id == Registration.event_id).where(
            self._ended(now - timedelta(days=self._settings.keep_needs_days)),
            Registration.person_id.not_in(_restricted()),
        )

    def answers(self, session: Session, now: datetime) -> Select[UUID]:
        """Whose answers are there that are kept as long as needs."""
        before = now - timedelta(days=self._settings.keep_needs_days)
        of_ended = session.execute(select(Event.id, Event.questions).where(self._ended(before)))
        questions = _kept_as_needs(of_ended)
        theirs = select(Registration.id).where(Registration.person_id.in_(_restricted()))
        found = select(Answer.registration_id).where(tuple_(Answer.event_id, Answer.question).in_(questions))
        return found.where(Answer.registration_id.not_in(theirs)).distinct()

    def unconfirmed(self, _session: Session, now: datetime) -> Select[UUID]:
        """Whose seat was held in vain until they would confirm their address."""
        was_pending = exists().where(Decision.registration_id == Registration.id, Decision.outcome == "pending")
        before = now - timedelta(hours=self._settings.keep_unconfirmed_hours)
        return (
            self._registrations()
            .where(Registration.state == State.LAPSED, Registration.changed_at < before, was_pending)
            .where(Registration.email != "")
        )

    def waitlist(self, _session: Session, now: datetime) -> Select[UUID]:
        before = now - timedelta(days=self._settings.keep_waitlist_days)
        return self._registrations().where(
            Registration.state.in_(UNSEATED), Registration.email != "", self._ended(before)
        )

    def contact(self, _session: Session, now: datetime) -> Select[UUID]:
        before = now - timedelta(days=self._settings.keep_contact_days)
        return self._registrations().where(Registration.email != "", self._ended(before))

    def evidence(self, _session: Session, now: datetime) -> Select[UUID]:
        before = now - timedelta(days=self._settings.keep_evidence_days)
        return self._registrations().where(
            Registration.email == "", Registration.last_name != NOBODY, self._ended(before)
        )

    def scans(self, _session: Session, now: datetime) -> Select[UUID]:
        """Signed lists go with the names on them; a list that names somebody whose data are held is held too."""
        before = now - timedelta(days=self._settings.keep_evidence_days)
        held = select(Registration.event_id).where(Registration.person_id.in_(_restricted()))
        scans = select(ListScan.id).join(Event, Event.id == ListScan.event_id)
        return scans.where(self._ended(before), Event.id.not_in(held))

    def parties(self, _session: Session, now: datetime) -> Select[UUID]:
        before = now - timedelta(days=self._settings.keep_contact_days)
        return (
            select(Party.id)
            .join(Event, Event.id == Party.event_id)
            .where(Party.contact_name != "", Party.contact_id.not_in(_restricted()), self._ended(before))
        )

    def door_links(self, _session: Session, now: datetime) -> Select[UUID]:
        before = now - timedelta(days=self._settings.keep_contact_days)
        links = select(DoorLink.id).join(Event, Event.id == DoorLink.event_id)
        return links.where(DoorLink.name != NOBODY, self._ended(before))

    def people(self, _session: Session, now: datetime) -> Select[UUID]:
        before = now - timedelta(days=self._settings.keep_contact_days)
        comes = exists().where(Registration.person_id == Person.id, Registration.email != "")
        party_lately = (
            exists().where(Party.contact_id == Person.id, Event.id == Party.event_id).where(~self._ended(before))
        )
        is_written_to = exists().where(
            Consent.person_id == Person.id,
            Consent.withdrawn_at.is_(None),
            ConsentPurpose.id == Consent.purpose_id,
            ConsentPurpose.keeps_address,
        )
        new = timedelta(hours=self._settings.keep_unconfirmed_hours)
        return select(Person.id).where(
            Person.email.contains("@", autoescape=True),
            Person.created_at < now - new,
            ~comes,
            ~party_lately,
            ~is_written_to,
            Person.id.not_in(_restricted()),
        )

    def _registrations(self) -> Select[UUID]:
        held = Event.id.not_in(self._settings.legal_holds)
        found = select(Registration.id).join(Event, Event.id == Registration.event_id)
        return found.where(held, Registration.person_id.not_in(_restricted()))

    def _ended(self, before: datetime) -> ColumnElement[bool]:
        ended: ColumnElement[bool] = (Event.ends_at < before) & Event.id.not_in(self._settings.legal_holds)
        return ended


def _restricted() -> Select[UUID]:
    """Of whom nothing is deleted until it is settled how their data may be used (Art. 18 GDPR)."""
    return select(DataRequest.person_id).where(DataRequest.kind == "restriction", DataRequest.settled_at.is_(None))


def _delete_needs(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    uow.session.execute(delete(SealedNeeds).where(SealedNeeds.registration_id.in_(ids)))


def _kept_as_needs(events: Iterable[tuple[UUID, list[dict[str, Any]]]]) -> list[tuple[UUID, str]]:
    return [
        (event_id, question["key"])
        for event_id, questions in events
        for question in questions
        if question["retention"] == "needs"
    ]


def _delete_answers_kept_as_needs(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    events = select(Event.id, Event.questions).join(Registration, Registration.event_id == Event.id)
    questions = _kept_as_needs(uow.session.execute(events.where(Registration.id.in_(ids))))
    gone = delete(Answer).where(Answer.registration_id.in_(ids))
    uow.session.execute(gone.where(tuple_(Answer.event_id, Answer.question).in_(questions)))


def _forget_all(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    forget_registrations(uow, ids, evidence=())


def _forget_but_evidence(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    forget_registrations(uow, ids, evidence=attended(uow.session, ids))


def _delete_scans(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    uow.session.execute(delete(ListScan).where(ListScan.id.in_(ids)))


def _blank_contacts(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    uow.session.execute(update(Party).where(Party.id.in_(ids)).values(contact_name=""))


def _blank_door_links(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    uow.session.execute(update(DoorLink).where(DoorLink.id.in_(ids)).values(name=NOBODY))
