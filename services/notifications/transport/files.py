"""Mails as files, where no server is set: one ``.eml`` each, which any mail program opens."""

import os
from pathlib import Path

from services.notifications.mime import Envelope
from services.notifications.transport import UnreachableError


class FileTransport:
    """A mail that is sent again takes the place of its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, envelope: Envelope) -> None:
        target = self._folder / f"{envelope.name}.eml"
        unfinished = target.with_suffix(".unfinished")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(envelope.content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        except OSError as error:
            raise UnreachableError(f"{self._folder}: {error.strerror}") from error

    def close(self) -> None:
        """Nothing is open."""
