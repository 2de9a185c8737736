"""Questions that must be answered and are not: of people who were added by hand, or who came before the question."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, or_, true, update

from services.registration.answer_search import ANSWERS, REGISTRATIONS, one_of
from services.registration.models import Event
from services.registration.questions import Question, is_shown
from shared.database import UnitOfWork


def unanswered(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[Question]:
    """Which of the questions must be answered, after these answers, and are not."""
    asked = [question for question in questions if question.is_asked]
    return [one for one in asked if one.required and one.key not in answers and is_shown(one, answers)]


def note_missing_answers(uow: UnitOfWork, event: Event, registration_ids: Collection[UUID] | None = None) -> None:
    """Bring what these registrations of the event, or all of them, say of missing answers in step with their answers.

    One statement, which touches only what differs.
    """
    columns = REGISTRATIONS.c
    asked = {question.key: question for question in event.all_questions if question.is_asked}
    missing = or_(false(), *(_is_missing(question, asked) for question in asked.values() if question.required))
    these = [columns.event_id == event.id, columns.answers_missing != missing]
    if registration_ids is not None:
        these.append(columns.id.in_(registration_ids))
    uow.session.execute(update(REGISTRATIONS).where(*these).values(answers_missing=~columns.answers_missing))


def _is_missing(question: Question, asked: Mapping[str, Question]) -> ColumnElement[bool]:
    condition = question.shown_if
    shown: ColumnElement[bool] = true()
    if condition is not None:
        decides = asked.get(condition.question)
        shown = _has_answer(decides, one_of(decides, condition.answers)) if decides else false()
    return ~_has_answer(question, true()) & shown


def _has_answer(question: Question, fitting: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(ANSWERS.c.registration_id == REGISTRATIONS.c.id, ANSWERS.c.question == question.key, fitting)
