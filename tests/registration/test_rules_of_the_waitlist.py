"""The rules of the waitlist, one by one: who gets a seat, who does not, and the reason code of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.registration.decide import Claim, Hold, Kind, SeatState, Unit, decide
from services.registration.rule import Group, Offers, Pool, Rule
from services.registration.working_hours import WorkingHours

NOON = datetime(2027, 1, 12, 11, tzinfo=UTC)
"""A Tuesday, in Berlin."""
NIGHT = NOON.replace(hour=22)
START = NOON + timedelta(days=30)
OFFERS = Offers(48, START - timedelta(hours=3), WorkingHours(ZoneInfo("Europe/Berlin")))
SPEAKERS = Group("code", code="Impuls")
FIVE_RESERVED = (Pool(SPEAKERS, 5, START - timedelta(days=7)),)


def one(number: int, organisation: str = "", *, pool: int | None = None, priority: int = 0) -> Unit:
    return Unit((Claim(UUID(int=number), organisation, pool),), priority)


def party(
    first: int,
    people: int,
    organisation: str = "",
    *,
    pool: int | None = None,
    takes_fewer: bool = False,
    priority: int = 0,
) -> Unit:
    claims = tuple(Claim(UUID(int=number), organisation, pool) for number in range(first, first + people))
    return Unit(claims, priority, takes_fewer)


def rule(**changes: Any) -> Rule:
    return Rule(**{"version": 1, "closes_at": START, "moves_until": START, **changes})


@dataclass(frozen=True)
class Case:
    """``expected``: per person the number, the outcome and the reason."""

    says: str
    seats: tuple[int, int]
    """Capacity, and how many are taken."""
    expected: list[tuple[int, str, str]]
    line: Sequence[Unit] = ()
    new: Sequence[Unit] = ()
    rule: Rule = field(default_factory=rule)
    now: datetime = NOON
    taken_by: dict[str, int] = field(default_factory=dict)
    taken_in: dict[int, int] = field(default_factory=dict)
    withheld: dict[Kind, Hold] = field(default_factory=dict)


PROMOTED, OFFERED, CONFIRMED = "promoted", "offered", "confirmed"
WAITS, SKIPPED, REFUSED = "waitlisted", "skipped", "refused"

CASES = [
    # 1. Never oversold, never underused.
    Case(
        "1: the last seat is given once",
        (1, 0),
        [(1, CONFIRMED, "seat_free"), (2, WAITS, "event_full")],
        new=[one(1), one(2)],
    ),
    Case("1: a surplus gives no seat", (2, 3), [(9, WAITS, "event_full")], [one(1)], [one(9)]),
    Case("1: a free seat goes to the next in line", (1, 0), [(1, PROMOTED, "seat_free")], [one(1), one(2)]),
    # 2. No overtaking.
    Case(
        "2: a newcomer stands behind who waits",
        (1, 0),
        [(1, PROMOTED, "seat_free"), (9, WAITS, "event_full")],
        [one(1)],
        [one(9)],
    ),
    Case(
        "2: at night too, when nobody can be offered the seat",
        (1, 0),
        [(1, SKIPPED, "quiet_hours"), (9, WAITS, "quiet_hours")],
        [one(1)],
        [one(9)],
        rule(offers=OFFERS),
        NIGHT,
    ),
    Case(
        "2: and where the seat has been kept for somebody since before",
        (1, 0),
        [(9, WAITS, "quiet_hours")],
        new=[one(9)],
        rule=rule(offers=OFFERS),
        now=NIGHT,
        withheld={None: Hold(0, "quiet_hours")},
    ),
    Case(
        "2: a reserved seat that is kept for somebody stays kept when others of the group take all that is reserved",
        (3, 0),
        [
            (1, SKIPPED, "quiet_hours"),
            (9, CONFIRMED, "seat_free"),
            (10, CONFIRMED, "seat_free"),
            (11, WAITS, "quiet_hours"),
        ],
        [one(1, pool=0)],
        [one(9, pool=0), one(10, pool=0), one(11, pool=0)],
        rule(offers=OFFERS, pools=(Pool(SPEAKERS, 2, None),)),
        NIGHT,
    ),
    Case(
        "2: also where a party of the group would take it with the others",
        (3, 0),
        [(number, WAITS, "party_waits") for number in (9, 10, 11)],
        new=[party(9, 3, pool=0)],
        rule=rule(offers=OFFERS, pools=(Pool(SPEAKERS, 2, None),)),
        now=NIGHT,
        withheld={0: Hold(0, "quiet_hours")},
    ),
    Case(
        "2: nor does anybody take the seats that such a party waits for",
        (3, 0),
        [(9, WAITS, "quiet_hours"), (10, WAITS, "quiet_hours"), (11, WAITS, "quiet_hours")],
        new=[party(9, 2, pool=0), one(11)],
        rule=rule(offers=OFFERS, pools=(Pool(SPEAKERS, 1, None),)),
        now=NIGHT,
        withheld={0: Hold(0, "quiet_hours")},
    ),
    Case(
        "2: also where they do not suffice beside the seat that is kept, and parties wait for more",
        (2, 0),
        [(9, WAITS, "party_waits"), (10, WAITS, "party_waits"), (11, WAITS, "party_waits")],
        new=[party(9, 2, pool=0), one(11)],
        rule=rule(offers=OFFERS, pools=(Pool(SPEAKERS, 1, None),)),
        now=NIGHT,
        withheld={0: Hold(0, "quiet_hours")},
    ),
    Case(
        "2: but where parties are passed over, the seats that do not suffice for it are left to others",
        (2, 0),
        [(9, WAITS, "party_too_large"), (10, WAITS, "party_too_large"), (11, CONFIRMED, "seat_free")],
        new=[party(9, 2, pool=0), one(11)],
        rule=rule(offers=OFFERS, pools=(Pool(SPEAKERS, 1, None),), parties_wait=False),
        now=NIGHT,
        withheld={0: Hold(0, "quiet_hours")},
    ),
    # 3. Published order.
    Case(
        "3: a kept seat holds back nobody of a class further ahead",
        (1, 0),
        [(9, CONFIRMED, "seat_free"), (10, WAITS, "event_full")],
        new=[one(9, priority=0), one(10, priority=1)],
        rule=rule(classes=(Group("membership"),)),
        withheld={None: Hold(1, "party_waits")},
    ),
    # 4. Offers.
    Case("4: a free seat is offered", (1, 0), [(1, OFFERED, "seat_free")], [one(1)], rule=rule(offers=OFFERS)),
    Case(
        "4: a newcomer is seated at once if nobody waits, at night too",
        (1, 0),
        [(9, CONFIRMED, "seat_free")],
        new=[one(9)],
        rule=rule(offers=OFFERS),
        now=NIGHT,
    ),
    Case(
        "4: nothing is offered if less than two hours would be left",
        (1, 0),
        [(1, SKIPPED, "too_late_to_offer"), (9, WAITS, "too_late_to_offer")],
        [one(1)],
        [one(9)],
        rule(offers=OFFERS),
        START - timedelta(hours=4, minutes=59),
    ),
    Case(
        "4: a closed waitlist neither moves nor takes anybody in",
        (2, 1),
        [(1, SKIPPED, "waitlist_closed"), (9, REFUSED, "waitlist_closed")],
        [one(1)],
        [one(9)],
        rule(moves_until=NOON),
    ),
    Case(
        "4: after that a seat is still given where nobody waits for it",
        (2, 1),
        [(9, CONFIRMED, "seat_free"), (10, REFUSED, "waitlist_closed")],
        new=[one(9), one(10)],
        rule=rule(moves_until=NOON),
    ),
    # 5. Quotas and pools.
    Case(
        "5: a full organisation does not block",
        (3, 1),
        [(1, SKIPPED, "organisation_full"), (2, PROMOTED, "seat_free"), (3, PROMOTED, "seat_free")],
        [one(1, "a"), one(2), one(3, "b")],
        rule=rule(max_per_organisation=1),
        taken_by={"a": 1},
    ),
    Case(
        "5: until the quota ends",
        (3, 1),
        [(1, PROMOTED, "seat_free")],
        [one(1, "a")],
        rule=rule(max_per_organisation=1, max_per_organisation_until=NOON),
        taken_by={"a": 1},
    ),
    Case(
        "5: reserved seats are for the pool's group alone",
        (6, 1),
        [(9, WAITS, "seats_reserved"), (10, CONFIRMED, "seat_free")],
        new=[one(9), one(10, pool=0)],
        rule=rule(pools=FIVE_RESERVED),
    ),
    Case(
        "5: who belongs to the pool takes a reserved seat first",
        (6, 0),
        [(9, CONFIRMED, "seat_free"), (10, CONFIRMED, "seat_free")],
        new=[one(9, pool=0), one(10)],
        rule=rule(pools=FIVE_RESERVED),
    ),
    Case(
        "5: and another one when the pool is used up",
        (6, 5),
        [(9, CONFIRMED, "seat_free"), (10, WAITS, "event_full")],
        new=[one(9, pool=0), one(10, pool=0)],
        rule=rule(pools=FIVE_RESERVED),
        taken_in={0: 5},
    ),
    Case(
        "5: a released pool is for everybody",
        (6, 1),
        [(1, PROMOTED, "seat_free")],
        [one(1)],
        rule=rule(pools=FIVE_RESERVED),
        now=START - timedelta(days=7),
    ),
    Case(
        "5: whoever waits for a reserved seat alone is not passed over for it",
        (6, 1),
        [(1, SKIPPED, "seats_reserved"), (2, PROMOTED, "seat_free")],
        [one(1), one(2, pool=0)],
        rule=rule(pools=FIVE_RESERVED),
    ),
    # 6. Parties.
    Case(
        "6: a party gets all seats or none, and the seats wait for it",
        (3, 1),
        [(1, SKIPPED, "party_waits"), (9, WAITS, "party_waits")],
        [party(1, 3), one(4)],
        [one(9)],
    ),
    Case(
        "6: it gets them when there are enough",
        (4, 1),
        [(1, PROMOTED, "seat_free"), (2, PROMOTED, "seat_free"), (3, PROMOTED, "seat_free")],
        [party(1, 3), one(4)],
    ),
    Case(
        "6: or it is skipped, if the rule says so",
        (3, 1),
        [(1, SKIPPED, "party_too_large"), (4, PROMOTED, "seat_free"), (5, PROMOTED, "seat_free")],
        [party(1, 3), one(4), one(5)],
        rule=rule(parties_wait=False),
    ),
    Case(
        "6: a party that takes fewer is seated as far as it fits",
        (3, 1),
        [(1, PROMOTED, "seat_free"), (2, PROMOTED, "seat_free")],
        [party(1, 3, takes_fewer=True), one(4)],
    ),
    Case(
        "6: a party whose organisation is full is passed over and does not block",
        (4, 1),
        [(1, SKIPPED, "organisation_full"), (3, PROMOTED, "seat_free")],
        [party(1, 2, "a"), one(3)],
        rule=rule(max_per_organisation=2),
        taken_by={"a": 1},
    ),
    Case(
        "6: seats that a party cannot use do not wait for it",
        (6, 0),
        [(1, SKIPPED, "party_waits"), (3, PROMOTED, "seat_free")],
        [party(1, 2), one(3, pool=0)],
        rule=rule(pools=FIVE_RESERVED),
    ),
    Case(
        "6: a party that a lowered capacity made too large blocks nobody",
        (2, 0),
        [(1, SKIPPED, "party_too_large"), (4, PROMOTED, "seat_free")],
        [party(1, 3), one(4)],
    ),
    Case(
        "6: a party larger than the capacity is refused",
        (2, 0),
        [(n, REFUSED, "party_exceeds_capacity") for n in (1, 2, 3)],
        new=[party(1, 3)],
    ),
    Case(
        "6: seats that are never released do not count for it",
        (6, 0),
        [(n, REFUSED, "party_exceeds_capacity") for n in (1, 2)],
        new=[party(1, 2)],
        rule=rule(pools=(Pool(SPEAKERS, 5),)),
    ),
    Case(
        "6: a party larger than its quota is refused",
        (9, 0),
        [(n, REFUSED, "party_exceeds_quota") for n in (1, 2, 3)],
        new=[party(1, 3, "a")],
        rule=rule(max_per_organisation=2),
    ),
    Case(
        "6: a new party that does not fit waits, and the seats wait for it",
        (3, 1),
        [(n, WAITS, "party_waits") for n in (1, 2, 3, 4)],
        new=[party(1, 3), one(4)],
    ),
    Case(
        "6: a new party that takes fewer waits with the others",
        (3, 1),
        [(1, CONFIRMED, "seat_free"), (2, CONFIRMED, "seat_free"), (3, WAITS, "event_full")],
        new=[party(1, 3, takes_fewer=True)],
    ),
    # 7. Series.
    Case(
        "7: whoever waits for a whole series is passed over until it is complete",
        (1, 0),
        [(1, SKIPPED, "series_incomplete"), (2, PROMOTED, "seat_free")],
        [Unit((Claim(UUID(int=1)),), hindrance="series_incomplete"), one(2)],
    ),
    Case(
        "7: a seat is kept for whoever might have the whole series, until all of it is looked at",
        (3, 1),
        [(1, SKIPPED, "series_incomplete"), (3, WAITS, "series_incomplete")],
        [Unit((Claim(UUID(int=1)),), hindrance="series_incomplete", keeps_seat=True), one(2)],
        [one(3)],
    ),
    Case(
        "7: whoever newly waits for a whole series takes no seat alone",
        (3, 1),
        [(1, WAITS, "series_incomplete"), (2, CONFIRMED, "seat_free")],
        new=[Unit((Claim(UUID(int=1)),), hindrance="series_incomplete"), one(2)],
    ),
    Case(
        "7: whoever waits for a whole series and has a full organisation is passed over for that",
        (3, 1),
        [(1, SKIPPED, "organisation_full"), (2, PROMOTED, "seat_free")],
        [Unit((Claim(UUID(int=1), "a"),), hindrance="series_incomplete", keeps_seat=True), one(2)],
        rule=rule(max_per_organisation=1),
        taken_by={"a": 1},
    ),
    # 9. Whoever an organiser set aside.
    Case(
        "9: whoever is set aside is passed over, and keeps no seat from those behind",
        (1, 0),
        [(1, SKIPPED, "set_aside"), (2, PROMOTED, "seat_free")],
        [Unit((Claim(UUID(int=1)),), hindrance="set_aside"), one(2)],
    ),
    Case(
        "9: nor does a party that is set aside, for which the seats would have waited",
        (3, 1),
        [(1, SKIPPED, "set_aside"), (4, PROMOTED, "seat_free"), (5, CONFIRMED, "seat_free")],
        [replace(party(1, 3), hindrance="set_aside"), one(4)],
        [one(5)],
    ),
    # 9. A cancelled event.
    Case(
        "9: a cancelled event is frozen",
        (1, 0),
        [(9, REFUSED, "event_cancelled")],
        [one(1)],
        [one(9)],
        rule(cancelled=True),
    ),
    # The address.
    Case(
        "a seat is held until the address is confirmed, also for somebody who waited",
        (2, 0),
        [(1, "pending", "seat_free"), (9, "pending", "seat_free")],
        [one(1)],
        [one(9)],
        rule(confirm_address=timedelta(hours=1)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_rule(case: Case) -> None:
    capacity, taken = case.seats
    waiting = sum(len(unit.claims) for unit in case.line)
    state = SeatState(capacity, taken, waiting, 100, case.taken_by, case.taken_in, case.withheld, case.line)
    rulings = decide(state, case.new, case.rule, case.now).rulings
    assert [(r.registration_id.int, r.outcome, r.reason) for r in rulings] == case.expected


def test_the_deadlines_of_offers_and_of_seats_held_for_an_address() -> None:
    for of_event, deadline in (
        (rule(offers=OFFERS), NOON + timedelta(hours=48)),
        (rule(confirm_address=timedelta(minutes=30)), NOON + timedelta(minutes=30)),
        (rule(), None),
    ):
        (ruling,) = decide(SeatState(1, 0, 1, 2, candidates=[one(1)]), (), of_event, NOON).rulings
        assert ruling.deadline == deadline
