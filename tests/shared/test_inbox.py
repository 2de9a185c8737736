import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from shared.database import UnitOfWork, new_id
from shared.errors import NotYetKnownError
from shared.logs import request_id
from shared.messages.base import Envelope, dumped
from shared.messages.registration import LinkRequestedV1, SeatsChangedV1
from shared.messaging import inbox as inbox_module
from shared.messaging.inbox import Handler, Received
from shared.testing import TurnableClock
from tests.conftest import EngineFor
from tests.shared.parts import EVENT, TABLES, End, seats

MakeReceiver = Callable[..., End]


@pytest.fixture(params=[1, 4], ids=["alone", "together"])
def make_receiver(
    request: pytest.FixtureRequest, engine_for: EngineFor, database_kind: str, clock: TurnableClock
) -> MakeReceiver:
    """Of a receiver that handles one message in a transaction, or up to four."""

    def make(handler: Handler, topic: str = "seats.changed.v1", name: str = "catalogue") -> End:
        engine = engine_for(database_kind, "receiver", TABLES.metadata)
        return End(name, engine, clock, {topic: handler}, request.param)

    return make


def note(uow: UnitOfWork, message: Received) -> None:
    uow.session.execute(insert(TABLES.notes).values(id=new_id(), text=f"{message.version}"))


def envelope(version: int = 1, **changes: object) -> Envelope:
    body = dumped(SeatsChangedV1, {**seats(), **changes})
    return Envelope(new_id(), "seats.changed.v1", "registration", EVENT, version, TurnableClock()(), "request-1", body)


def notes(end: End) -> list[str]:
    with end.database.read() as session:
        return sorted(session.scalars(select(TABLES.notes.c.text)))


def drain(end: End) -> None:
    while end.inbox.step():
        pass


def test_a_message_that_comes_twice_is_handled_once(make_receiver: MakeReceiver) -> None:
    receiver = make_receiver(note)
    message = envelope()
    receiver.inbox.store([message])
    receiver.inbox.store([message, message])
    drain(receiver)
    receiver.inbox.store([message])
    drain(receiver)
    assert notes(receiver) == ["1"]


def test_an_older_state_that_comes_late_is_ignored(make_receiver: MakeReceiver) -> None:
    receiver = make_receiver(note)
    receiver.inbox.store([envelope(version=3)])
    drain(receiver)
    receiver.inbox.store([envelope(version=2), envelope(version=3)])
    drain(receiver)
    assert notes(receiver) == ["3"]
    assert receiver.inbox.oldest_open() is None


def test_facts_are_handled_whatever_their_order(make_receiver: MakeReceiver) -> None:
    receiver = make_receiver(note, "link.requested.v1", "notifications")
    body = {
        "person_id": EVENT,
        "link_generation": 1,
        "name": "Olena",
        "email": "olena@example.org",
        "locale": "de",
        "events": [],
    }
    for _ in range(2):
        receiver.inbox.store(
            [
                Envelope(
                    new_id(),
                    "link.requested.v1",
                    "registration",
                    EVENT,
                    0,
                    TurnableClock()(),
                    "",
                    dumped(LinkRequestedV1, body),
                )
            ]
        )
    drain(receiver)
    assert notes(receiver) == ["0", "0"]


def test_a_newer_writers_added_field_is_tolerated(make_receiver: MakeReceiver) -> None:
    receiver = make_receiver(note)
    message = envelope()
    receiver.inbox.store(
        [
            Envelope(
                message.message_id,
                message.topic,
                message.source,
                EVENT,
                1,
                message.time,
                "",
                {**message.body, "standing_room": 5},
            )
        ]
    )
    drain(receiver)
    assert notes(receiver) == ["1"]


def test_the_effects_of_a_handler_that_fails_are_undone_and_it_is_tried_again(
    make_receiver: MakeReceiver, clock: TurnableClock
) -> None:
    failures = iter([True, False])

    def fails_once(uow: UnitOfWork, message: Received) -> None:
        note(uow, message)
        if next(failures):
            raise RuntimeError("the disk is full")

    receiver = make_receiver(fails_once)
    receiver.inbox.store([envelope()])
    drain(receiver)
    assert notes(receiver) == []
    clock.turn(seconds=2)
    drain(receiver)
    assert notes(receiver) == ["1"]


def test_of_messages_that_are_handled_together_only_the_one_that_fails_waits(
    make_receiver: MakeReceiver, clock: TurnableClock
) -> None:
    def refuses_three(uow: UnitOfWork, message: Received) -> None:
        note(uow, message)
        if message.version == 3:
            raise RuntimeError("poison")

    receiver = make_receiver(refuses_three)
    receiver.inbox.store([envelope(version) for version in (1, 2, 3, 4)])
    drain(receiver)
    assert notes(receiver) == ["1", "2", "4"]
    with receiver.database.read() as session:
        open_ = select(TABLES.inbox.messages).where(TABLES.inbox.messages.c.handled_at.is_(None))
        row = session.execute(open_).one()
    assert (row.version, row.attempts) == (3, 1)


def test_messages_are_handled_in_the_order_in_which_they_came_each_for_its_own_request(
    make_receiver: MakeReceiver,
) -> None:
    seen: list[tuple[int, str]] = []
    receiver = make_receiver(lambda _uow, message: seen.append((message.version, request_id.get())))
    receiver.inbox.store([replace(envelope(version), request_id=f"request-{version}") for version in range(1, 7)])
    drain(receiver)
    assert seen == [(version, f"request-{version}") for version in range(1, 7)]


