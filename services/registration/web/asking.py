"""Questions and needs in forms, of one event or of several at once: what is shown, and what was sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from services.registration.models import Event
from services.registration.needs import DIETS, LANGUAGES, Needs
from services.registration.questions import Question, field_of
from services.registration.uploads import LARGEST_FILE, MEDIA_TYPES
from shared.errors import FieldErrors, InvalidError
from shared.languages import Text, localised, name_of_language
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
class Part:
    """Some of the events that a form is for. ``words`` name them; ``event_ids`` has blanks between, for the script."""

    words: str
    event_ids: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in a form. ``only_if`` says in words when it is asked; ``condition`` is for the script.

    ``part`` are the events that ask it, unless all of the form's do.
    """

    question: Question
    field: str
    options: Sequence[tuple[str, str]]
    only_if: str = ""
    condition_field: str = ""
    condition_answers: str = ""
    insist: bool = True
    """Whether what is required must be answered."""
    part: Part | None = None

    @property
    def required(self) -> bool:
        """Whether the browser may insist; not where the question may not be asked at all."""
        return self.insist and self.question.required and not self.condition_field and self.part is None


@dataclass(frozen=True, slots=True)
class AskedNeed:
    """One need in a form; ``part`` as for a question."""

    name: str
    label: str
    part: Part | None = None


def asked_in(event: Event, *, insist: bool = True) -> list[Asked]:
    """What the event's form shows, texts that ask nothing included."""
    questions = [question for question in event.all_questions if not question.retired]
    by_key = {question.key: question for question in questions}
    return [replace(_asked(question, by_key), insist=insist) for question in questions]


def _asked(question: Question, by_key: Mapping[str, Question]) -> Asked:
    condition = question.shown_if
    if condition is None:
        return Asked(question, field_of(question.key), options_of(question))
    on = by_key[condition.question]
    answers = [label for key, label in options_of(on) if key in condition.answers]
    words = _(
        "Only if you answer “%(question)s” with: %(answers)s",
        question=language.inside(on.label),
        answers=", ".join(answers),
    )
    return Asked(
        question,
        field_of(question.key),
        options_of(question),
        language.say(words),
        field_of(on.key),
        " ".join(sorted(condition.answers)),
    )


def options_of(question: Question, *, retired: bool = False) -> list[tuple[str, str]]:
    """The answers that can be chosen, also ``retired`` ones if they are wanted; none where one is entered."""
    if question.kind == "yes_no":
        return [(key, language.say(name)) for key, name in YES_AND_NO.items()]
    return [(option.key, _said(option.label)) for option in (question.options if retired else question.offered)]


def _asked_in_all(events: Sequence[Event], *, insist: bool, beside: int) -> list[Asked]:
    """What the form for these events shows: what several of them ask by one key, once."""
    found: dict[str, Asked] = {}
    asking: dict[str, list[Event]] = {}
    for event in events:
        for one in asked_in(event, insist=insist):
            found.setdefault(one.question.key, one)
            asking.setdefault(one.question.key, []).append(event)
    return [replace(one, part=_part(asking[key], len(events) + beside)) for key, one in found.items()]


def _needs_asked(events: Sequence[Event], *, beside: int) -> list[AskedNeed]:
    asking = {name: [event for event in events if name in event.needs] for name in NEED_NAMES}
    return [
        AskedNeed(name, language.say(NEED_NAMES[name]), _part(among, len(events) + beside))
        for name, among in asking.items()
        if among
    ]


def _part(asking: Sequence[Event], of: int) -> Part | None:
    if len(asking) == of:
        return None
    titles = ", ".join(_said(event.title) for event in asking)
    return Part(language.say(_("Only for: %(titles)s", titles=titles)), " ".join(str(event.id) for event in asking))


def _said(content: Mapping[str, str]) -> str:
    return localised(content, language.locale())


def language_name(code: str) -> str:
    """As the reader calls the language."""
    return name_of_language(code, language.locale())


def need_options() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen of the needs that are lists."""
    return {
        "interpretation": sorted(
            ((code, language_name(code)) for code in LANGUAGES), key=lambda one: language.in_readers_order(one[1])
        ),
        "diet": [(diet, language.say(DIET_NAMES[diet])) for diet in DIETS],
    }


def labels_of(event: Event) -> dict[str, str]:
    """What fields are called in the summary of errors."""
    answers = {field_of(question.key): _said(question.label) for question in event.all_questions}
    return {**answers, **{f"needs.{name}": language.say(NEED_NAMES[name]) for name in event.needs}}


def question_parts(event: Event, answers: Mapping[str, Any], *, insist: bool = True) -> dict[str, Any]:
    """What ``question_fields`` of ``registration/questions.html`` shows, with the answers as they were sent or kept."""
    return _question_parts([event], answers, insist=insist)


def _question_parts(
    events: Sequence[Event], answers: Mapping[str, Any], *, insist: bool = True, beside: int = 0
) -> dict[str, Any]:
    asked = _asked_in_all(events, insist=insist, beside=beside)
    return {
        "asked": asked,
        "answers": answers,
        "asked_labels": {name: label for event in events for name, label in labels_of(event).items()},
        "accepted_files": ACCEPTED_FILES,
        "sends_files": any(one.question.kind == "file" for one in asked),
    }


def form_parts(event: Event, answers: Mapping[str, Any], needs: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the needs."""
    return form_parts_of([event], answers, needs)


def form_parts_of(
    events: Sequence[Event], answers: Mapping[str, Any], needs: Mapping[str, Any], *, beside: int = 0
) -> dict[str, Any]:
    """The same for a form that is for several events, and whose ``modules`` are the ids of those that are wanted.

    ``beside`` is how many modules can be chosen there that ask nothing any more.
    """
    return {
        **_question_parts(events, answers, beside=beside),
        "needs_asked": _needs_asked(events, beside=beside),
        "needs": needs,
        "need_options": need_options(),
    }


def sent_answers(*events: Event) -> dict[str, Any]:
    """What the form holds for the questions that these events ask, as :func:`questions.answered` takes it."""
    asked = {question.key: question for event in events for question in event.all_questions if question.is_asked}
    return {key: _sent(question) for key, question in asked.items()}


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


def sent_needs(*events: Event) -> Needs:
    """What the form holds for the needs that these events ask for."""
    lists = ("interpretation", "diet")
    return {
        name: request.form.getlist(f"needs.{name}") if name in lists else request.form.get(f"needs.{name}", "")
        for name in {name: None for event in events for name in event.needs}
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
