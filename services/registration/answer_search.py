"""Finding registrations by what was answered: what is kept of an answer for that, and what a filter asks."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from services.registration.models import Answer, Registration, table
from services.registration.questions import Question, Value, chosen
from services.registration.uploads import Upload
from shared.text import search_key

ANSWERS = table(Answer)
REGISTRATIONS = table(Registration)

COMPARED_WHOLE = frozenset({"choice", "yes_no", "number"})
"""Kinds of questions whose answers either are what is looked for or are not; in others it is looked for."""


def search_key_of(value: Value) -> str:
    """What filters compare. Each of several answers stands on a line of its own, of a file its name."""
    if isinstance(value, list):
        return "".join(f"\n{search_key(key)}" for key in value) + "\n"
    if isinstance(value, Upload):
        return search_key(value.name)
    return search_key(str(value["name"] if isinstance(value, Mapping) else chosen(value)[0]))


def answered_with(event_id: UUID, question: Question, wanted: str) -> ColumnElement[bool]:
    """Registrations of the event in which the question was answered so: with an option's key, or with these words."""
    query = select(ANSWERS.c.registration_id).where(
        ANSWERS.c.event_id == event_id, ANSWERS.c.question == question.key, _is(question, wanted)
    )
    return REGISTRATIONS.c.id.in_(query)


def _is(question: Question, wanted: str) -> ColumnElement[bool]:
    kept, key = ANSWERS.c.search_key, search_key(wanted)
    if question.kind in COMPARED_WHOLE:
        return kept == key
    if question.kind == "several":
        return kept.contains(f"\n{key}\n", autoescape=True)
    return and_(*(kept.contains(word, autoescape=True) for word in key.split()))


def one_of(question: Question, keys: frozenset[str]) -> ColumnElement[bool]:
    """Whether the answer, in a row of answers, is one of these options, or has one of them among several."""
    return or_(*(_is(question, key) for key in sorted(keys)))
