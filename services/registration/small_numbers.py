"""Numbers of so few people that somebody might be recognised: they are added up as "others", without their names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SMALLEST = 5
"""People of whom at least one number speaks."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How many people there are of each kind; ``others`` are those of all kinds that are not named."""

    named: Mapping[str, int] = field(default_factory=dict)
    others: int = 0

    @property
    def total(self) -> int:
        return sum(self.named.values()) + self.others


def protected(found: Breakdown) -> Breakdown:
    """The same people, with no number below :data:`SMALLEST` and none that could be found by subtraction.

    Kinds with few people become others. If these would be few themselves, the smallest kinds that are left join them,
    so ``others`` is none, or :data:`SMALLEST` at least, or everybody.
    """
    named = {kind: number for kind, number in found.named.items() if number >= SMALLEST}
    others = found.total - sum(named.values())
    while named and 0 < others < SMALLEST:
        kind = min(named, key=lambda one: (named[one], one))
        others += named.pop(kind)
    return Breakdown(named, others)


def added(breakdowns: list[Breakdown]) -> Breakdown:
    """The sum of several, which says no more than they do."""
    named: dict[str, int] = {}
    for one in breakdowns:
        for kind, number in one.named.items():
            named[kind] = named.get(kind, 0) + number
    return Breakdown(named, sum(one.others for one in breakdowns))
