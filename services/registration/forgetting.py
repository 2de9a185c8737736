"""Forgetting people: what is deleted of a registration, of a person, and what stays as evidence (ADR 0038)."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from services.registration.models import (
    NOBODY,
    OUTBOX,
    Answer,
    AnswerFile,
    Attendance,
    CalendarAnswer,
    Consent,
    DataRequest,
    Decision,
    Delivery,
    Enrolment,
    Event,
    FeedbackGiven,
    Note,
    Person,
    Registration,
    SealedNeeds,
    SeriesVerdict,
)
from shared.database import UnitOfWork
from shared.messages.registration import PersonErasedV1, RegistrationForgottenV1

_OF_REGISTRATIONS = (FeedbackGiven, SealedNeeds, Note, CalendarAnswer)


def attended(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Those of the registrations about which the ledger has a word: it proves nothing without a name."""
    query = select(Attendance.registration_id).where(Attendance.registration_id.in_(ids)).distinct()
    return set(session.scalars(query))


def forget_registrations(uow: UnitOfWork, ids: Sequence[UUID], evidence: Collection[UUID]) -> None:
    """Delete what is personal about these registrations; of ``evidence`` among them name, organisation and the answers
    stay that are kept as long as it. Doing it again changes nothing, and tells the other services once more.
    """
    for model in _OF_REGISTRATIONS:
        uow.session.execute(delete(model).where(model.registration_id.in_(ids)))
    _delete_answers(uow, ids, evidence)
    _blank_words(uow, ids, evidence)
    _delete_deliveries(uow, ids)
    forget_messages(uow, ids)
    _forget_series(uow, ids, evidence)
    for registration in uow.session.scalars(select(Registration).where(Registration.id.in_(ids))):
        keeps = registration.id in evidence
        _blank(registration, keeps_name=keeps)
        told = {"registration_id": registration.id, "event_id": registration.event_id, "evidence": keeps}
        uow.publish(RegistrationForgottenV1, registration.id, 0, told)


def _blank(registration: Registration, *, keeps_name: bool) -> None:
    registration.email = ""
    # Its number in the order of arrival keeps it apart from others of the event without an address.
    registration.address_number = registration.seq
    registration.code = ""
    registration.idempotency_key = registration.body_digest = None
    if not keeps_name:
        registration.first_name, registration.last_name = "", NOBODY
        registration.organisation, registration.organisation_id = "", None
    registration.derive_keys()


def _blank_words(uow: UnitOfWork, ids: Sequence[UUID], evidence: Collection[UUID]) -> None:
    """What organisers wrote beside decisions and attendance, which stand without it."""
    uow.session.execute(update(Decision).where(Decision.registration_id.in_(ids)).values(note=""))
    without_name = [one for one in ids if one not in evidence]
    of_nobody = update(Attendance).where(Attendance.registration_id.in_(without_name))
    uow.session.execute(of_nobody.values(reason="", device=""))


def _delete_answers(uow: UnitOfWork, ids: Sequence[UUID], evidence: Collection[UUID]) -> None:
    kept = _evidence_of(uow, evidence)
    gone = delete(Answer).where(Answer.registration_id.in_(ids))
    uow.session.execute(gone.where(tuple_(Answer.registration_id, Answer.question).not_in(kept)) if kept else gone)
    answers = uow.session.scalars(select(Answer.value).where(Answer.registration_id.in_(ids)))
    files = [UUID(value["file_id"]) for value in answers if isinstance(value, dict) and "file_id" in value]
    without = delete(AnswerFile).where(AnswerFile.registration_id.in_(ids), AnswerFile.id.not_in(files))
    uow.session.execute(without)


def _evidence_of(uow: UnitOfWork, ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    """Which answers of these registrations belong to the evidence."""
    query = select(Registration.id, Event.questions).join(Event, Event.id == Registration.event_id)
    return [
        (registration_id, question["key"])
        for registration_id, questions in uow.session.execute(query.where(Registration.id.in_(ids)))
        for question in questions
        if question["retention"] == "evidence"
    ]


def _forget_series(uow: UnitOfWork, ids: Sequence[UUID], evidence: Collection[UUID]) -> None:
    """Nobody is told that a certificate for a series is lost: that somebody is forgotten takes nothing from it."""
    known_by = SeriesVerdict.registration_id
    forget_messages(uow, uow.session.scalars(select(SeriesVerdict.id).where(known_by.in_(ids))).all())
    without_name = [one for one in ids if one not in evidence]
    uow.session.execute(delete(SeriesVerdict).where(known_by.in_(without_name)))


def _delete_deliveries(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    about = Delivery.body["subject"].as_string().in_([str(one) for one in ids])
    uow.session.execute(delete(Delivery).where(about))


def forget_messages(uow: UnitOfWork, aggregate_ids: Collection[UUID]) -> None:
    """Blank what waits, or is kept for a resend. Who has not heard it yet would only have to forget it."""
    blanked = update(OUTBOX).values(body=None, sent_at=uow.now, parked_at=None)
    uow.session.execute(blanked.where(OUTBOX.c.aggregate_id.in_(aggregate_ids), OUTBOX.c.body.is_not(None)))


def forget_people(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """End all links to these people's pages, and delete their addresses."""
    forget_messages(uow, ids)
    uow.session.execute(delete(Consent).where(Consent.person_id.in_(ids)))
    uow.session.execute(delete(DataRequest).where(DataRequest.person_id.in_(ids)))
    keys = {"idempotency_key": None, "body_digest": None}
    uow.session.execute(update(Enrolment).where(Enrolment.person_id.in_(ids)).values(keys))
    for person in uow.session.scalars(select(Person).where(Person.id.in_(ids))):
        if not is_forgotten(person):
            person.email = str(person.id)
            person.link_generation += 1
            person.opened_at = person.confirmed_at = None
        told = {"person_id": person.id, "link_generation": person.link_generation}
        uow.publish(PersonErasedV1, person.id, 0, told)


def is_forgotten(person: Person) -> bool:
    """Where the address was stands what cannot be one."""
    return "@" not in person.email
