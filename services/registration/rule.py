"""The rule by which an event gives its seats, as data: who comes first, what is reserved, when the line moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from services.registration.working_hours import WorkingHours

GroupBy = Literal["membership", "question", "code"]
WindowRefusal = Literal["not_open_yet", "closed", "event_cancelled"]
Halt = Literal["quiet_hours", "too_late_to_offer", "waitlist_closed"]

LEAST_TIME_TO_ANSWER = timedelta(hours=2)


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
class Offers:
    """How seats are offered: for so many ``hours``, and never later than ``latest``."""

    hours: int
    latest: datetime
    working: WorkingHours

    def halt(self, now: datetime) -> Halt | None:
        """Why no offer can be made now."""
        if self.latest - now < LEAST_TIME_TO_ANSWER:
            return "too_late_to_offer"
        return None if self.working.include(now) else "quiet_hours"

    def deadline(self, now: datetime) -> datetime:
        """Until when an offer that is made now can be accepted."""
        # In UTC, where an hour is an hour also when summer time begins or ends.
        return min(self.working.next_from(now.astimezone(UTC) + timedelta(hours=self.hours)), self.latest)


@dataclass(frozen=True, slots=True)
class Rule:
    """What an event says about its seats. The waitlist moves before ``moves_until``, also after registration closed.

    ``classes`` come in the order of their priority; whoever is in none of them comes last. Without ``offers`` a free
    seat is given at once. ``parties_wait``: whether seats wait for a party at the head of the line, or skip it.
    """

    version: int
    closes_at: datetime
    moves_until: datetime
    opens_at: datetime | None = None
    cancelled: bool = False
    waitlist_enabled: bool = True
    max_per_organisation: int | None = None
    max_per_organisation_until: datetime | None = None
    classes: tuple[Group, ...] = ()
    pools: tuple[Pool, ...] = ()
    offers: Offers | None = None
    parties_wait: bool = True
    confirm_address: timedelta | None = None

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

    def halt(self, now: datetime) -> Halt | None:
        """Why nobody who waits can get a seat now, however many are free."""
        if now >= self.moves_until:
            return "waitlist_closed"
        return self.offers.halt(now) if self.offers else None

    def quota(self, now: datetime) -> int | None:
        """How many seats one organisation can have."""
        until = self.max_per_organisation_until
        return self.max_per_organisation if until is None or now < until else None

    def reserves(self, now: datetime) -> dict[int, int]:
        """The seats of each pool that is not released."""
        return {index: pool.seats for index, pool in enumerate(self.pools) if not pool.is_released(now)}

    def next_change(self, now: datetime) -> datetime | None:
        """When time alone will next give seats to somebody: a pool is released, a quota ends."""
        moments = [pool.released_at for pool in self.pools]
        if self.max_per_organisation is not None:
            moments.append(self.max_per_organisation_until)
        return min((moment for moment in moments if moment is not None and moment > now), default=None)


def priority_of(rule: Rule, traits: Traits) -> int:
    """The index of the first class that the person is in; behind all classes for everybody else."""
    return next((index for index, group in enumerate(rule.classes) if group.has(traits)), len(rule.classes))


def pool_of(rule: Rule, traits: Traits) -> int | None:
    """The index of the first pool whose group the person is in: the one pool that they count for."""
    return next((index for index, pool in enumerate(rule.pools) if pool.group.has(traits)), None)


def groups_from(parts: Sequence[Mapping[str, Any]]) -> tuple[Group, ...]:
    """Groups, from the parts of a snapshot as they are stored."""
    return tuple(_group(part) for part in parts)


def pools_from(parts: Sequence[Mapping[str, Any]]) -> tuple[Pool, ...]:
    """The same for pools."""
    return tuple(Pool(_group(part), part["seats"], _moment(part["released_at"])) for part in parts)


def _group(part: Mapping[str, Any]) -> Group:
    return Group(part["by"], part["question"] or "", frozenset(part["answers"]), part["code"] or "")


def _moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def _folded(code: str) -> str:
    return code.strip().casefold()
