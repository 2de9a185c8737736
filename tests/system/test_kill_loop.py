"""At moments that nobody chose, a process dies while people rush for seats: three times, and fifty in the long run."""

import random
from collections import Counter
from uuid import uuid4

import pytest

from tests.system.acts import SPRING_DAY, event_on, publish, settle
from tests.system.breakable import Breakable, breaks
from tests.system.crowd import Crowd
from tests.system.databases import end_leases
from tests.system.harness import RunningSystem

PEOPLE_PER_KILL = 20
AT_ONCE = 16

how_often = pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.long)])


def rush_with_deaths(system: RunningSystem, crowd: Crowd, names: list[str], kills: int) -> Counter[str]:
    """Which processes died, and how often. Each of them dies once before any dies again."""
    chance = random.Random(kills)
    order = names + [chance.choice(names) for _ in range(kills)]
    died: Counter[str] = Counter()
    crowd.begin()
    for number, name in enumerate(order[:kills], start=1):
        crowd.wait_for(number * crowd.size // (kills + 2))
        system.kill(name)
        system.start_again(name)
        died[name] += 1
    return died


def check_all_agree(system: RunningSystem, crowd: Crowd, *, seats: int) -> None:
    """The answers, the rows, the counters, the decisions and the outbox."""
    answers = crowd.end()
    states = Counter(answer["state"] for answer in answers)
    assert states == {"confirmed": seats, "waitlisted": crowd.size - seats}
    assert len({answer["id"] for answer in answers}) == crowd.size
    system.wait_until_ready()
    counted = system.get(f"/api/registration/v1/events/{crowd.event_id}").json()
    assert (counted["taken"], counted["waiting"]) == (seats, crowd.size - seats)
    end_leases(system)
    settle(system, crowd.event_id)
    assert "All promises are kept." in system.run("services.registration", "check")


def event_for(system: RunningSystem, *, seats: int) -> str:
    event = publish(system, event_on(SPRING_DAY, slug=f"vereinsrecht-{uuid4().hex[:8]}", capacity=seats))
    return str(event["id"])


@breaks
@how_often
def test_of_six_processes_on_postgresql_and_rabbitmq(breakable: Breakable, kills: int) -> None:
    system, size = breakable.system, kills * PEOPLE_PER_KILL
    crowd = Crowd(system, event_for(system, seats=size // 2), size, at_once=AT_ONCE)
    names = ["registration-web", "registration-worker", "notifications-worker"]
    died = rush_with_deaths(system, crowd, names, kills)
    check_all_agree(system, crowd, seats=size // 2)
    check_mails(system, crowd, most_copies=died["notifications-worker"])


@pytest.mark.xdist_group("one process")
@pytest.mark.parametrize("system", ["one process"], indirect=True)
@how_often
def test_of_the_one_process_on_sqlite(system: RunningSystem, kills: int) -> None:
    size = kills * PEOPLE_PER_KILL
    crowd = Crowd(system, event_for(system, seats=size // 2), size, at_once=AT_ONCE)
    rush_with_deaths(system, crowd, ["reihe"], kills)
    check_all_agree(system, crowd, seats=size // 2)
    check_mails(system, crowd, most_copies=0)


def check_mails(system: RunningSystem, crowd: Crowd, *, most_copies: int) -> None:
    """Everybody has one mail; a copy of it, with its Message-ID, only where its sender died."""
    counted = system.mails.counted(crowd.addresses)
    assert all(counted.values())
    assert sum(counted.values()) - len(counted) <= most_copies
    for address in (address for address, count in counted.items() if count > 1):
        assert len({mail["Message-ID"] for mail in system.mails.to(address)}) == 1
