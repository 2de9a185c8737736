"""Who gets a seat: one pure function for booking, promotion, offers and changes of capacity. No input, output or clock.

The rules are those of the waitlist: never oversold, never underused, no overtaking, quotas, reserved seats, parties.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.registration.rule import Halt, Rule, WindowRefusal
from services.registration.states import State

Outcome = Literal["confirmed", "pending", "waitlisted", "refused", "promoted", "offered", "skipped", "overbooked"]
Reason = (
    Literal[
        "seat_free",
        "event_full",
        "organisation_full",
        "seats_reserved",
        "party_waits",
        "party_too_large",
        "party_exceeds_capacity",
        "party_exceeds_quota",
        "series_incomplete",
        "set_aside",
        "organiser",
    ]
    | Halt
    | WindowRefusal
)

Kind = int | None
"""A kind of seat: the index of the pool that it is reserved for, or None for a seat that anybody can have."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish for a seat, new or waiting. ``organisation_key`` is empty for somebody without an organisation.

    ``pool`` is the index of the pool that the person counts for.
    """

    registration_id: UUID
    organisation_key: str = ""
    pool: int | None = None
    address_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """What waits as one: somebody alone, or a party with its people in order.

    ``takes_fewer``: the party takes the seats that there are; else all of its people or none. ``hindrance`` is why it
    is passed over although there is a seat; ``keeps_seat`` says that the seat is kept for it all the same. Whoever is
    ``set_aside`` keeps no seat from anybody, were it a party at the head of the line.
    """

    claims: tuple[Claim, ...]
    priority: int = 0
    takes_fewer: bool = False
    hindrance: Reason | None = None
    keeps_seat: bool = False


def alone(claim: Claim, priority: int = 0) -> Unit:
    return Unit((claim,), priority)


@dataclass(frozen=True, slots=True)
class Hold:
    """A kind of seat that is kept for somebody who waits, and so for nobody of this priority or a lower one."""

    priority: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class SeatState:
    """What ``decide`` must know, and never the whole queue.

    ``taken_by`` counts the seats of every organisation that a wish or candidate names, ``taken_in`` those of the people
    of each pool. ``candidates`` are the first in line, in order. Where wishes are answered, nobody admissible waits
    behind these but those for whom seats are ``withheld``.
    """

    capacity: int
    taken: int
    waiting: int
    next_seq: int
    taken_by: Mapping[str, int] = field(default_factory=dict)
    taken_in: Mapping[int, int] = field(default_factory=dict)
    withheld: Mapping[Kind, Hold] = field(default_factory=dict)
    candidates: Sequence[Unit] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision. ``seq`` is the number in line that a new registration was given; ``inputs`` is what it rests on.

    ``state`` is the one it leads to, None if nothing changes; ``deadline`` belongs to ``offered`` and ``pending``.
    """

    registration_id: UUID
    outcome: Outcome
    reason: Reason
    seq: int | None
    inputs: Mapping[str, int | None]
    state: State | None = None
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The rulings, the seats that are now kept for somebody who waits, and the kinds that are left for others."""

    rulings: list[Ruling]
    withheld: Mapping[Kind, Hold]
    open: frozenset[Kind]


def decide(state: SeatState, wishes: Sequence[Unit], rule: Rule, now: datetime) -> Decided:
    """Seat the candidates in order, then answer the wishes in the order of their arrival."""
    seating = _Seating(state, rule, now)
    rulings = [] if rule.cancelled else list(seating.give(state.candidates))
    for wish in wishes:
        rulings += seating.answer(wish)
    return Decided(rulings, seating.withheld, frozenset(seating.tally.open_kinds(seating.withheld)))


def why_waiting(state: SeatState, units: Sequence[Unit], rule: Rule, now: datetime) -> dict[UUID, Reason]:
    """What keeps each of these from a seat now, as the order and the seats are."""
    seating = _Seating(state, rule, now)
    return {claim.registration_id: reason for unit in units for claim, reason in seating.why(unit)}


@dataclass(slots=True)
class _Tally:
    """Seats as they are counted while a round goes on."""

    capacity: int
    taken: int
    reserves: Mapping[int, int]
    quota: int | None
    taken_by: dict[str, int]
    taken_in: dict[int, int]

    def copy(self) -> "_Tally":
        return replace(self, taken_by=dict(self.taken_by), taken_in=dict(self.taken_in))

    def take(self, claim: Claim) -> None:
        self.taken += 1
        self.taken_by[claim.organisation_key] = self.taken_by.get(claim.organisation_key, 0) + 1
        if claim.pool is not None:
            self.taken_in[claim.pool] = self.taken_in.get(claim.pool, 0) + 1

    def reserved_in(self, pool: Kind) -> int:
        """Seats of the pool that nobody of its group has yet."""
        return max(0, self.reserves.get(pool, 0) - self.taken_in.get(pool, 0)) if pool is not None else 0

    def reserved(self) -> int:
        return sum(self.reserved_in(pool) for pool in self.reserves)

    def kinds_for(self, claim: Claim) -> list[Kind]:
        """The kinds of free seats that the person could have, the pool's first."""
        kinds: list[Kind] = [claim.pool] if self.reserved_in(claim.pool) else []
        return [*kinds, None] if self.capacity - self.taken > self.reserved() else kinds

    def open_kinds(self, withheld: Mapping[Kind, Hold]) -> list[Kind]:
        """The kinds of which a seat is free that is kept for nobody."""
        if self.taken >= self.capacity:
            return []
        kinds: list[Kind] = [pool for pool in self.reserves if self.reserved_in(pool)]
        kinds += [None] if self.capacity - self.taken > self.reserved() else []
        held = self.following(withheld)
        return [kind for kind in kinds if kind not in held]

    def following(self, withheld: Mapping[Kind, Hold]) -> dict[Kind, Hold]:
        """The holds on the seats as they are now.

        Whoever belongs to a pool's group counts for it, whichever seat they take. When nothing of it is reserved any
        more, the seat that was kept in it for somebody is one of those that anybody can have.
        """
        held: dict[Kind, Hold] = {}
        for kind, hold in withheld.items():
            now = kind if self.reserved_in(kind) else None
            if now not in held or hold.priority < held[now].priority:
                held[now] = hold
        return held

    def obstacle(self, claim: Claim, priority: int, withheld: Mapping[Kind, Hold]) -> Reason | None:
        """What keeps this person from a seat."""
        if self.taken >= self.capacity:
            return "event_full"
        if is_full(self.quota, claim.organisation_key, self.taken_by):
            return "organisation_full"
        kinds = self.kinds_for(claim)
        if not kinds:
            return "seats_reserved"
        held = self.following(withheld)
        holds = [hold for kind in kinds if (hold := held.get(kind)) and hold.priority <= priority]
        return holds[0].reason if len(holds) == len(kinds) else None

    def breaks_quota(self, claims: Sequence[Claim]) -> bool:
        """Whether an organisation would have more than its seats if all of these had one."""
        tally = self.copy()
        for claim in claims:
            if is_full(self.quota, claim.organisation_key, tally.taken_by):
                return True
            tally.take(claim)
        return False

    def most_for(self, claims: Sequence[Claim], *, ever_reserved: Mapping[int, int]) -> int:
        """How many of these could have a seat in an empty event, at most."""
        own = {pool: sum(claim.pool == pool for claim in claims) for pool in ever_reserved}
        kept = sum(max(0, seats - own[pool]) for pool, seats in ever_reserved.items())
        return self.capacity - kept


