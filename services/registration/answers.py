"""Answers as they are kept: written with the registration, read for tables, changed by whoever gave them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from services.registration.models import Actor, Answer, AnswerFile, Event, Registration, table
from services.registration.questions import Answers, Question, answered, chosen, field_of
from services.registration.refusals import event_frozen
from services.registration.seats import opened_for, registration_under_lock
from services.registration.states import ENDED
from services.registration.uploads import KeptFile, Upload
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.languages import text as _

ANSWERS = table(Answer)
FILES = table(AnswerFile)


def check_answers(event: Event, raw: Mapping[str, Any]) -> Answers:
    """What the raw input answers to the event's questions; raises :class:`InvalidError` by field."""
    values, errors = answered(event.all_questions, raw)
    if errors:
        raise InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)
    return values


def as_traits(answers: Answers) -> dict[str, list[str]]:
    """The answers as a rule compares them (:class:`rule.Traits`)."""
    return {key: chosen(value) for key, value in answers.items() if not isinstance(value, Upload | KeptFile | Mapping)}


def write_answers(uow: UnitOfWork, given: Mapping[UUID, Answers]) -> None:
    """Write the answers of new registrations, by registration: one statement, and another if there are files."""
    rows: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    for registration_id, answers in given.items():
        for question, value in answers.items():
            stored = value
            if isinstance(value, Upload):
                files.append(_file_row(uow, registration_id, value))
                stored = {"file_id": str(files[-1]["id"]), "name": value.name, "size": len(value.content)}
            rows.append(
                {"registration_id": registration_id, "question": question, "value": stored, "changed_at": uow.now}
            )
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


def fixed_questions(event: Event) -> frozenset[str]:
    """Questions whose answers decide who comes first: once answered they stay, or people could move themselves."""
    groups = [*event.waitlist["priority_classes"], *event.waitlist["pools"]]
    return frozenset(group["question"] for group in groups if group["by"] == "question")


def change_answers(uow: UnitOfWork, registration_id: UUID, raw: Mapping[str, Any], actor: Actor) -> None:
    """Change the answers that are sent; the others stay. An empty one takes an answer back.

    Raises :class:`InvalidError` by field, and :class:`ConflictError` once the event has begun (``event_begun``) or was
    cancelled, or the registration has ended.
    """
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        refuse_if_too_late(seats.event, registration, uow)
        before = answers_of(uow.session, [registration_id])[registration_id]
        after = _changed(seats.event, before, raw)
        differing = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        if not differing:
            return
        _replace(uow, registration_id, differing, after)
        seats.log(registration_id, "corrected", "corrected", actor, inputs={"fields": [*map(field_of, differing)]})


def refuse_if_too_late(event: Event, registration: Registration, uow: UnitOfWork) -> None:
    """Raise :class:`ConflictError` if what belongs to the registration can no longer be changed by its person."""
    if event.is_cancelled:
        raise event_frozen()
    if registration.state in ENDED:
        raise ConflictError("registration_ended", _("This registration has ended."))
    if uow.now >= event.starts_at:
        raise ConflictError("event_begun", _("This event has begun, so nothing of this can be changed any more."))


def _changed(event: Event, before: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """All answers as they will be; those to retired questions are kept."""
    questions = event.all_questions
    asked = {question.key for question in questions if question.is_asked}
    kept = {key: _as_kept(value) for key, value in before.items()}
    fixed = fixed_questions(event)
    for key in raw.keys() & fixed:
        if chosen(None if raw[key] == "" else raw[key]) != chosen(before.get(key)):
            raise InvalidError(
                "answer_fixed",
                _("Please check the fields that are marked."),
                errors={field_of(key): [_("This answer decides about your place in line. Please write to us.")]},
            )
    sent = {key: value for key, value in kept.items() if key in asked} | dict(raw)
    after = check_answers(event, sent)
    retired = {key: value for key, value in before.items() if key not in asked}
    return {**retired, **{key: before[key] if isinstance(value, KeptFile) else value for key, value in after.items()}}


def _as_kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return KeptFile(UUID(value["file_id"]), value["name"], value["size"])
    return value


def _replace(uow: UnitOfWork, registration_id: UUID, keys: Sequence[str], after: Mapping[str, Any]) -> None:
    mine = ANSWERS.c.registration_id == registration_id
    uow.session.execute(delete(ANSWERS).where(mine, ANSWERS.c.question.in_(keys)))
    write_answers(uow, {registration_id: {key: after[key] for key in keys if key in after}})
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
