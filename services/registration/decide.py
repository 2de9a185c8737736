"""Who gets a seat: one pure function for booking, promotion and changes of capacity. No input, no output, no clock.

The rules are those of the waitlist: never oversold, never underused, no overtaking, at most n seats per organisation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.registration.rule import Rule, WindowRefusal

Outcome = Literal["confirmed", "waitlisted", "refused", "promoted", "skipped"]
Reason = Literal["seat_free", "event_full", "organisation_full"] | WindowRefusal


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish for a seat, new or waiting. ``organisation_key`` is empty for somebody without an organisation.

    ``pool`` is the index of the pool that the person counts for.
    """

    registration_id: UUID
    organisation_key: str = ""
    pool: int | None = None


@dataclass(frozen=True, slots=True)
class SeatState:
    """What ``decide`` must know, and never the whole queue.

    ``taken_by`` counts the seats of every organisation that a wish or candidate names. ``candidates`` are the first in
    line, in order. Where wishes are answered, nobody admissible waits behind these: the caller seats candidates alone
    until none is left.
    """

    capacity: int
    taken: int
    waiting: int
    next_seq: int
    taken_by: Mapping[str, int] = field(default_factory=dict)
    candidates: Sequence[Claim] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision. ``seq`` is the place in line that a new registration was given; ``inputs`` is what it rests on."""

    registration_id: UUID
    outcome: Outcome
    reason: Reason
    seq: int | None
    inputs: Mapping[str, int | None]


def decide(state: SeatState, wishes: Sequence[Claim], rule: Rule, now: datetime) -> list[Ruling]:
    """Seat the candidates in order, then answer the wishes in the order of their arrival."""
    seating = _Seating(state, rule)
    rulings = list(seating.promotions(state.candidates)) if rule.moves(now) else []
    return rulings + [seating.answer(wish, now) for wish in wishes]


class _Seating:
    """The running tally of one round."""

    def __init__(self, state: SeatState, rule: Rule) -> None:
        self._rule = rule
        self._capacity = state.capacity
        self._taken = state.taken
        self._waiting = state.waiting
        self._next_seq = state.next_seq
        self._taken_by = dict(state.taken_by)

    def promotions(self, candidates: Sequence[Claim]) -> Iterator[Ruling]:
        """A full organisation is passed over and does not block those behind it."""
        for claim in candidates:
            if not self._has_free_seat():
                return
            if self._is_full(claim.organisation_key):
                yield self._ruling(claim, "skipped", "organisation_full")
            else:
                yield self._ruling(claim, "promoted", "seat_free")
                self._waiting -= 1
                self._take_seat(claim)

    def answer(self, wish: Claim, now: datetime) -> Ruling:
        if closed := self._rule.refusal(now):
            return self._ruling(wish, "refused", closed)
        obstacle = self._obstacle(wish)
        if obstacle is None:
            ruling = self._ruling(wish, "confirmed", "seat_free", seq=self._next_seq)
            self._take_seat(wish)
        elif self._rule.waitlist_enabled:
            ruling = self._ruling(wish, "waitlisted", obstacle, seq=self._next_seq)
            self._waiting += 1
        else:
            return self._ruling(wish, "refused", obstacle)
        self._next_seq += 1
        return ruling

    def _obstacle(self, wish: Claim) -> Reason | None:
        if not self._has_free_seat():
            return "event_full"
        return "organisation_full" if self._is_full(wish.organisation_key) else None

    def _has_free_seat(self) -> bool:
        return self._taken < self._capacity

    def _is_full(self, organisation_key: str) -> bool:
        return is_full(self._rule, organisation_key, self._taken_by)

    def _take_seat(self, claim: Claim) -> None:
        self._taken += 1
        self._taken_by[claim.organisation_key] = self._taken_by.get(claim.organisation_key, 0) + 1

    def _ruling(self, claim: Claim, outcome: Outcome, reason: Reason, *, seq: int | None = None) -> Ruling:
        inputs = {
            "capacity": self._capacity,
            "taken": self._taken,
            "waiting": self._waiting,
            "organisation_seats": self._taken_by.get(claim.organisation_key, 0) if claim.organisation_key else None,
            "max_per_organisation": self._rule.max_per_organisation,
        }
        return Ruling(claim.registration_id, outcome, reason, seq, inputs)


def is_full(rule: Rule, organisation_key: str, taken_by: Mapping[str, int]) -> bool:
    """Whether the organisation has all the seats that the rule gives to one. No organisation has no quota."""
    if rule.max_per_organisation is None or not organisation_key:
        return False
    return taken_by.get(organisation_key, 0) >= rule.max_per_organisation
