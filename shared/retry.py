"""How long to wait before something is tried again."""

import random
from datetime import timedelta

MOST_DOUBLINGS = 12


def doubling(first: timedelta, tries: int, longest: timedelta) -> timedelta:
    """``first`` after one try, then doubled with each, up to ``longest``."""
    return jittered(min(first * 2 ** min(tries - 1, MOST_DOUBLINGS), longest))


def jittered(wait: timedelta) -> timedelta:
    """A quarter less or more, so that many do not come back at once."""
    return wait * random.uniform(0.75, 1.25)  # noqa: S311  # no secret
