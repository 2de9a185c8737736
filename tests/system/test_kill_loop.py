"""Twenty times, at moments that nobody chose, a process dies while people register."""

import random
from collections import Counter
from uuid import uuid4

import pytest

from tests.system.acts import SPRING_DAY, event_on, publish, settle
from tests.system.breakable import Breakable, breaks
from tests.system.crowd import Crowd
from tests.system.databases import end_leases
from tests.system.harness import RunningSystem

pytestmark = pytest.mark.long
KILLS = 20
SIZE = 400


def kill_at_random(system: RunningSystem, crowd: Crowd, names: list[str]) -> Counter[str]:
    """Which processes died, and how often."""
    chance = random.Random(20)
    died: Counter[str] = Counter()
    for number in range(1, KILLS + 1):
        crowd.wait_for(number * SIZE // (KILLS + 2))
        name = chance.choice(names)
        system.kill(name)
        system.start_again(name)
        died[name] += 1
    return died


@breaks
def test_of_six_processes_on_postgresql_and_rabbitmq(breakable: Breakable) -> None:
    system, event = breakable.system, breakable.event()
    crowd = Crowd(system, event["id"], size=SIZE)
    crowd.begin()
    died = kill_at_random(system, crowd, ["registration-web", "registration-worker", "notifications-worker"])
    assert {answer["state"] for answer in crowd.end()} == {"confirmed"}
    system.wait_until_ready()
    end_leases(system)
    settle(system, event["id"])
    assert "All promises are kept." in system.run("services.registration", "check")
    check_mails(system, crowd, most_copies=died["notifications-worker"])


@pytest.mark.xdist_group("one process")
@pytest.mark.parametrize("system", ["one process"], indirect=True)
def test_of_the_one_process_on_sqlite(system: RunningSystem) -> None:
    event = publish(system, event_on(SPRING_DAY, slug=f"vereinsrecht-{uuid4().hex[:8]}", capacity=1000))
    crowd = Crowd(system, event["id"], size=SIZE)
    crowd.begin()
    kill_at_random(system, crowd, ["reihe"])
    assert {answer["state"] for answer in crowd.end()} == {"confirmed"}
    system.wait_until_ready()
    end_leases(system)
    settle(system, event["id"])
    assert "All promises are kept." in system.run("services.registration", "check")
    check_mails(system, crowd, most_copies=0)


def check_mails(system: RunningSystem, crowd: Crowd, *, most_copies: int) -> None:
    """Everybody has one mail; a copy of it, with its Message-ID, only where its sender died."""
    counted = system.mails.counted(crowd.addresses)
    assert all(counted.values())
    assert sum(counted.values()) - len(counted) <= most_copies
    for address in (address for address, count in counted.items() if count > 1):
        assert len({mail["Message-ID"] for mail in system.mails.to(address)}) == 1
