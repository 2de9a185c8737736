"""Whoever is asked to come again, for a lock did not come in time, does so."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from shared.database import waited_for_lock
from shared.errors import BusyError

TIMES_ASKED_AGAIN = 4

T = TypeVar("T")


def coming_again(act: Callable[[], T]) -> T:
    """What ``act`` returns, which is tried a few times: a machine that is slow may make many wait for one lock."""
    for _ in range(TIMES_ASKED_AGAIN):
        try:
            return act()
        except BusyError:
            continue
        except OperationalError as error:
            if not waited_for_lock(error):
                raise
    return act()
