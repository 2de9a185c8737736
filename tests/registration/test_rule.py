"""Which class of priority and which pool somebody is in."""

from datetime import UTC, datetime

import pytest

from services.registration.rule import Group, Pool, Rule, Traits, groups_from, pool_of, pools_from, priority_of

START = datetime(2027, 2, 10, 9, tzinfo=UTC)
MEMBERS = Group("membership")
BOARD = Group("question", question="role", answers=frozenset({"board", "chair"}))
SPEAKERS = Group("code", code="Impuls")

RULE = Rule(
    version=1,
    closes_at=START,
    moves_until=START,
    classes=(MEMBERS, BOARD),
    pools=(Pool(SPEAKERS, 2), Pool(MEMBERS, 1)),
)


@pytest.mark.parametrize(
    ("traits", "priority", "pool"),
    [
        (Traits(), 2, None),
        (Traits(member=True), 0, 1),
        (Traits(answers={"role": ["chair"]}), 1, None),
        (Traits(answers={"role": ["guest"], "other": ["chair"]}), 2, None),
        (Traits(member=True, answers={"role": ["board"]}), 0, 1),
        (Traits(code=" impuls "), 2, 0),
        (Traits(code="wrong"), 2, None),
        (Traits(member=True, code="IMPULS"), 0, 0),
    ],
)
def test_the_first_class_and_the_first_pool_that_fit_count(traits: Traits, priority: int, pool: int | None) -> None:
    assert (priority_of(RULE, traits), pool_of(RULE, traits)) == (priority, pool)


def test_a_group_without_a_code_is_not_entered_by_having_none() -> None:
    assert not Group("code").has(Traits())


def test_a_pool_is_released_on_the_moment_or_never() -> None:
    assert [Pool(MEMBERS, 1, START).is_released(moment) for moment in (START.replace(hour=8), START)] == [False, True]
    assert not Pool(MEMBERS, 1).is_released(START)


def test_groups_and_pools_are_read_from_what_a_snapshot_says() -> None:
    part = {"name": {"de": "Vorstand"}, "by": "question", "question": "role", "answers": ["board"], "code": None}
    assert groups_from([part]) == (Group("question", "role", frozenset({"board"})),)
    assert pools_from([{**part, "seats": 3, "released_at": START.isoformat()}]) == (
        Pool(Group("question", "role", frozenset({"board"})), 3, START),
    )
