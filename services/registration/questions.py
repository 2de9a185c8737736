"""The questions of an event, and what raw input from a form or JSON means as answers to them.

Nothing here knows a database: definitions and input go in, values or errors come out. A value is what JSON can hold:
a text, a number, a date as ``2027-03-28``, true or false, the key of an option, or a list of such keys. A file's value
is an :class:`Upload` until it is stored, then a :class:`KeptFile`.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError

from services.registration.uploads import KeptFile, Upload, check_upload
from shared.errors import FieldErrors
from shared.languages import Content, Text
from shared.languages import text as _
from shared.web.schemas import EmailAddress, Line, Paragraphs, flat

LONG_ANSWER = 5_000
LARGEST_NUMBER = 10**12
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.\-]{3,28}[0-9]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,6})?")
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)
_YES: Mapping[Any, bool] = {True: True, False: False, "yes": True, "no": False}

Value = Any
Answers = Mapping[str, Value]
"""Values by the key of their question; what was not answered is not there."""


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    label: Content
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """``question`` was answered with one of ``answers``; yes and no are ``yes`` and ``no``."""

    question: str
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """As catalogue tells it in the event's snapshot."""

    key: str
    kind: str
    label: Content
    help: Content
    options: tuple[Option, ...] = ()
    required: bool = False
    shown_if: Condition | None = None
    purpose: Content | None = None
    sensitive: bool = False
    retired: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether people can answer it; ``info`` is only read."""
        return not self.retired and self.kind != "info"

    @property
    def offered(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if not option.retired)


def questions_from(parts: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Questions from the parts of a snapshot, or from what was stored of it."""
    return tuple(_question(part) for part in parts)


def _question(part: Mapping[str, Any]) -> Question:
    condition = part["shown_if"]
    same = ("key", "kind", "label", "help", "required", "purpose", "sensitive", "retired")
    return Question(
        **{name: part[name] for name in same},
        options=tuple(Option(o["key"], o["label"], o["retired"]) for o in part["options"]),
        shown_if=Condition(condition["question"], frozenset(condition["answers"])) if condition else None,
    )


class WrongAnswerError(Exception):
    """What is wrong with one answer."""

    def __init__(self, *texts: Text | str) -> None:
        super().__init__(*texts)
        self.texts = texts


def answered(
    questions: Sequence[Question], raw: Mapping[str, Any], *, insist: bool = True
) -> tuple[dict[str, Value], FieldErrors]:
    """The values of the answers, and what is wrong by field (``answers.<key>``).

    A question whose condition is not met is not asked: what was sent for it is left out. Unknown keys are errors, and
    so is a required answer that is missing, if we ``insist``.
    """
    values: dict[str, Value] = {}
    errors: dict[str, Sequence[Text | str]] = {}
    asked = [question for question in questions if question.is_asked]
    for question in asked:
        if not is_shown(question, values):
            continue
        try:
            value = _value(question, raw.get(question.key), insist=insist)
        except WrongAnswerError as error:
            errors[field_of(question.key)] = error.texts
            continue
        if value is not None:
            values[question.key] = value
    for key in raw.keys() - {question.key for question in asked}:
        errors[field_of(key)] = [_("This question is not asked here.")]
    return values, errors


def field_of(key: str) -> str:
    """The name of an answer's field in forms and errors."""
    return f"answers.{key}"


def is_shown(question: Question, values: Answers) -> bool:
    """Whether the question's condition is met by the answers to those before it."""
    condition = question.shown_if
    return condition is None or not condition.answers.isdisjoint(chosen(values.get(condition.question)))


def chosen(value: Value) -> list[str]:
    """The answer as the keys that conditions and classes of priority compare."""
    if value is None:
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return list(value) if isinstance(value, list) else [str(value)]


def _value(question: Question, raw: Any, *, insist: bool) -> Value | None:
    """None if there is no answer. Raises :class:`WrongAnswerError`, also for a missing one that is required."""
    if raw is None or (isinstance(raw, str) and not raw.strip()) or raw == []:
        if question.required and insist:
            raise WrongAnswerError(_("Please fill this in."))
        return None
    return _READERS[question.kind](question, raw)


def _text(_question: Question, raw: Any) -> str:
    return _read_by(Line(), raw)


def _long_text(_question: Question, raw: Any) -> str:
    return _read_by(Paragraphs(longest=LONG_ANSWER), raw)


def _email(_question: Question, raw: Any) -> str:
    return _read_by(EmailAddress(), raw)


def _phone(_question: Question, raw: Any) -> str:
    number = _read_by(Line(), raw)
    if not _PHONE.fullmatch(number):
        raise WrongAnswerError(_("This is not a phone number. It looks like +49 234 567890."))
    return number


def _read_by(field: Line, raw: Any) -> str:
    if not isinstance(raw, str):
        raise WrongAnswerError(_("This value is not understood."))
    try:
        text: str = field.deserialize(raw)
    except ValidationError as error:
        raise WrongAnswerError(*flat(error.messages)[""]) from error
    return text


def _number(_question: Question, raw: Any) -> int | float:
    if isinstance(raw, str) and _NUMBER.fullmatch(raw.strip()):
        raw = float(raw.strip().replace(",", "."))
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise WrongAnswerError(_("Please enter a number, such as 12 or 3.5."))
    if abs(raw) > LARGEST_NUMBER:
        raise WrongAnswerError(_("This number is too large."))
    return int(raw) if raw == int(raw) else float(raw)


def _date(_question: Question, raw: Any) -> str:
    try:
        day = date.fromisoformat(raw)
    except (TypeError, ValueError) as error:
        raise WrongAnswerError(_("Please enter a date, such as 2027-03-28.")) from error
    if not _EARLIEST <= day <= _LATEST:
        raise WrongAnswerError(_("This date is too far away."))
    return day.isoformat()


def _yes_no(_question: Question, raw: Any) -> bool:
    if not isinstance(raw, str | bool) or raw not in _YES:
        raise WrongAnswerError(_("Please answer yes or no."))
    return _YES[raw]


def _choice(question: Question, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in {option.key for option in question.offered}:
        raise WrongAnswerError(_("Please choose one of the answers."))
    return raw


def _several(question: Question, raw: Any) -> list[str]:
    keys = [option.key for option in question.offered]
    if not isinstance(raw, list) or not all(isinstance(one, str) and one in keys for one in raw):
        raise WrongAnswerError(_("Please choose from the answers."))
    return [key for key in keys if key in raw]


def _file(_question: Question, raw: Any) -> Upload | KeptFile:
    if isinstance(raw, KeptFile | Upload):
        return raw
    try:
        return check_upload(raw)
    except ValueError as error:
        raise WrongAnswerError(*error.args) from error


_READERS: Mapping[str, Callable[[Question, Any], Value]] = {
    "text": _text,
    "organisation": _text,
    "long_text": _long_text,
    "email": _email,
    "phone": _phone,
    "number": _number,
    "date": _date,
    "yes_no": _yes_no,
    "choice": _choice,
    "several": _several,
    "file": _file,
}
