"""The desk's threads: batches, hand-over, and what happens when something goes wrong. No database."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

import pytest

from services.registration.booking import Registered, Wish
from services.registration.desk import MOST_TURNS, Answer, Desks, Take
from services.registration.states import State
from shared.database import new_id
from shared.errors import BusyError, ReiheError
from shared.testing import eventually

EVENT, OTHER_EVENT = new_id(), new_id()


def answers_to(event_id: UUID, wishes: Sequence[Wish]) -> list[Answer]:
    return [Registered(wish.registration_id, event_id, State.CONFIRMED, None) for wish in wishes]


@dataclass
class Counter:
    """Serves batches when a test lets it. What it does with the nth batch can be set beforehand."""

    deeds: dict[int, Callable[[UUID, Sequence[Wish]], list[Answer]]] = field(default_factory=dict)
    batches: list[list[str]] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)
    leaders: list[int] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    began: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, takes: Mapping[UUID, Take]) -> dict[UUID, list[Answer]]:
        self.turns.append(len(takes))
        return {event_id: self.answer(event_id, take) for event_id, take in takes.items()}

    def answer(self, event_id: UUID, take: Take) -> list[Answer]:
        wishes = take()
        self.batches.append([wish.last_name for wish in wishes])
        self.leaders.append(threading.get_ident())
        number = len(self.batches)
        self.began.release()
        assert self.open.wait(20)
        return self.deeds.get(number, answers_to)(event_id, wishes)


@dataclass
class Crowd:
    """People who come one after the other, each in a thread."""

    desks: Desks
    threads: ThreadPoolExecutor

    def comes(self, name: str, event_id: UUID = EVENT) -> "Future[Registered]":
        """Returns once the wish lies on the desk, or was refused at once."""
        before = self.desks.waiting
        coming = self.threads.submit(self.desks.register, event_id, wish(name))
        eventually(lambda: self.desks.waiting > before or coming.done())
        return coming


def wish(name: str) -> Wish:
    return Wish("Ana", name, f"{name}@example.org", "de")


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def crowd(counter: Counter) -> Iterator[Crowd]:
    with ThreadPoolExecutor(20) as threads:
        yield Crowd(Desks(counter, most_waiting=12), threads)
        counter.open.set()


def test_desks_take_turns_and_those_that_wait_are_served_together(counter: Counter, crowd: Crowd) -> None:
    events = [new_id() for _ in range(MOST_TURNS + 3)]
    coming = [crowd.comes(str(number), event_id) for number, event_id in enumerate(events)]
    for _ in range(MOST_TURNS):
        assert counter.began.acquire(timeout=20)
    assert not counter.began.acquire(blocking=False)
    assert counter.turns == [1] * MOST_TURNS
    counter.open.set()
    assert [one.result(20).event_id for one in coming] == events
    assert counter.turns == [*[1] * MOST_TURNS, 3]


def test_whoever_was_to_be_served_by_a_thread_that_was_killed_takes_a_turn(counter: Counter, crowd: Crowd) -> None:
    def die(_event_id: UUID, _wishes: Sequence[Wish]) -> list[Answer]:
        raise LeaderDiedError

    counter.deeds[MOST_TURNS + 1] = die
    coming = [crowd.comes(str(number), new_id()) for number in range(MOST_TURNS + 3)]
    counter.open.set()
    results = [one.exception(20) for one in coming]
    assert sum(isinstance(result, LeaderDiedError) for result in results) == 1
    assert sum(result is None for result in results) == MOST_TURNS + 2
    assert crowd.desks.events == []


def test_a_desk_whose_leader_ended_while_it_waited_is_nobodys_turn(counter: Counter, crowd: Crowd) -> None:
    events = [new_id() for _ in range(MOST_TURNS + 2)]
    coming = [crowd.comes(str(number), event_id) for number, event_id in enumerate(events)]
    turn_ended = crowd.desks._turn_ended  # a thread cannot be ended from outside while it waits
    wait = turn_ended.wait

    def ended(timeout: float | None = None) -> bool:
        turn_ended.wait = wait  # type: ignore[method-assign]  # for the others
        raise LeaderDiedError

    turn_ended.wait = ended  # type: ignore[method-assign]  # for whoever comes next
    dying = crowd.threads.submit(crowd.desks.register, new_id(), wish("x"))
    with pytest.raises(LeaderDiedError):
        dying.result(20)
    counter.open.set()
    assert [one.result(20).event_id for one in coming] == events
    assert counter.turns == [*[1] * MOST_TURNS, 2]
    assert crowd.desks.events == []


def test_whoever_comes_alone_is_answered_at_once(counter: Counter, crowd: Crowd) -> None:
    counter.open.set()
    crowd.comes("a").result(20)
    crowd.comes("b").result(20)
    assert counter.batches == [["a"], ["b"]]


def test_whatever_comes_meanwhile_is_the_next_batch_in_the_order_of_arrival(counter: Counter, crowd: Crowd) -> None:
    coming = [crowd.comes(name) for name in "abcde"]
    counter.open.set()
    assert [future.result(20).state for future in coming] == ["confirmed"] * 5
    assert counter.batches == [["a"], ["b", "c", "d", "e"]]


def test_whoever_comes_while_the_lock_is_waited_for_is_in_the_same_batch() -> None:
    lock, batches = threading.Event(), []

    def serve(takes: Mapping[UUID, Take]) -> dict[UUID, list[Answer]]:
        assert lock.wait(20)
        ((event_id, take),) = takes.items()
        batches.append([wish.last_name for wish in take()])
        assert take() == take()
        return {event_id: answers_to(event_id, take())}

    with ThreadPoolExecutor(20) as threads:
        crowd = Crowd(Desks(serve, most_waiting=12), threads)
        coming = [crowd.comes(name) for name in "abc"]
        lock.set()
        assert [future.result(20).state for future in coming] == ["confirmed"] * 3
    assert batches == [["a", "b", "c"]]


def test_a_thread_serves_one_batch_and_hands_the_desk_to_the_first_that_waits(counter: Counter, crowd: Crowd) -> None:
    coming = [crowd.comes("a"), crowd.comes("b")]

    def meanwhile(event_id: UUID, wishes: Sequence[Wish]) -> list[Answer]:
        coming.append(crowd.comes("c"))
        return answers_to(event_id, wishes)

    counter.deeds[2] = meanwhile
    counter.open.set()
    eventually(lambda: len(counter.batches) == 3)
    assert [future.result(20).state for future in coming] == ["confirmed"] * 3
    assert counter.batches == [["a"], ["b"], ["c"]]
    assert all(one != next_one for one, next_one in pairwise(counter.leaders))


def test_events_do_not_wait_for_one_another(counter: Counter, crowd: Crowd) -> None:
    crowd.comes("a")
    crowd.comes("b", OTHER_EVENT)
    assert counter.began.acquire(timeout=20)
    assert counter.began.acquire(timeout=20)


def test_everybody_hears_what_their_own_wish_came_to(counter: Counter, crowd: Crowd) -> None:
    class OddError(Exception):
        pass

    counter.deeds[2] = lambda event_id, wishes: [OddError(), *answers_to(event_id, wishes[1:])]
    coming = [crowd.comes(name) for name in "abc"]
    counter.open.set()
    with pytest.raises(OddError):
        coming[1].result(20)
    assert coming[2].result(20).state == "confirmed"


class LeaderDiedError(BaseException):
    """As when the server ends a thread."""


def test_when_a_leader_is_killed_the_others_of_its_batch_are_served_by_the_next(counter: Counter, crowd: Crowd) -> None:
    def die(_event_id: UUID, _wishes: Sequence[Wish]) -> list[Answer]:
        raise LeaderDiedError

    counter.deeds[2] = die
    coming = [crowd.comes(name) for name in "abcd"]
    counter.open.set()
    with pytest.raises(LeaderDiedError):
        coming[1].result(20)
    assert [coming[number].result(20).state for number in (0, 2, 3)] == ["confirmed"] * 3
    assert counter.batches == [["a"], ["b", "c", "d"], ["c", "d"]]
    assert crowd.comes("e").result(20).state == "confirmed"


def test_whoever_nobody_takes_in_time_is_asked_to_come_again_and_is_not_registered_later(counter: Counter) -> None:
    impatient = Desks(counter, most_waiting=12, patience=0.01)
    with ThreadPoolExecutor(2) as threads:
        crowd = Crowd(impatient, threads)
        first, second = crowd.comes("a"), crowd.comes("b")
        with pytest.raises(BusyError):
            second.result(20)
        counter.open.set()
        assert first.result(20).state == "confirmed"
    assert counter.batches == [["a"]]


def test_a_wish_that_was_taken_is_waited_for_however_long_it_takes(counter: Counter) -> None:
    with ThreadPoolExecutor(4) as threads:
        crowd = Crowd(Desks(counter, most_waiting=12, patience=1), threads)

        def until_a_later_one_has_lost_patience(event_id: UUID, wishes: Sequence[Wish]) -> list[Answer]:
            with pytest.raises(BusyError):
                crowd.comes("d").result(20)
            return answers_to(event_id, wishes)

        counter.deeds[2] = until_a_later_one_has_lost_patience
        coming = [crowd.comes(name) for name in "abc"]
        counter.open.set()
        assert [future.result(20).state for future in coming] == ["confirmed"] * 3
    assert counter.batches == [["a"], ["b", "c"]]


def test_more_than_may_wait_are_sent_away_at_once_and_come_in_later(counter: Counter) -> None:
    with ThreadPoolExecutor(4) as threads:
        crowd = Crowd(Desks(counter, most_waiting=3), threads)
        coming = [crowd.comes("a"), crowd.comes("b"), crowd.comes("c", OTHER_EVENT)]
        with pytest.raises(BusyError):
            crowd.comes("d").result(20)
        counter.open.set()
        assert [future.result(20).state for future in coming] == ["confirmed"] * 3
        assert crowd.comes("d").result(20).state == "confirmed"


def test_a_refusal_is_raised_to_whoever_made_the_wish(counter: Counter, crowd: Crowd) -> None:
    refusal = BusyError("busy", "")  # type: ignore[arg-type]  # any refusal
    counter.deeds[1] = lambda _event_id, _wishes: [refusal]
    counter.open.set()
    with pytest.raises(ReiheError) as raised:
        crowd.comes("a").result(20)
    assert raised.value is refusal


def test_a_desk_that_nobody_uses_is_gone(counter: Counter, crowd: Crowd) -> None:
    counter.open.set()
    for event_id in (new_id() for _ in range(5)):
        crowd.comes("a", event_id).result(20)
    assert crowd.desks.events == []
    assert crowd.desks.waiting == 0
