"""The record of processing (Art. 30 GDPR) of all services: what their declarations of fields add up to (ADR 42).

No service reads another's declarations. They are gathered into ``record.json`` beside this module by ``make messages``,
and a test holds it against them, as it does with the messages.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.personal import Registry

FILE = Path(__file__).with_name("record.json")


@dataclass(frozen=True, slots=True)
class Activity:
    """What one service keeps for one purpose. The words for ``purpose``, ``basis`` and ``kept`` stand in
    :mod:`shared.personal`."""

    service: str
    purpose: str
    basis: str
    kept: str
    special: bool
    fields: tuple[str, ...]


def gathered(registries: Mapping[str, Registry]) -> list[Activity]:
    """By service, in the order in which the purposes first occur there."""
    return [activity for service, registry in registries.items() for activity in _activities(service, registry)]


def _activities(service: str, registry: Registry) -> Iterable[Activity]:
    found: dict[tuple[str, str, str, bool], list[str]] = {}
    for table, columns in sorted(registry.personal.items()):
        for column, why in columns.items():
            found.setdefault((why.purpose, why.basis, why.kept, why.special), []).append(f"{table}.{column}")
    return (Activity(service, *why, tuple(fields)) for why, fields in found.items())


def as_json(activities: Iterable[Activity]) -> list[dict[str, Any]]:
    return [asdict(activity) for activity in activities]


@cache
def activities() -> tuple[Activity, ...]:
    """Of all services."""
    return tuple(Activity(**{**one, "fields": tuple(one["fields"])}) for one in json.loads(FILE.read_text()))
