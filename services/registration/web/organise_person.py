"""One person at one event: what was decided and why, where they were, and what organisers noted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.acts import note_file_fetched
from services.registration.answer_words import in_words
from services.registration.answers import answer_file, answers_of, shown_questions
from services.registration.attendance_list import newest_certificates
from services.registration.calendar_answers import WORDS, calendar_answers_of, overall
from services.registration.certificate_rules import judge
from services.registration.decisions import decisions_of
from services.registration.events import event_with_sessions, seats_of
from services.registration.missing_answers import unanswered
from services.registration.models import Enrolment, Event, Registration
from services.registration.notes import delete_note, notes_of, write_note
from services.registration.parties import party_of, people_of_party
from services.registration.people import elsewhere
from services.registration.places import position_of, positions_of
from services.registration.presence import Ledger, ledger, minutes_of
from services.registration.privacy.requests import KINDS, open_of
from services.registration.web.certificate_words import reached
from services.registration.web.histories import attendance_history, decision_history, staff_names, written_notes
from services.registration.web.organise_room import (
    guard,
    may,
    may_give_seats,
    may_move,
    may_offer,
    registration_at,
    room_of,
)
from services.registration.web.schemas import NoteSchema
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.languages import NAMES, localised
from shared.paging import LARGEST_LIMIT
from shared.web.language import locale, say, translator
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and what the person said; ``file_id`` is of a file that can be fetched."""

    question: str
    answer: str
    file_id: str
    retired: bool
    missing: bool
    """Whether it must be answered, and is not."""


bp = Blueprint("person", __name__, url_prefix="/people/<uuid:registration_id>")
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


@bp.get("")
def person(event_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    return _page(event_id, registration_id)


@bp.get("/files/<uuid:file_id>")
def file(event_id: UUID, registration_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """A file that came as an answer: to be kept, never to be shown by the browser itself."""
    required_staff("organiser")
    with this_service().database.unit_of_work(now()) as uow:
        registration = registration_at(uow.session, event_id, registration_id)
        found = answer_file(uow.session, registration_id, file_id)
        note_file_fetched(uow, registration, file_id, required_staff().account_id)
        uow.commit()
    response = Response(found.content, content_type=found.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.post("/notes")
def write(event_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    try:
        text = load(NoteSchema(), {"text": request.form.get("text", "")})["text"]
        with this_service().database.unit_of_work(now()) as uow:
            registration = registration_at(uow.session, event_id, registration_id)
            write_note(uow, registration, required_staff().account_id, text)
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _page(event_id, registration_id, error), error.status
    return redirect(url_for(".person", event_id=event_id, registration_id=registration_id, _anchor="notes"), 303)


@bp.post("/notes/<uuid:note_id>/delete")
def delete(event_id: UUID, registration_id: UUID, note_id: UUID) -> ResponseReturnValue:
    with this_service().database.unit_of_work(now()) as uow:
        registration = registration_at(uow.session, event_id, registration_id)
        delete_note(uow, registration, note_id, required_staff().account_id)
        uow.commit()
    return redirect(url_for(".person", event_id=event_id, registration_id=registration_id, _anchor="notes"), 303)


def _page(event_id: UUID, registration_id: UUID, error: ReiheError | None = None) -> str:
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        registration = registration_at(session, event_id, registration_id)
        seats = seats_of(session, event_id)
        position = position_of(session, registration)
        decisions = decisions_of(session, event_id, registration_id=registration_id, limit=LARGEST_LIMIT).items
        rows = ledger(session, [registration_id])
        calendar = overall(calendar_answers_of(session, [registration_id]).get(registration_id, {}))
        certificate = newest_certificates(session, [registration_id]).get(registration_id)
        notes = notes_of(session, registration_id)
        names = staff_names(session, decisions, rows, notes)
        others = elsewhere(session, registration)
        answers = answers_of(session, [registration_id])[registration_id]
        enrolment = session.get(Enrolment, registration.enrolment_id) if registration.enrolment_id else None
        party = party_of(session, registration)
        together = people_of_party(session, party.id) if party else ()
        positions = positions_of(session, together)
        data_requests = open_of(session, registration.person_id)
    return render_template(
        "registration/person.html",
        room=room_of(event),
        registration=registration,
        position=position,
        language_name=NAMES.get(registration.locale, registration.locale),
        answers=_answers(event, answers),
        history=decision_history(decisions, names),
        sessions=attendance_history(event, registration, rows, names),
        certificate=certificate,
        progress=_progress(event, registration, rows),
        data_requests=data_requests,
        request_kinds=KINDS,
        calendar_reply=say(WORDS[calendar]) if calendar else "",
        enrolment=enrolment,
        party=party,
        together=[(one, positions.get(one.id)) for one in together],
        notes=written_notes(notes, names, required_staff().account_id),
        others=others,
        may_write=may("organiser"),
        may_act=may("organiser") and not event.is_cancelled,
        may_give_seats=may_give_seats(event, seats),
        may_offer=may_offer(event, seats),
        may_move=may_move(event),
        values={"text": request.form.get("text", "")},
        errors=_said(error),
    )


def _progress(event: Event, registration: Registration, rows: Ledger) -> str:
    """How far the person is on the way to the event's certificate."""
    minutes = minutes_of(registration.id, event.sessions, rows)
    return " ".join(
        say(sentence) for sentence in reached(judge(event.certificate_rule, event, minutes), event.sessions)
    )


def _said(error: ReiheError | None) -> dict[str, list[str]]:
    return said(error.errors or {"": [error.text]}) if error else {}


def _answers(event: Event, answers: Mapping[str, Any]) -> list[Answered]:
    """In the order of the questions. What is sensitive is for organisers, not for auditors."""
    shown = shown_questions(event.all_questions, answers)
    missing = unanswered(event.all_questions, answers)
    return [
        Answered(
            localised(question.label, locale()),
            in_words(question, answers.get(question.key), translator(), locale()),
            answers[question.key]["file_id"] if question.kind == "file" and question.key in answers else "",
            question.retired,
            question in missing,
        )
        for question in shown
        if not question.sensitive or may("organiser")
    ]
