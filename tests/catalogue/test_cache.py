"""What a process keeps in memory."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.catalogue.cache import Cache


def test_what_was_made_longest_ago_goes_first() -> None:
    cache: Cache[int] = Cache(2)
    for number in range(3):
        cache.keep(number, number)
    assert [cache.get(number) for number in range(3)] == [None, 1, 2]


def test_what_many_want_at_once_is_made_once() -> None:
    cache: Cache[int] = Cache(2)
    together = threading.Barrier(8)
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    def want(_number: int) -> int:
        together.wait()
        return cache.get_or_make("page", make)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(want, range(8))) == [1] * 8


def test_what_could_not_be_made_is_tried_again() -> None:
    cache: Cache[int] = Cache(2)
    attempts = iter([ZeroDivisionError, None])

    def make() -> int:
        if error := next(attempts):
            raise error
        return 1

    with pytest.raises(ZeroDivisionError):
        cache.get_or_make("page", make)
    assert cache.get_or_make("page", make) == 1
