"""Waking workers at once: in one process by an event, between processes by NOTIFY. Polling is the fallback."""

import threading
from collections.abc import Callable
from typing import Protocol

import psycopg

from shared.logs import get_logger

log = get_logger(__name__)

CHANNEL = "reihe"
RECONNECT_SECONDS = 2.0


class Wakeup(Protocol):
    def notify(self, work: frozenset[str]) -> None:
        """Say that there is work of these kinds. Never raises, never blocks for long."""

    def subscribe(self, work: str, wake: Callable[[], object]) -> None:
        """Call ``wake`` whenever there may be work of this kind."""

    def close(self) -> None: ...


class LocalWakeup:
    """Everything is in this process."""

    def __init__(self) -> None:
        self._subscribers: dict[str, list[Callable[[], object]]] = {}

    def notify(self, work: frozenset[str]) -> None:
        for kind in work:
            for wake in self._subscribers.get(kind, ()):
                wake()

    def subscribe(self, work: str, wake: Callable[[], object]) -> None:
        self._subscribers.setdefault(work, []).append(wake)

    def close(self) -> None:
        self._subscribers.clear()


class PostgresWakeup:
    """NOTIFY on an autocommit connection of its own, coalesced; LISTEN as soon as somebody subscribes.

    A NOTIFY inside the booking transaction would take a database-wide lock at each commit.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._local = LocalWakeup()
        self._pending: set[str] = set()
        self._condition = threading.Condition()
        self._closed = threading.Event()
        self._threads: dict[str, threading.Thread] = {}

    def notify(self, work: frozenset[str]) -> None:
        with self._condition:
            self._pending |= work
            self._start("notifier", self._send_notifications)
            self._condition.notify()

    def subscribe(self, work: str, wake: Callable[[], object]) -> None:
        self._local.subscribe(work, wake)
        with self._condition:
            self._start("listener", self._listen)

    def close(self) -> None:
        self._closed.set()
        with self._condition:
            self._condition.notify_all()
        for thread in self._threads.values():
            thread.join(timeout=RECONNECT_SECONDS)

    def _start(self, name: str, target: Callable[[], None]) -> None:
        if name not in self._threads and not self._closed.is_set():
            self._threads[name] = threading.Thread(target=target, name=f"wakeup-{name}", daemon=True)
            self._threads[name].start()

    def _send_notifications(self) -> None:
        self._while_open(self._send_while_connected)

    def _send_while_connected(self, connection: psycopg.Connection) -> None:
        while not self._closed.is_set():
            with self._condition:
                while not self._pending and not self._closed.is_set():
                    self._condition.wait()
                work, self._pending = self._pending, set()
            for kind in work:
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, kind))

    def _listen(self) -> None:
        self._while_open(self._listen_while_connected)

    def _listen_while_connected(self, connection: psycopg.Connection) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        while not self._closed.is_set():
            for notification in connection.notifies(timeout=1.0):
                self._local.notify(frozenset({notification.payload}))

    def _while_open(self, use: Callable[[psycopg.Connection], None]) -> None:
        while not self._closed.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
                    use(connection)
            except psycopg.OperationalError as error:
                log.warning("wakeup_disconnected", error=type(error).__name__)
                self._closed.wait(RECONNECT_SECONDS)


def make_wakeup(database_url: str) -> Wakeup:
    return LocalWakeup() if database_url.startswith("sqlite") else PostgresWakeup(database_url)
