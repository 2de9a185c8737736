"""How people are registered: by themselves, or by hand by an organiser, whom the hours of registration do not bind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.registration.decide import Decided, Outcome, Ruling, Unit, decide
from services.registration.models import THE_PERSON, Actor
from services.registration.rule import Rule
from services.registration.seats import Seats
from services.registration.states import ActorKind, State
from shared.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class Manner:
    """Who registers people, and how. ``reason`` is the organiser's own, and kept with the decision.

    ``beyond_capacity`` gives a seat at once, before those who wait and also if none is free. Without ``notify`` nobody
    is written to.
    """

    actor: Actor = THE_PERSON
    reason: str = ""
    beyond_capacity: bool = False
    notify: bool = True

    @property
    def by_hand(self) -> bool:
        return self.actor.kind is ActorKind.ORGANISER


BY_THEMSELVES = Manner()


def decided_for(uow: UnitOfWork, seats: Seats, units: Sequence[Unit], manner: Manner) -> Decided:
    """What becomes of newcomers; an organiser's are bound by the seats and the line alone, or by nothing."""
    rule = _open_until_the_end(seats) if manner.by_hand else seats.rule
    if manner.beyond_capacity and rule.refusal(uow.now) is None:
        return Decided(list(_seated_in_any_case(seats, units)), seats.withheld, frozenset())
    return decide(seats.state(units), units, rule, uow.now)


def _open_until_the_end(seats: Seats) -> Rule:
    return replace(seats.rule, opens_at=None, closes_at=seats.event.ends_at)


def _seated_in_any_case(seats: Seats, units: Sequence[Unit]) -> Iterator[Ruling]:
    claims = [claim for unit in units for claim in unit.claims]
    for number, claim in enumerate(claims):
        taken = seats.confirmed + number
        outcome: Outcome = "confirmed" if taken < seats.capacity else "overbooked"
        inputs = {**seats.inputs(), "taken": taken}
        yield Ruling(claim.registration_id, outcome, "organiser", seats.next_seq + number, inputs, State.CONFIRMED)
