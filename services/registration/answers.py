"""Answers as they are kept: written with the registration, read for tables and pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from services.registration.answer_search import search_key_of
from services.registration.models import Answer, AnswerFile, Event, Registration, table
from services.registration.questions import Answers, Question, answered, chosen
from services.registration.uploads import KeptFile, Upload
from shared.database import UnitOfWork, new_id
from shared.errors import InvalidError, NotFoundError
from shared.languages import text as _

ANSWERS = table(Answer)
FILES = table(AnswerFile)


def check_answers(event: Event, raw: Mapping[str, Any], *, insist: bool = True) -> Answers:
    """What the raw input answers to the event's questions; raises :class:`InvalidError` by field.

    Unless ``insist``, what is required may stay unanswered.
    """
    values, errors = answered(event.all_questions, raw, insist=insist)
    if errors:
        raise InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)
    return values


def as_traits(answers: Answers) -> dict[str, list[str]]:
    """The answers as a rule compares them (:class:`rule.Traits`)."""
    return {key: chosen(value) for key, value in answers.items() if not isinstance(value, Upload | KeptFile | Mapping)}


def write_answers(uow: UnitOfWork, event_id: UUID, given: Mapping[UUID, Answers]) -> None:
    """Write new answers at one event, by registration: one statement, and another if there are files."""
    rows: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    for registration_id, answers in given.items():
        for question, value in answers.items():
            stored = value
            if isinstance(value, Upload):
                files.append(_file_row(uow, registration_id, value))
                stored = {"file_id": str(files[-1]["id"]), "name": value.name, "size": len(value.content)}
            answer = {"question": question, "value": stored, "search_key": search_key_of(value), "changed_at": uow.now}
            rows.append({"registration_id": registration_id, "event_id": event_id, **answer})
    if files:
        uow.session.execute(FILES.insert(), files)
    if rows:
        uow.session.execute(ANSWERS.insert(), rows)


def _file_row(uow: UnitOfWork, registration_id: UUID, file: Upload) -> dict[str, Any]:
    return {
        "id": new_id(),
        "registration_id": registration_id,
        "name": file.name,
        "media_type": file.media_type,
        "content": file.content,
        "sent_at": uow.now,
    }


def answers_of(session: Session, registration_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The answers of these registrations, by question; one statement. Who answered nothing has an empty mapping."""
    found: dict[UUID, dict[str, Any]] = {registration_id: {} for registration_id in registration_ids}
    if found:
        query = select(ANSWERS.c.registration_id, ANSWERS.c.question, ANSWERS.c.value)
        for row in session.execute(query.where(ANSWERS.c.registration_id.in_(found))):
            found[row.registration_id][row.question] = row.value
    return found


def answer_file(session: Session, registration_id: UUID, file_id: UUID) -> AnswerFile:
    """The file with its content; raises :class:`NotFoundError` if it is not of this registration."""
    query = select(AnswerFile).where(AnswerFile.id == file_id, AnswerFile.registration_id == registration_id)
    file = session.scalars(query.options(undefer(AnswerFile.content))).one_or_none()
    if file is None:
        raise NotFoundError("file_not_found", _("This file does not exist any more."))
    return file


def replace_answers(uow: UnitOfWork, registration: Registration, keys: Sequence[str], after: Mapping[str, Any]) -> None:
    """Write the answers to these questions anew; one that is not in ``after`` goes, and with it its file."""
    registration_id = registration.id
    mine = ANSWERS.c.registration_id == registration_id
    uow.session.execute(delete(ANSWERS).where(mine, ANSWERS.c.question.in_(keys)))
    write_answers(uow, registration.event_id, {registration_id: {key: after[key] for key in keys if key in after}})
    named = {
        value["file_id"]
        for value in answers_of(uow.session, [registration_id])[registration_id].values()
        if isinstance(value, Mapping)
    }
    gone = delete(FILES).where(FILES.c.registration_id == registration_id, FILES.c.id.not_in(map(UUID, named)))
    uow.session.execute(gone)


def shown_questions(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[Question]:
    """Whose answers there are to show: those that are asked, and retired ones that were answered; no ``info``."""
    return [question for question in questions if question.is_asked or question.key in answers]
