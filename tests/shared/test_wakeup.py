import threading
import uuid
from collections.abc import Iterator

import pytest

from shared.testing import eventually, postgresql_database
from shared.wakeup import LocalWakeup, PostgresWakeup, Wakeup, make_wakeup
from shared.worker import Loop


@pytest.fixture(params=["one process", "postgresql"])
def wakeups(request: pytest.FixtureRequest) -> Iterator[tuple[Wakeup, Wakeup]]:
    """Who notifies, and who listens: the same object in one process, two processes' objects otherwise."""
    if request.param == "one process":
        local = LocalWakeup()
        yield local, local
        return
    with postgresql_database(f"reihe_wakeup_{uuid.uuid4().hex[:8]}") as url:
        sender, listener = PostgresWakeup(url), PostgresWakeup(url)
        yield sender, listener
        sender.close()
        listener.close()


def test_who_subscribes_to_a_kind_of_work_is_woken_by_it(wakeups: tuple[Wakeup, Wakeup]) -> None:
    sender, listener = wakeups
    woken = threading.Event()
    listener.subscribe("mails", woken.set)

    def notified() -> bool:
        sender.notify(frozenset({"mails"}))
        return woken.wait(0.05)

    eventually(notified)


def test_who_subscribes_to_other_work_sleeps_on(wakeups: tuple[Wakeup, Wakeup]) -> None:
    sender, listener = wakeups
    mails, outbox = threading.Event(), threading.Event()
    listener.subscribe("mails", mails.set)
    listener.subscribe("outbox", outbox.set)

    def notified() -> bool:
        sender.notify(frozenset({"outbox"}))
        return outbox.wait(0.05)

    eventually(notified)
    assert not mails.is_set()


def test_a_database_that_is_away_does_not_disturb_who_notifies() -> None:
    wakeup = make_wakeup("postgresql://nobody@127.0.0.1:1/none")
    wakeup.notify(frozenset({"outbox"}))
    wakeup.close()


def test_a_loop_works_until_nothing_is_left_and_again_when_woken() -> None:
    left = [True, True, False]
    steps: list[int] = []

    def step() -> bool:
        steps.append(1)
        return left.pop(0) if left else False

    loop = Loop("test", step, every=3600)
    loop.start()
    eventually(lambda: len(steps) == 3)
    loop.wake()
    eventually(lambda: len(steps) == 4)
    loop.stop()


def test_a_loop_survives_a_step_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.worker.AFTER_FAILURE_SECONDS", 0.0)
    steps: list[int] = []

    def step() -> bool:
        steps.append(1)
        if len(steps) == 1:
            raise RuntimeError("the database is away")
        return False

    loop = Loop("test", step, every=0.01)
    loop.start()
    eventually(lambda: len(steps) >= 2)
    loop.stop()
