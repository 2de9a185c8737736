"""Which people of an event are looked at, as addresses and forms say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from services.registration.exports import OF_ANSWERS, listed_questions
from services.registration.models import Event
from services.registration.people import Filter
from services.registration.questions import Question
from services.registration.web.asking import options_of
from services.registration.web.organise_room import may
from shared.languages import localised
from shared.languages import text as _
from shared.web import language
from shared.web.schemas import invalid

PLAIN = ("state", "organisation", "q", "lacking", "party", "enrolled")


@dataclass(frozen=True, slots=True)
class AnswerFilter:
    """One field of the filter: the question, what is chosen, and what can be; without options a word is entered."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]]


def sent_filter(values: MultiDict[str, str]) -> dict[str, Any]:
    """What an address or a form says of the filter, as ``FilterQuery`` loads it."""
    answers = {name.removeprefix(OF_ANSWERS): values[name] for name in values if name.startswith(OF_ANSWERS)}
    return {**{name: values[name] for name in PLAIN if values.get(name)}, "answers": answers}


def filter_from(event: Event, query: Mapping[str, Any]) -> Filter:
    """The filter of what ``FilterQuery`` loaded; raises :class:`InvalidError` for a question that is not listed."""
    questions = {question.key: question for question in listed(event)}
    answers: list[tuple[Question, str]] = []
    for key, answer in query["answers"].items():
        if answer and key not in questions:
            raise invalid({OF_ANSWERS + key: [_("This question is not asked here.")]})
        if answer:
            answers.append((questions[key], answer))
    return Filter(**{name: query[name] for name in PLAIN}, answers=tuple(answers))


def listed(event: Event) -> list[Question]:
    """The questions whose answers whoever is signed in may see in lists."""
    return listed_questions(event, sensitive=may("needs"))


def in_address(wanted: Filter) -> dict[str, Any]:
    """The filter as an address or a form says it; what filters nothing is not there."""
    named = {"state": wanted.state, "organisation": wanted.organisation, "q": wanted.q, "party": wanted.party}
    answers = {OF_ANSWERS + question.key: answer for question, answer in wanted.answers}
    return {
        **{name: value for name, value in named.items() if value},
        **{name: "yes" for name in ("lacking", "enrolled") if getattr(wanted, name)},
        **answers,
    }


def answer_filters(event: Event, wanted: Filter) -> list[AnswerFilter]:
    """A field for each question whose answers can be filtered by."""
    chosen = {question.key: answer for question, answer in wanted.answers}
    return [
        AnswerFilter(
            OF_ANSWERS + question.key,
            localised(question.label, language.locale()),
            chosen.get(question.key, ""),
            options_of(question, retired=True),
        )
        for question in listed(event)
    ]
