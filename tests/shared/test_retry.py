from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.retry import doubling

FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=2)


@given(st.integers(1, 10_000))
def test_each_wait_is_about_twice_the_last_until_the_longest(tries: int) -> None:
    middle = min(FIRST * 2 ** min(tries - 1, 20), LONGEST)
    assert middle * 0.75 <= doubling(FIRST, tries, LONGEST) <= middle * 1.25


def test_two_that_failed_together_do_not_come_back_together() -> None:
    assert len({doubling(FIRST, 3, LONGEST) for _ in range(20)}) > 1
