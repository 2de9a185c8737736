"""Questions as columns of a spreadsheet: which heading means which, and what a cell answers."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from services.registration.questions import Question
from shared.languages import Content
from shared.text import search_key

YES = frozenset({"yes", "ja", "y", "j", "x", "true", "wahr", "1"})
NO = frozenset({"no", "nein", "n", "false", "falsch", "0"})
_DAYS = ("%Y-%m-%d %H:%M:%S", "%d.%m.%Y", "%d.%m.%y")
"""How spreadsheets write a day, besides ``2027-03-28``."""


def question_named(heading: str, questions: Iterable[Question]) -> Question | None:
    """The question that has this label in some language, or this key. Files come in no spreadsheet."""
    asked = [question for question in questions if question.is_asked and question.kind != "file"]
    return next((question for question in asked if _is_called(heading, question.key, question.label)), None)


def answer_in(question: Question, cell: str) -> Any:
    """The cell as an answer is sent; what is not understood comes back as it is, and is refused as such."""
    return _READERS.get(question.kind, _as_it_is)(question, cell)


def _is_called(typed: str, key: str, label: Content) -> bool:
    return search_key(typed) in map(search_key, (key, *label.values()))


def _as_it_is(_question: Question, cell: str) -> str:
    return cell


def _yes_no(_question: Question, cell: str) -> str:
    word = search_key(cell)
    return "yes" if word in YES else "no" if word in NO else cell


def _choice(question: Question, cell: str) -> str:
    return next((option.key for option in question.offered if _is_called(cell, option.key, option.label)), cell)


def _several(question: Question, cell: str) -> list[str]:
    """One answer, which may hold a comma itself, or several with a semicolon or comma between them."""
    whole = _choice(question, cell)
    if whole != cell or whole in {option.key for option in question.offered}:
        return [whole]
    return [_choice(question, part.strip()) for part in cell.replace(";", ",").split(",") if part.strip()]


def _date(_question: Question, cell: str) -> str:
    for pattern in _DAYS:
        try:
            return datetime.strptime(cell, pattern).date().isoformat()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return cell


_READERS: Mapping[str, Callable[[Question, str], Any]] = {
    "yes_no": _yes_no,
    "choice": _choice,
    "several": _several,
    "date": _date,
}