@dataclass(frozen=True, slots=True)
class _Fit:
    """Who of a unit gets a seat now, and what keeps back the others, each as things stood when it was their turn."""

    seated: Sequence[Claim]
    left: Sequence[tuple[Claim, Reason]]


class _Seating:
    """One round: seats are given and counted, and some are kept for whoever cannot take them yet."""

    def __init__(self, state: SeatState, rule: Rule, now: datetime) -> None:
        self.tally = _Tally(
            state.capacity,
            state.taken,
            rule.reserves(now),
            rule.quota(now),
            dict(state.taken_by),
            dict(state.taken_in),
        )
        self.withheld = dict(state.withheld)
        self._rule = rule
        self._now = now
        self._halt = rule.halt(now)
        self._waiting = state.waiting
        self._next_seq = state.next_seq

    # --- those who wait -----------------------------------------------------------------------------------------------

    def give(self, units: Sequence[Unit]) -> Iterator[Ruling]:
        """Seat who waits, in order; who cannot be seated is passed over, or has the seats kept."""
        for unit in units:
            if not self.tally.open_kinds(self.withheld):
                return
            if unit.hindrance == "set_aside":
                yield self._ruling(unit.claims[0], "skipped", unit.hindrance)
                continue
            fit = self._fit(unit)
            if fit.seated and self._halt:
                yield self._ruling(fit.seated[0], "skipped", self._halt)
                self._keep_one_each(fit.seated, unit.priority, self._halt)
                continue
            if fit.seated and unit.hindrance:
                yield self._ruling(fit.seated[0], "skipped", unit.hindrance)
                if unit.keeps_seat:
                    self._keep_one_each(fit.seated, unit.priority, unit.hindrance)
                continue
            for claim in fit.seated:
                yield self._seat_waiting(claim)
            yield from self._passed_over(unit, fit)

    def _seat_waiting(self, claim: Claim) -> Ruling:
        if self._rule.offers:
            deadline = self._rule.offers.deadline(self._now)
            ruling = self._ruling(claim, "offered", "seat_free", state=State.OFFERED, deadline=deadline)
        else:
            ruling = self._seated(claim, "promoted")
        self._waiting -= 1
        self.tally.take(claim)
        return ruling

    def _passed_over(self, unit: Unit, fit: _Fit) -> Iterator[Ruling]:
        for claim, reason in fit.left[:1]:
            is_news = reason == "party_waits" or not self._is_kept(reason)
            self._keep_for_party(unit, reason)
            if is_news:
                yield self._ruling(claim, "skipped", reason)

    def _is_kept(self, reason: Reason) -> bool:
        """Whether somebody further ahead has been told so already, or there is nothing to tell."""
        return reason == "event_full" or any(hold.reason == reason for hold in self.withheld.values())

    def _keep_one_each(self, claims: Sequence[Claim], priority: int, reason: Reason) -> None:
        for claim in claims:
            kinds = [kind for kind in self.tally.kinds_for(claim) if kind not in self.withheld]
            self.withheld |= {kind: Hold(priority, reason) for kind in kinds[:1]}

    def _keep_for_party(self, unit: Unit, reason: Reason) -> None:
        """Where it waits for more seats, or for those that are kept for somebody, nobody behind it takes the others."""
        if reason == "party_waits" or (len(unit.claims) > 1 and self._is_held(reason, unit.priority)):
            self._keep(unit.claims, unit.priority, reason)

    def _is_held(self, reason: Reason, priority: int) -> bool:
        """Whether a seat is kept for this reason, for somebody before a unit of this priority."""
        return any(hold.reason == reason and hold.priority <= priority for hold in self.withheld.values())

    def _keep(self, claims: Sequence[Claim], priority: int, reason: Reason) -> None:
        for claim in claims:
            for kind in self.tally.kinds_for(claim):
                held = self.withheld.get(kind)
                # Kept for a lower class already, it would still be free for everybody of this one.
                if held is None or priority < held.priority:
                    self.withheld[kind] = Hold(priority, reason)

    # --- newcomers ----------------------------------------------------------------------------------------------------

    def answer(self, wish: Unit) -> list[Ruling]:
        """What becomes of a newcomer.

        Who is hindered though there is a seat for them waits for a moment, be there a waitlist or none: whoever asks
        looks at them once more in the same transaction, and lets nobody wait where nobody can.
        """
        if refused := self._rule.refusal(self._now) or self._never(wish):
            return [self._ruling(claim, "refused", refused) for claim in wish.claims]
        fit = self._fit(wish)
        waits_for_a_moment = wish.hindrance is not None and not fit.left
        if wish.hindrance:
            fit = _Fit((), [(claim, wish.hindrance) for claim in wish.claims])
        if fit.left and not waits_for_a_moment and (refused := self._no_place_in_line(fit)):
            return [self._ruling(claim, "refused", refused) for claim in wish.claims]
        for _claim, reason in fit.left[:1]:
            self._keep_for_party(wish, reason)
        reasons = dict(fit.left)
        return [self._answered(claim, reasons.get(claim)) for claim in wish.claims]

    def _answered(self, claim: Claim, obstacle: Reason | None) -> Ruling:
        if obstacle is None:
            ruling = self._seated(claim, "confirmed", seq=self._next_seq)
            self.tally.take(claim)
        else:
            ruling = self._ruling(claim, "waitlisted", obstacle, seq=self._next_seq, state=State.WAITLISTED)
            self._waiting += 1
        self._next_seq += 1
        return ruling

    def _never(self, wish: Unit) -> Reason | None:
        """Why a party could wait for ever."""
        if len(wish.claims) == 1:
            return None
        if self._exceeds_capacity(wish.claims):
            return "party_exceeds_capacity"
        empty = replace(self.tally, taken_by={}, taken_in={})
        return "party_exceeds_quota" if empty.breaks_quota(wish.claims) else None

    def _no_place_in_line(self, fit: _Fit) -> Reason | None:
        if not self._rule.waitlist_enabled:
            return fit.left[0][1]
        return None if self._rule.moves(self._now) else "waitlist_closed"

    def why(self, unit: Unit) -> list[tuple[Claim, Reason]]:
        """Each person of the unit, and what keeps them from a seat."""
        if unit.hindrance == "set_aside":
            return [(claim, unit.hindrance) for claim in unit.claims]
        if len(unit.claims) == 1 or unit.takes_fewer:
            full = [claim for claim in unit.claims if self.tally.breaks_quota([claim])]
        else:
            full = list(unit.claims) if self.tally.breaks_quota(unit.claims) else []
        left = dict(self._fit(unit).left)
        otherwise = unit.hindrance or self._halt or "event_full"
        return [(c, "organisation_full" if c in full else left.get(c, otherwise)) for c in unit.claims]

    # --- both ---------------------------------------------------------------------------------------------------------

    def _fit(self, unit: Unit) -> _Fit:
        tally = self.tally.copy() if len(unit.claims) > 1 else self.tally
        seated: list[Claim] = []
        left: list[tuple[Claim, Reason]] = []
        for claim in unit.claims:
            if obstacle := tally.obstacle(claim, unit.priority, self.withheld):
                left.append((claim, obstacle))
                continue
            seated.append(claim)
            if tally is not self.tally:
                tally.take(claim)
        if not left or unit.takes_fewer or len(unit.claims) == 1:
            return _Fit(seated, left)
        reason = self._why_not_all(unit, left[0][1])
        return _Fit((), [(claim, reason) for claim in unit.claims])

    def _why_not_all(self, party: Unit, first: Reason) -> Reason:
        if self.tally.breaks_quota(party.claims):
            return "organisation_full"
        if self.tally.taken >= self.tally.capacity:
            return "event_full"
        if self._is_held(first, party.priority) and self._suffices_beside_what_is_kept(party):
            return first
        return (
            "party_waits" if self._rule.parties_wait and not self._exceeds_capacity(party.claims) else "party_too_large"
        )

    def _suffices_beside_what_is_kept(self, party: Unit) -> bool:
        """Whether all of them would have a seat if one were taken wherever one is kept."""
        tally = self.tally.copy()
        held = tally.following(self.withheld)
        for kept in (Claim(party.claims[0].registration_id, pool=kind) for kind in held):
            tally.take(kept)
        for claim in party.claims:
            if tally.obstacle(claim, party.priority, {}):
                return False
            tally.take(claim)
        return True

    def _exceeds_capacity(self, claims: Sequence[Claim]) -> bool:
        for_ever = {i: pool.seats for i, pool in enumerate(self._rule.pools) if pool.released_at is None}
        return len(claims) > self.tally.most_for(claims, ever_reserved=for_ever)

    def _seated(self, claim: Claim, outcome: Outcome, *, seq: int | None = None) -> Ruling:
        wait = self._rule.confirm_address
        if wait is None or claim.address_confirmed:
            return self._ruling(claim, outcome, "seat_free", seq=seq, state=State.CONFIRMED)
        deadline = self._now + wait
        return self._ruling(claim, "pending", "seat_free", seq=seq, state=State.PENDING, deadline=deadline)

    def _ruling(
        self,
        claim: Claim,
        outcome: Outcome,
        reason: Reason,
        *,
        seq: int | None = None,
        state: State | None = None,
        deadline: datetime | None = None,
    ) -> Ruling:
        return Ruling(claim.registration_id, outcome, reason, seq, self._inputs(claim), state, deadline)

    def _inputs(self, claim: Claim) -> dict[str, int | None]:
        tally = self.tally
        inputs = {
            "capacity": tally.capacity,
            "taken": tally.taken,
            "waiting": self._waiting,
            "organisation_seats": tally.taken_by.get(claim.organisation_key, 0) if claim.organisation_key else None,
            "max_per_organisation": tally.quota,
        }
        if tally.reserves:
            inputs |= {"reserved": tally.reserved(), "pool": claim.pool}
        return inputs


def is_full(quota: int | None, organisation_key: str, taken_by: Mapping[str, int]) -> bool:
    """Whether the organisation has all the seats that one can have. No organisation has no quota."""
    return quota is not None and bool(organisation_key) and taken_by.get(organisation_key, 0) >= quota