def always_fails(_uow: UnitOfWork, _message: Received) -> None:
    raise RuntimeError("poison")


def exhaust(receiver: End, clock: TurnableClock) -> None:
    for _ in range(inbox_module.MAX_ATTEMPTS):
        drain(receiver)
        clock.turn(minutes=10)


def test_a_poison_message_is_parked_and_those_behind_it_are_handled(
    make_receiver: MakeReceiver, clock: TurnableClock
) -> None:
    def fails_for_version_1(uow: UnitOfWork, message: Received) -> None:
        if message.version == 1:
            raise RuntimeError("poison")
        note(uow, message)

    receiver = make_receiver(fails_for_version_1)
    receiver.inbox.store([envelope(version=1)])
    drain(receiver)
    receiver.inbox.store([envelope(version=2)])
    drain(receiver)
    assert notes(receiver) == ["2"]
    receiver = make_receiver(always_fails)
    receiver.inbox.store([envelope(version=5)])
    exhaust(receiver, clock)
    assert "poison" in receiver.inbox.parked()[-1].error


def test_a_parked_message_can_be_replayed(make_receiver: MakeReceiver, clock: TurnableClock) -> None:
    receiver = make_receiver(always_fails)
    receiver.inbox.store([envelope()])
    exhaust(receiver, clock)
    mended = make_receiver(note)
    (parked,) = mended.inbox.parked()
    assert mended.inbox.replay([parked.id]) == 1
    drain(mended)
    assert notes(mended) == ["1"]
    assert mended.inbox.parked() == []


def test_a_parked_message_can_be_discarded(make_receiver: MakeReceiver, clock: TurnableClock) -> None:
    receiver = make_receiver(always_fails)
    receiver.inbox.store([envelope()])
    exhaust(receiver, clock)
    (parked,) = receiver.inbox.parked()
    assert receiver.inbox.discard([parked.id]) == 1
    drain(receiver)
    assert receiver.inbox.parked() == []
    assert receiver.inbox.oldest_open() is None


def test_a_message_whose_forerunner_is_missing_waits_and_is_not_parked(
    make_receiver: MakeReceiver, clock: TurnableClock
) -> None:
    def knows_nothing(_uow: UnitOfWork, _message: Received) -> None:
        raise NotYetKnownError("event")

    receiver = make_receiver(knows_nothing)
    receiver.inbox.store([envelope()])
    exhaust(receiver, clock)
    exhaust(receiver, clock)
    assert receiver.inbox.parked() == []
    informed = make_receiver(note)
    clock.turn(minutes=10)
    drain(informed)
    assert notes(informed) == ["1"]


def finds_the_database_busy(_uow: UnitOfWork, _message: Received) -> None:
    raise OperationalError("UPDATE seats", {}, Exception("database is locked"))


def test_a_busy_database_is_no_fault_of_the_message(make_receiver: MakeReceiver, clock: TurnableClock) -> None:
    receiver = make_receiver(finds_the_database_busy)
    receiver.inbox.store([envelope()])
    exhaust(receiver, clock)
    exhaust(receiver, clock)
    poisoned = make_receiver(always_fails)
    drain(poisoned)
    assert poisoned.inbox.parked() == []
    clock.turn(minutes=10)
    mended = make_receiver(note)
    drain(mended)
    assert notes(mended) == ["1"]


def test_a_busy_database_is_left_in_peace_for_longer_and_longer(
    make_receiver: MakeReceiver, clock: TurnableClock
) -> None:
    tries = []

    def notes_the_time(uow: UnitOfWork, message: Received) -> None:
        tries.append(uow.now)
        finds_the_database_busy(uow, message)

    receiver = make_receiver(notes_the_time)
    receiver.inbox.store([envelope()])
    for _ in range(120):
        drain(receiver)
        clock.turn(seconds=1)
    assert 4 <= len(tries) <= 12
    assert tries[-1] - tries[-2] > 4 * (tries[1] - tries[0])


def test_a_failure_leaves_a_message_alone_that_another_worker_has_handled(make_receiver: MakeReceiver) -> None:
    other = make_receiver(note)

    def loses_its_lock(uow: UnitOfWork, _message: Received) -> None:
        uow.session.rollback()
        other.inbox.step()
        raise RuntimeError("the connection is gone")

    receiver = make_receiver(loses_its_lock)
    receiver.inbox.store([envelope()])
    drain(receiver)
    assert notes(other) == ["1"]
    with other.database.read() as session:
        row = session.execute(select(TABLES.inbox.messages)).one()
    assert (row.attempts, row.error) == (0, None)


def test_the_body_is_gone_once_the_message_is_handled(make_receiver: MakeReceiver) -> None:
    receiver = make_receiver(note)
    receiver.inbox.store([envelope()])
    drain(receiver)
    with receiver.database.read() as session:
        assert session.execute(select(TABLES.inbox.messages.c.body)).scalar_one() is None


def test_several_workers_share_the_inbox_without_handling_a_message_twice(make_receiver: MakeReceiver) -> None:
    receiver = make_receiver(note, "link.requested.v1", "notifications")
    body = dumped(
        LinkRequestedV1,
        {"person_id": EVENT, "link_generation": 1, "name": "", "email": "a@b.example", "locale": "de", "events": []},
    )
    moment = TurnableClock()()
    receiver.inbox.store(
        [Envelope(new_id(), "link.requested.v1", "registration", EVENT, n, moment, "", body) for n in range(40)]
    )
    threads = [threading.Thread(target=drain, args=(receiver,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain(receiver)
    assert sorted(notes(receiver), key=int) == [str(n) for n in range(40)]
