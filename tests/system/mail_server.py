"""A real SMTP server for tests: it keeps what it accepts, and can refuse, stay silent, or be away."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

from shared.testing import free_port

ACCEPTED = "250 Accepted"
LOOKS_EVERY_SECONDS = 0.01


class MailServer:
    """Listens on one port of 127.0.0.1. ``answer`` is what it says to each message (``250 …`` accepts)."""

    def __init__(self) -> None:
        self.answer = ACCEPTED
        self._port = free_port()
        self._silent = threading.Event()
        self._lock = threading.Lock()
        self._messages: list[bytes] = []
        self._asked = 0
        self._controller: Controller | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        with self._lock:
            self._asked += 1
            if self.answer.startswith("250"):
                self._messages.append(bytes(envelope.content))
        while self._silent.is_set():
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        return self.answer

    def messages(self) -> list[bytes]:
        with self._lock:
            return list(self._messages)

    @property
    def asked(self) -> int:
        """How many mails it was asked to accept so far."""
        with self._lock:
            return self._asked

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._port}"

    @contextmanager
    def accepting_in_silence(self) -> Iterator[None]:
        """Meanwhile it keeps what is sent, but nobody is told so."""
        self._silent.set()
        try:
            yield
        finally:
            self._silent.clear()

    def start(self) -> None:
        """Does nothing if it is there."""
        if self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self._port)
            self._controller.start()

    def stop(self) -> None:
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
