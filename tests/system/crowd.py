"""Many people who register at the same time, while something breaks."""

import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests

from shared.testing import eventually
from tests.system.acts import ask_to_register
from tests.system.harness import RunningSystem

PATIENCE_SECONDS = 90.0


@dataclass
class Crowd:
    """Who gets no answer, or hears that something is broken, asks again with the same idempotency key."""

    system: RunningSystem
    event_id: str
    size: int
    at_once: int = 4
    refusals: Counter[str] = field(default_factory=Counter)
    """What was answered instead of a place, by how often."""

    def __post_init__(self) -> None:
        mark = uuid.uuid4().hex[:8]
        self.addresses = [f"guest-{mark}-{number}@verein.example" for number in range(self.size)]
        self._threads = ThreadPoolExecutor(self.at_once)
        self._answers: list[Future[dict[str, Any]]] = []

    def begin(self) -> None:
        self._answers = [self._threads.submit(self._insist, address) for address in self.addresses]

    def _insist(self, address: str) -> dict[str, Any]:
        answer: dict[str, Any] = eventually(
            lambda: self._ask(address), within=PATIENCE_SECONDS, because=f"{address} is registered"
        )
        return answer

    def _ask(self, address: str) -> dict[str, Any] | None:
        try:
            answer = ask_to_register(self.system, self.event_id, address, key=address)
        except requests.RequestException as error:
            self.refusals[type(error).__name__] += 1
            return None
        if answer.status_code >= 500:
            self.refusals[str(answer.status_code)] += 1
            return None
        assert answer.status_code == 201, answer.text
        registered: dict[str, Any] = answer.json()
        return registered

    @property
    def registered(self) -> int:
        """How many have their answer."""
        return sum(answer.done() for answer in self._answers)

    def wait_for(self, count: int) -> None:
        """Until so many have their answer."""
        eventually(lambda: self.registered >= count, within=PATIENCE_SECONDS, because=f"{count} people are registered")

    def end(self) -> list[dict[str, Any]]:
        """The answers, once everybody has theirs."""
        answers = [answer.result() for answer in self._answers]
        self._threads.shutdown()
        return answers
