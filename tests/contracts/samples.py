"""One golden sample per topic, as it travels. A change of a sample is a change of the contract."""

import json
from pathlib import Path
from typing import Any

from shared.messages.base import Envelope

FOLDER = Path(__file__).parent / "samples"


def sample(topic: str) -> Envelope:
    """The stored sample of a topic; raises FileNotFoundError if somebody forgot to write it."""
    return Envelope.from_cloudevent(read(topic))


def read(topic: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{topic}.json").read_text())
    return loaded
