"""An event's questions and needs in forms: what is shown, and what was sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from services.registration.models import Event
from services.registration.needs import DIETS, LANGUAGES, Needs
from services.registration.questions import Question, field_of
from services.registration.uploads import LARGEST_FILE, MEDIA_TYPES
from shared.errors import FieldErrors, InvalidError
from shared.languages import Text, babel_locale, localised
from shared.languages import text as _
from shared.web import language
from shared.web.schemas import invalid

ACCEPTED_FILES = ",".join(MEDIA_TYPES)

YES_AND_NO: Mapping[str, Text] = {"yes": _("Yes"), "no": _("No")}

NEED_NAMES: Mapping[str, Text] = {
    "interpretation": _("Interpretation"),
    "sign_language": _("Sign language interpretation"),
    "wheelchair": _("A place for a wheelchair, and a way without steps"),
    "hearing_loop": _("A hearing loop"),
    "childcare": _("Childcare"),
    "diet": _("Food"),
    "other": _("Something else that we should know"),
}
DIET_NAMES: Mapping[str, Text] = {
    "vegetarian": _("Vegetarian"),
    "vegan": _("Vegan"),
    "halal": _("Halal"),
    "kosher": _("Kosher"),
    "no_gluten": _("Without gluten"),
    "no_lactose": _("Without lactose"),
    "no_nuts": _("Without nuts"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in a form. ``only_if`` says in words when it is asked; ``condition`` is for the script."""

    question: Question
    field: str
    options: Sequence[tuple[str, str]]
    only_if: str = ""
    condition_field: str = ""
    condition_answers: str = ""

    @property
    def required(self) -> bool:
        """Whether the browser may insist; not where the question may not be asked at all."""
        return self.question.required and not self.condition_field


def asked_in(event: Event) -> list[Asked]:
    """What the event's form shows, texts that ask nothing included."""
    questions = [question for question in event.all_questions if not question.retired]
    by_key = {question.key: question for question in questions}
    return [_asked(question, by_key) for question in questions]


def _asked(question: Question, by_key: Mapping[str, Question]) -> Asked:
    condition = question.shown_if
    if condition is None:
        return Asked(question, field_of(question.key), _options(question))
    on = by_key[condition.question]
    answers = [label for key, label in _options(on) if key in condition.answers]
    words = _(
        "Only if you answer “%(question)s” with: %(answers)s", question=_said(on.label), answers=", ".join(answers)
    )
    return Asked(
        question,
        field_of(question.key),
        _options(question),
        language.say(words),
        field_of(on.key),
        " ".join(sorted(condition.answers)),
    )


def _options(question: Question) -> list[tuple[str, str]]:
    if question.kind == "yes_no":
        return [(key, language.say(name)) for key, name in YES_AND_NO.items()]
    return [(option.key, _said(option.label)) for option in question.offered]


def _said(content: Mapping[str, str]) -> str:
    return localised(content, language.locale())


def language_name(code: str) -> str:
    """As the reader calls the language."""
    return str(babel_locale(language.locale()).languages.get(code, code))


def need_options() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen of the needs that are lists."""
    return {
        "interpretation": sorted(((code, language_name(code)) for code in LANGUAGES), key=lambda one: one[1]),
        "diet": [(diet, language.say(DIET_NAMES[diet])) for diet in DIETS],
    }


def labels_of(event: Event) -> dict[str, str]:
    """What fields are called in the summary of errors."""
    answers = {field_of(question.key): _said(question.label) for question in event.all_questions}
    return {**answers, **{f"needs.{name}": language.say(NEED_NAMES[name]) for name in event.needs}}


def form_parts(event: Event, answers: Mapping[str, Any], needs: Mapping[str, Any]) -> dict[str, Any]:
    """What ``registration/questions.html`` shows, with the answers and needs as they were sent or kept."""
    return {
        "asked": asked_in(event),
        "answers": answers,
        "needs_asked": [(name, language.say(NEED_NAMES[name])) for name in NEED_NAMES if name in event.needs],
        "needs": needs,
        "need_options": need_options(),
        "asked_labels": labels_of(event),
        "accepted_files": ACCEPTED_FILES,
        "sends_files": any(question.kind == "file" and question.is_asked for question in event.all_questions),
    }


def sent_answers(event: Event) -> dict[str, Any]:
    """What the form holds for the questions that are asked, as :func:`questions.answered` takes it."""
    return {question.key: _sent(question) for question in event.all_questions if question.is_asked}


def _sent(question: Question) -> Any:
    field = field_of(question.key)
    if question.kind == "several":
        return request.form.getlist(field)
    if question.kind == "file":
        return _sent_file(field)
    return request.form.get(field, "")


def _sent_file(field: str) -> tuple[str, bytes] | None:
    file = request.files.get(field)
    if file is None or not file.filename:
        return None
    # One byte more than may be: enough to see that it is too large.
    content = file.read(LARGEST_FILE + 1)
    file.close()
    return file.filename, content


def sent_needs(event: Event) -> Needs:
    """What the form holds for the needs that are asked for."""
    lists = ("interpretation", "diet")
    return {
        name: request.form.getlist(f"needs.{name}") if name in lists else request.form.get(f"needs.{name}", "")
        for name in event.needs
    }


def all_of(*checks: Callable[[], Any]) -> list[Any]:
    """What the checks return; raises one :class:`InvalidError` with the errors of all of them."""
    results: list[Any] = []
    errors: dict[str, Sequence[Text | str]] = {}
    for check in checks:
        try:
            results.append(check())
        except InvalidError as error:
            errors |= _fields(error)
    if errors:
        raise invalid(errors)
    return results


def _fields(error: InvalidError) -> FieldErrors:
    return error.errors or {"": [error.text]}
