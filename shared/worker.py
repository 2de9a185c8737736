"""A worker: a few loops, each a thread that works while there is work and then waits to be woken."""

import random
import signal
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from shared.logs import get_logger

log = get_logger(__name__)

POLL_SECONDS = 2.0
AFTER_FAILURE_SECONDS = 2.0


class Part(Protocol):
    """Something that a worker starts and stops."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


class Loop:
    """Calls ``step`` until it says that nothing is left, then waits for :meth:`wake` or at most ``every`` seconds."""

    def __init__(self, name: str, step: Callable[[], bool], *, every: float = POLL_SECONDS) -> None:
        self._step = step
        self._every = every
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            if not self._step_safely():
                self._woken.wait(self._every * random.uniform(0.9, 1.1))  # noqa: S311  # spreads polls, no secret

    def _step_safely(self) -> bool:
        try:
            return self._step()
        except Exception as error:  # a database that is away must not end the worker
            log.exception("step_failed", loop=self._thread.name, error=type(error).__name__)
            self._stopping.wait(AFTER_FAILURE_SECONDS)
            return False


class Background:
    """Runs something that blocks until it is told to stop."""

    def __init__(self, name: str, run: Callable[[], None], stop: Callable[[], None]) -> None:
        self._stop = stop
        self._thread = threading.Thread(target=run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop()
        if self._thread.is_alive():
            self._thread.join(timeout=10)


class Worker:
    """All loops of one service."""

    def __init__(self, parts: Sequence[Part], close: Sequence[Callable[[], None]] = ()) -> None:
        self._parts = parts
        self._close = close

    def start(self) -> None:
        for part in self._parts:
            part.start()

    def stop(self) -> None:
        for part in self._parts:
            part.stop()
        for close in self._close:
            close()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; then finish what is under way."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        self.start()
        log.info("worker_started")
        stopping.wait()
        self.stop()
        log.info("worker_stopped")
