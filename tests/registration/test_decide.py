"""The rules of the waitlist, each with its reason, on the pure function."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.decide import Claim, Ruling, SeatState, alone
from services.registration.decide import decide as decide_of_units
from services.registration.rule import Rule

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)
START = NOW + timedelta(days=30)
OPEN = Rule(version=1, closes_at=START, moves_until=START)


def claim(number: int, organisation: str = "") -> Claim:
    return Claim(UUID(int=number), organisation)


def decide(found: SeatState, wishes: Sequence[Claim], at_event: Rule, now: datetime) -> list[Ruling]:
    """Everybody alone, in one class."""
    return decide_of_units(found, [alone(wish) for wish in wishes], at_event, now).rulings


def rule(**changes: object) -> Rule:
    return Rule(**{"version": 1, "closes_at": START, "moves_until": START, **changes})  # type: ignore[arg-type]


def state(
    capacity: int, taken: int = 0, waiting: int = 0, candidates: Sequence[Claim] = (), **changes: object
) -> SeatState:
    line = [alone(one) for one in candidates]
    counted = {"capacity": capacity, "taken": taken, "waiting": waiting, "next_seq": taken + waiting + 1}
    values = {**counted, "candidates": line, **changes}
    return SeatState(**values)  # type: ignore[arg-type]


def said(rulings: list[Ruling]) -> list[tuple[str, str]]:
    return [(ruling.outcome, ruling.reason) for ruling in rulings]


@dataclass(frozen=True)
class Case:
    rule_of_the_waitlist: str
    state: SeatState
    expected: list[tuple[str, str]]
    wishes: list[Claim] = field(default_factory=list)
    rule: Rule = OPEN
    now: datetime = NOW


CASES = [
    Case("a free seat is given", state(1), [("confirmed", "seat_free")], [claim(1)]),
    Case(
        "the last seat is given once, and whoever comes next waits",
        state(1),
        [("confirmed", "seat_free"), ("waitlisted", "event_full")],
        [claim(1), claim(2)],
    ),
    Case("nobody is seated in an event without seats", state(0), [("waitlisted", "event_full")], [claim(1)]),
    Case(
        "whoever cannot wait is refused",
        state(1, taken=1),
        [("refused", "event_full")],
        [claim(1)],
        rule(waitlist_enabled=False),
    ),
    Case(
        "a lowered capacity leaves a surplus, and no seat is given until it is gone",
        state(2, taken=3, waiting=1, candidates=[claim(1)]),
        [("waitlisted", "event_full")],
        [claim(2)],
    ),
    Case(
        "a seat that comes free goes to the first in line, before any newcomer",
        state(1, waiting=1, candidates=[claim(1)]),
        [("promoted", "seat_free"), ("waitlisted", "event_full")],
        [claim(2)],
    ),
    Case(
        "as many move up as there are seats, in order",
        state(2, waiting=3, candidates=[claim(1), claim(2), claim(3)]),
        [("promoted", "seat_free"), ("promoted", "seat_free")],
    ),
    Case(
        "a newcomer takes the seat that is left when all who waited have theirs",
        state(2, waiting=1, candidates=[claim(1)]),
        [("promoted", "seat_free"), ("confirmed", "seat_free")],
        [claim(2)],
    ),
    Case(
        "an organisation has at most its number of seats",
        state(5, taken=2, taken_by={"a": 2}),
        [("waitlisted", "organisation_full")],
        [claim(1, "a")],
        rule(max_per_organisation=2),
    ),
    Case(
        "seats given in the same round count for the quota",
        state(5),
        [("confirmed", "seat_free"), ("waitlisted", "organisation_full")],
        [claim(1, "a"), claim(2, "a")],
        rule(max_per_organisation=1),
    ),
    Case(
        "a full organisation does not hold up those who come behind it",
        state(5, taken=1, taken_by={"a": 1}),
        [("waitlisted", "organisation_full"), ("confirmed", "seat_free")],
        [claim(1, "a"), claim(2, "b")],
        rule(max_per_organisation=1),
    ),
    Case(
        "a full organisation is passed over in line, and does not block",
        state(2, taken=1, waiting=2, taken_by={"a": 1}, candidates=[claim(1, "a"), claim(2, "b")]),
        [("skipped", "organisation_full"), ("promoted", "seat_free")],
        rule=rule(max_per_organisation=1),
    ),
    Case(
        "the second of an organisation is passed over once the first has its last seat",
        state(3, waiting=3, candidates=[claim(1, "a"), claim(2, "a"), claim(3)]),
        [("promoted", "seat_free"), ("skipped", "organisation_full"), ("promoted", "seat_free")],
        rule=rule(max_per_organisation=1),
    ),
    Case(
        "no organisation has no quota",
        state(3),
        [("confirmed", "seat_free"), ("confirmed", "seat_free")],
        [claim(1), claim(2)],
        rule(max_per_organisation=1),
    ),
    Case(
        "whoever cannot wait for their organisation is refused with that reason",
        state(5, taken=1, taken_by={"a": 1}),
        [("refused", "organisation_full")],
        [claim(1, "a")],
        rule(max_per_organisation=1, waitlist_enabled=False),
    ),
    Case(
        "before the window opens nobody registers",
        state(5),
        [("refused", "not_open_yet")],
        [claim(1)],
        rule(opens_at=NOW + timedelta(seconds=1)),
    ),
    Case("the window opens on the moment", state(5), [("confirmed", "seat_free")], [claim(1)], rule(opens_at=NOW)),
    Case("the window closes on the moment", state(5), [("refused", "closed")], [claim(1)], rule(closes_at=NOW)),
    Case(
        "the waitlist still moves after registration has closed",
        state(1, waiting=1, candidates=[claim(1)]),
        [("promoted", "seat_free"), ("refused", "closed")],
        [claim(2)],
        rule(closes_at=NOW - timedelta(days=1)),
    ),
    Case(
        "nobody moves up once the event has begun",
        state(1, waiting=1, candidates=[claim(1)]),
        [("skipped", "waitlist_closed")],
        now=START,
    ),
    Case(
        "a cancelled event is frozen",
        state(1, waiting=1, candidates=[claim(1)]),
        [("refused", "event_cancelled")],
        [claim(2)],
        rule(cancelled=True),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule_of_the_waitlist)
def test_rule(case: Case) -> None:
    assert said(decide(case.state, case.wishes, case.rule, case.now)) == case.expected


def test_new_places_in_line_follow_each_other_and_refusals_use_none_up() -> None:
    quota = rule(max_per_organisation=1, waitlist_enabled=False)
    rulings = decide(state(3, next_seq=7), [claim(1, "a"), claim(2, "a"), claim(3), claim(4)], quota, NOW)
    assert [ruling.seq for ruling in rulings] == [7, None, 8, 9]


def test_a_ruling_says_what_it_rests_on() -> None:
    (ruling,) = decide(
        state(2, taken=1, waiting=4, taken_by={"a": 1}), [claim(1, "a")], rule(max_per_organisation=1), NOW
    )
    assert ruling.inputs == {
        "capacity": 2,
        "taken": 1,
        "waiting": 4,
        "organisation_seats": 1,
        "max_per_organisation": 1,
    }


# --- any situation ----------------------------------------------------------------------------------------------------

ORGANISATIONS = st.sampled_from(["", "a", "b", "c"])


@st.composite
def situations(draw: st.DrawFn) -> tuple[SeatState, list[Claim], Rule]:
    """A queue that was settled before: as the use cases leave it, then with some more or fewer seats."""
    quota = draw(st.none() | st.integers(0, 3))
    seated = draw(st.lists(ORGANISATIONS, max_size=8))
    candidates = draw(st.lists(ORGANISATIONS, max_size=8))
    newcomers = draw(st.lists(ORGANISATIONS, max_size=8))
    numbers = iter(range(1, 100))
    waiting = [claim(next(numbers), organisation) for organisation in candidates]
    wishes = [claim(next(numbers), organisation) for organisation in newcomers]
    found = state(
        draw(st.integers(0, 12)),
        taken=len(seated),
        waiting=len(waiting),
        taken_by={o: seated.count(o) for o in "abc"},
        candidates=waiting,
    )
    return found, wishes, rule(max_per_organisation=quota, waitlist_enabled=draw(st.booleans()))


def _organisations(found: SeatState, wishes: list[Claim]) -> dict[UUID, str]:
    return {c.registration_id: c.organisation_key for c in (*_line(found), *wishes)}


def _line(found: SeatState) -> list[Claim]:
    return [unit.claims[0] for unit in found.candidates]


def _admitted(rulings: list[Ruling]) -> list[UUID]:
    return [r.registration_id for r in rulings if r.outcome in ("confirmed", "promoted")]


@given(situations())
def test_never_oversold(situation: tuple[SeatState, list[Claim], Rule]) -> None:
    found, wishes, at_event = situation
    admitted = _admitted(decide(found, wishes, at_event, NOW))
    assert not admitted or found.taken + len(admitted) <= found.capacity


@given(situations())
def test_never_underused(situation: tuple[SeatState, list[Claim], Rule]) -> None:
    found, wishes, at_event = situation
    rulings = decide(found, wishes, at_event, NOW)
    admitted = _admitted(rulings)
    seats = _seats_after(found, wishes, admitted)
    if found.taken + len(admitted) < found.capacity:
        left = [c for c in (*_line(found), *wishes) if c.registration_id not in admitted]
        assert all(_is_full(at_event, seats, c.organisation_key) for c in left)


@given(situations())
def test_nobody_overtakes_somebody_admissible(situation: tuple[SeatState, list[Claim], Rule]) -> None:
    found, wishes, at_event = situation
    admitted = _admitted(decide(found, wishes, at_event, NOW))
    line = [*_line(found), *wishes]
    for index, passed in enumerate(line):
        behind = [c.registration_id for c in line[index + 1 :]]
        if passed.registration_id not in admitted and any(b in admitted for b in behind):
            assert _is_full(at_event, _seats_after(found, line[:index], admitted), passed.organisation_key)


@given(situations())
def test_quotas_are_kept(situation: tuple[SeatState, list[Claim], Rule]) -> None:
    found, wishes, at_event = situation
    admitted = _admitted(decide(found, wishes, at_event, NOW))
    organisations = _organisations(found, wishes)
    quota = at_event.max_per_organisation
    for organisation in "abc":
        gained = sum(organisations[i] == organisation for i in admitted)
        assert quota is None or not gained or found.taken_by[organisation] + gained <= quota


@given(situations(), st.integers(0, 8))
def test_a_row_of_wishes_is_answered_as_if_they_had_come_one_by_one(
    situation: tuple[SeatState, list[Claim], Rule], cut: int
) -> None:
    found, wishes, at_event = situation
    at_once = decide(found, wishes, at_event, NOW)
    first = decide(found, wishes[:cut], at_event, NOW)
    between = _after(found, wishes[:cut], first)
    assert said(first + decide(between, wishes[cut:], at_event, NOW)) == said(at_once)


def _after(found: SeatState, wishes: list[Claim], rulings: list[Ruling]) -> SeatState:
    outcomes = [ruling.outcome for ruling in rulings]
    admitted = _admitted(rulings)
    return SeatState(
        capacity=found.capacity,
        taken=found.taken + len(admitted),
        waiting=found.waiting - outcomes.count("promoted") + outcomes.count("waitlisted"),
        next_seq=found.next_seq + outcomes.count("confirmed") + outcomes.count("waitlisted"),
        taken_by=_seats_after(found, wishes, admitted),
    )


def _seats_after(found: SeatState, wishes: list[Claim], admitted: list[UUID]) -> dict[str, int]:
    seats = dict(found.taken_by)
    for c in {c.registration_id: c for c in (*_line(found), *wishes)}.values():
        if c.registration_id in admitted:
            seats[c.organisation_key] = seats.get(c.organisation_key, 0) + 1
    return seats


def _is_full(at_event: Rule, seats: dict[str, int], organisation: str) -> bool:
    quota = at_event.max_per_organisation
    return quota is not None and bool(organisation) and seats.get(organisation, 0) >= quota
