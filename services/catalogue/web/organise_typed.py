"""What was sent by a form, in shapes that templates can rely on, and facts as people would type them."""

from collections.abc import Mapping
from typing import Any

from services.catalogue.models.base import Facts
from services.catalogue.web.organise_times import TURN, turn_of, typed_time

Values = dict[str, Any]
"""The fields of a form as typed, nested by their dotted names."""


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def rows(value: Any) -> list[Mapping[str, Any]]:
    return [mapping(row) for row in value] if isinstance(value, list) else []


def texts(tree: Mapping[str, Any], names: tuple[str, ...]) -> Values:
    return {name: value if isinstance(value := tree.get(name, ""), str) else "" for name in names}


def all_texts(value: Any) -> dict[str, str]:
    return {name: text for name, text in mapping(value).items() if isinstance(text, str)}


def typed(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def typed_times(facts: Facts, names: tuple[str, ...], zone: str) -> Values:
    """Each with the field that decides where a time comes twice."""
    times = {name: typed_time(facts[name], zone) for name in names}
    return {**times, **{name + TURN: turn_of(facts[name], zone) for name in names}}
