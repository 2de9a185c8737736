"""What keeps the calendars of systems that run in processes of their own."""

import os
from pathlib import Path

FOLDER = "REIHE_TEST_CALENDARS"
"""The variable of the environment that names the folder."""

_ROOT = Path(__file__).parents[3]


def environment() -> dict[str, str]:
    """For the processes of a system under test; nothing where nobody asks for their calendars."""
    if FOLDER not in os.environ:
        return {}
    return {FOLDER: os.environ[FOLDER], "PYTHONPATH": os.pathsep.join((str(_ROOT), str(Path(__file__).parent)))}
