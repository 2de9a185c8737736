"""The rule by which an event gives its seats, as data: who comes first, what is reserved, when the line moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

GroupBy = Literal["membership", "question", "code"]
WindowRefusal = Literal["not_open_yet", "closed", "event_cancelled"]


@dataclass(frozen=True, slots=True)
class Traits:
    """What a rule can ask of a person: membership of their organisation, the code they have, answers by question."""

    member: bool = False
    code: str = ""
    answers: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))


NO_TRAITS = Traits()


@dataclass(frozen=True, slots=True)
class Group:
    """Some of those who register: people of member organisations, who gave one of these answers, or have the code."""

    by: GroupBy
    question: str = ""
    answers: frozenset[str] = frozenset()
    code: str = ""

    def has(self, traits: Traits) -> bool:
        if self.by == "membership":
            return traits.member
        if self.by == "code":
            return bool(self.code) and _folded(traits.code) == _folded(self.code)
        return not self.answers.isdisjoint(traits.answers.get(self.question, ()))


@dataclass(frozen=True, slots=True)
class Pool:
    """Seats that only this group can have until ``released_at``; None: that are never released."""

    group: Group
    seats: int
    released_at: datetime | None = None

    def is_released(self, now: datetime) -> bool:
        return self.released_at is not None and now >= self.released_at


@dataclass(frozen=True, slots=True)
class Rule:
    """What an event says about its seats. The waitlist moves before ``moves_until``, also after registration closed.

    ``classes`` come in the order of their priority; whoever is in none of them comes last.
    """

    version: int
    closes_at: datetime
    moves_until: datetime
    opens_at: datetime | None = None
    cancelled: bool = False
    waitlist_enabled: bool = True
    max_per_organisation: int | None = None
    classes: tuple[Group, ...] = ()
    pools: tuple[Pool, ...] = ()

    def refusal(self, now: datetime) -> WindowRefusal | None:
        """Why nobody may register now; None while the window is open."""
        if self.cancelled:
            return "event_cancelled"
        if self.opens_at is not None and now < self.opens_at:
            return "not_open_yet"
        return "closed" if now >= self.closes_at else None

    def moves(self, now: datetime) -> bool:
        """Whether free seats still go to whoever waits."""
        return not self.cancelled and now < self.moves_until


def priority_of(rule: Rule, traits: Traits) -> int:
    """The index of the first class that the person is in; behind all classes for everybody else."""
    return next((index for index, group in enumerate(rule.classes) if group.has(traits)), len(rule.classes))


def pool_of(rule: Rule, traits: Traits) -> int | None:
    """The index of the first pool whose group the person is in: the one pool that they count for."""
    return next((index for index, pool in enumerate(rule.pools) if pool.group.has(traits)), None)


def groups_from(parts: Sequence[Mapping[str, Any]]) -> tuple[Group, ...]:
    """Groups from the parts of a snapshot, or from what was stored of it."""
    return tuple(_group(part) for part in parts)


def pools_from(parts: Sequence[Mapping[str, Any]]) -> tuple[Pool, ...]:
    """The same for pools."""
    return tuple(Pool(_group(part), part["seats"], _moment(part["released_at"])) for part in parts)


def _group(part: Mapping[str, Any]) -> Group:
    return Group(part["by"], part["question"] or "", frozenset(part["answers"]), part["code"] or "")


def _moment(stored: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if isinstance(stored, str) else stored


def _folded(code: str) -> str:
    return code.strip().casefold()
