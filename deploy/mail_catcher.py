"""A mail server that sends nothing on: each mail becomes a file. For trying out and for tests.

``python -m deploy.mail_catcher <folder> <port>``.
"""

import signal
import sys
import threading
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

LARGEST_MAIL = 32 * 1024 * 1024


class Folder:
    """Keeps mails as ``<moment>-<number>.eml``, so that their names sort as they came."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{next(self._numbers):06}"
        unfinished = self._folder / f"{name}.unfinished"
        unfinished.write_bytes(envelope.content)
        unfinished.rename(self._folder / f"{name}.eml")
        return "250 kept"


def mail_catcher(folder: Path, port: int) -> Controller:
    """Call its ``start()`` and ``stop()``."""
    return Controller(
        Folder(folder), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True, data_size_limit=LARGEST_MAIL
    )


def main(arguments: list[str]) -> None:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    catcher = mail_catcher(Path(arguments[0]), int(arguments[1]))
    catcher.start()
    stopping.wait()
    catcher.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
