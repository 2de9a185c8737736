"""What a process keeps in memory because it costs much to make again."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Cache(Generic[Kept]):
    """Keeps the last things that were made; what was made longest ago goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Hashable, Kept] = {}
        self._lock = threading.Lock()
        self._making = threading.Lock()

    def get(self, key: Hashable) -> Kept | None:
        return self._kept.get(key)

    def get_or_make(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is not kept is made by one thread alone; those who want it too wait for that."""
        kept = self._kept.get(key)
        if kept is None:
            with self._making:
                kept = self._kept.get(key)
                if kept is None:
                    kept = make()
                    self.keep(key, kept)
        return kept

    def keep(self, key: Hashable, value: Kept) -> None:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
