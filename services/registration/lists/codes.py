"""Which sessions a scanned list is for, by the codes that stand on it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from shared.logs import get_logger

log = get_logger(__name__)

_READER = Path(__file__).with_name("code_reader.py")
_MOST_SECONDS = 60
_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ADDRESS = re.compile(rf"https?://[^/\s]+/organise/events/({_ID})/attendance/({_ID})", re.IGNORECASE)
"""As a list bears it; on which host is no matter, as an installation may have moved since."""

Named = tuple[UUID, UUID]
"""(event id, session id)."""


def named_on(content: bytes) -> list[Named]:
    """The sessions that codes in a PDF or picture name, known or not; none if nothing can be read."""
    found = (_ADDRESS.fullmatch(code) for code in _codes(content))
    return [(UUID(match[1]), UUID(match[2])) for match in found if match]


def _codes(content: bytes) -> list[str]:
    """Whatever goes wrong with a file, the organiser can still say where it belongs."""
    command = [sys.executable, "-I", str(_READER)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, check=True, timeout=_MOST_SECONDS)  # noqa: S603  # our own program
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        log.info("scan_unreadable", error=type(error).__name__, size=len(content))
        return []
    return [str(code) for code in json.loads(done.stdout)]
