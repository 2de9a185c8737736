"""A system of six processes of which a test may break any part."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.system.acts import SPRING_DAY, event_on, publish
from tests.system.broker import Broker, own_broker
from tests.system.databases import end_leases, end_waiting
from tests.system.harness import RunningSystem, six_processes
from tests.system.mail_server import ACCEPTED, MailServer

breaks = pytest.mark.xdist_group("breakable")
"""Marks tests that share the one breakable system."""


@dataclass
class Breakable:
    system: RunningSystem
    broker: Broker
    mail_server: MailServer

    def mend(self) -> None:
        """Start again whatever a test has left lying."""
        if not self.broker.is_running:
            self.broker.start()
        self.mail_server.answer = ACCEPTED
        self.mail_server.start()
        for name in self.system.commands.keys() - self.system.processes.keys():
            self.system.start_again(name)
        self.system.wait_until_ready()
        end_leases(self.system)
        end_waiting(self.system)

    def event(self) -> dict[str, Any]:
        """A new event with seats for everybody; whoever registers gets one mail."""
        return publish(self.system, event_on(SPRING_DAY, slug=f"vereinsrecht-{uuid4().hex[:8]}", capacity=1000))


@contextmanager
def breakable_system(folder: Path) -> Iterator[Breakable]:
    with (
        own_broker(folder / "broker") as broker,
        MailServer() as mail_server,
        six_processes(folder, amqp_url=broker.url, mail_server=mail_server) as system,
    ):
        yield Breakable(system, broker, mail_server)
