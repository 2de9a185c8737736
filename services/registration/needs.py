"""What somebody needs to take part, as structured data: what raw input means, and what an event has to plan for.

Nothing here knows a database or a key. The words are those of the contract (``shared.messages.catalogue.NEEDS``).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError

from shared.errors import FieldErrors
from shared.languages import Text
from shared.languages import text as _
from shared.web.schemas import Paragraphs, flat

LANGUAGES = ("ar", "bg", "en", "es", "fa", "fr", "ku", "pl", "ro", "ru", "sq", "sr", "ti", "tr", "uk")
"""The languages that the form offers for interpretation; others can be sent by their code."""
DIETS = ("vegetarian", "vegan", "halal", "kosher", "no_gluten", "no_lactose", "no_nuts")
OLDEST_CHILD = 17
MOST_CHILDREN = 10
MOST_LANGUAGES = 5
LONGEST_TEXT = 1_000
_LANGUAGE = re.compile(r"[a-z]{2,3}")

Needs = dict[str, Any]
"""``{"interpretation": ["ar"], "sign_language": true, "childcare": [3, 5], "diet": ["vegan"], "other": ".."}``.

What somebody does not need is not there.
"""


def needs_from(asked: Sequence[str], raw: Mapping[str, Any]) -> tuple[Needs, FieldErrors]:
    """The needs, and what is wrong by field (``needs.<name>``); what the event does not ask for is an error."""
    needs: Needs = {}
    errors: dict[str, Sequence[Text | str]] = {}
    for name, value in raw.items():
        if name not in asked:
            errors[f"needs.{name}"] = [_("This event does not ask for this.")]
        elif value not in (None, "", False, []):
            try:
                if said := _READERS[name](value):
                    needs[name] = said
            except ValueError as error:
                errors[f"needs.{name}"] = list(error.args)
    return needs, errors


def _languages(value: Any) -> list[str]:
    codes = _list_of(str, value, MOST_LANGUAGES)
    if not all(_LANGUAGE.fullmatch(code) for code in codes):
        raise ValueError(_("Please use the codes of languages, such as ar or tr."))
    return sorted(set(codes))


def _yes(value: Any) -> bool:
    if value not in (True, "yes"):
        raise ValueError(_("Please answer yes or no."))
    return True


def _ages(value: Any) -> list[int]:
    """From JSON a list of numbers, from a form ``3, 5``."""
    if isinstance(value, str):
        value = [int(part) if part.isdecimal() else part for part in re.split(r"[\s,;]+", value.strip())]
    if not isinstance(value, list) or not all(_is_age(age) for age in value) or len(value) > MOST_CHILDREN:
        raise ValueError(_("Please enter the ages of the children in years, such as 3, 5."))
    return sorted(value)


def _is_age(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= OLDEST_CHILD


def _diets(value: Any) -> list[str]:
    diets = _list_of(str, value, len(DIETS))
    if not set(diets) <= set(DIETS):
        raise ValueError(_("This must be one of: %(choices)s.", choices=", ".join(DIETS)))
    return [diet for diet in DIETS if diet in diets]


def _list_of(kind: type, value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(one, kind) for one in value):
        raise ValueError(_("This value is not understood."))
    if len(value) > most:
        raise ValueError(_("Please enter at most %(most)d.", most=most))
    return value


def _words(value: Any) -> str:
    try:
        text: str = Paragraphs(longest=LONGEST_TEXT, blank=True).deserialize(value)
    except ValidationError as error:
        raise ValueError(*flat(error.messages)[""]) from error
    return text


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "interpretation": _languages,
    "sign_language": _yes,
    "wheelchair": _yes,
    "hearing_loop": _yes,
    "childcare": _ages,
    "diet": _diets,
    "other": _words,
}


@dataclass(slots=True)
class Plan:
    """What is needed by how many people, without a name: languages, diets and ages of children each by number."""

    people: int = 0
    """How many said that they need something."""
    counts: Counter[str] = field(default_factory=Counter)
    """By need; of ``childcare`` the people, not the children."""
    languages: Counter[str] = field(default_factory=Counter)
    diets: Counter[str] = field(default_factory=Counter)
    ages: Counter[int] = field(default_factory=Counter)


def plan(everybody: Iterable[Needs]) -> Plan:
    made = Plan()
    for needs in everybody:
        made.people += bool(needs)
        made.counts.update(needs.keys())
        made.languages.update(needs.get("interpretation", ()))
        made.diets.update(needs.get("diet", ()))
        made.ages.update(needs.get("childcare", ()))
    return made
