"""What several messages need is asked for once, before the first of them is handled."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.database import UnitOfWork, new_id
from shared.messages.base import Envelope, dumped
from shared.messages.registration import LinkRequestedV1, SeatsChangedV1
from shared.messaging.inbox import Received
from shared.testing import TurnableClock
from tests.conftest import EngineFor
from tests.shared.parts import TABLES, End, seats

SEATS, LINK = "seats.changed.v1", "link.requested.v1"
FIRST, SECOND = sorted((new_id(), new_id()))


class Memory:
    """Notes what is prepared together, and what each handler finds."""

    def __init__(self, failing_version: int = 0) -> None:
        self.prepared: list[list[int]] = []
        self.handled: list[tuple[str, int, str]] = []
        self.failing_version = failing_version

    def prepare(self, _uow: UnitOfWork, messages: Sequence[Received]) -> Mapping[Hashable, Any]:
        versions = [message.version for message in messages]
        self.prepared.append(versions)
        if self.failing_version in versions:
            raise RuntimeError("poison")
        return {message.aggregate_id: "prepared" for message in messages}

    def handle(self, uow: UnitOfWork, message: Received) -> None:
        self.handled.append((message.topic, message.version, uow.prepared(message.aggregate_id, lambda: "asked")))


def receiver(memory: Memory, engine_for: EngineFor, database_kind: str, clock: TurnableClock) -> End:
    engine = engine_for(database_kind, "receiver", TABLES.metadata)
    return End("catalogue", engine, clock, dict.fromkeys((SEATS, LINK), memory.handle), 8, {SEATS: memory.prepare})


def about_seats(event_id: UUID, version: int) -> Envelope:
    body = dumped(SeatsChangedV1, {**seats(), "event_id": event_id})
    return Envelope(new_id(), SEATS, "registration", event_id, version, TurnableClock()(), "", body)


def a_link(person_id: UUID) -> Envelope:
    person = {"person_id": person_id, "link_generation": 1, "name": "", "email": "a@b.example", "locale": "de"}
    body = dumped(LinkRequestedV1, {**person, "events": []})
    return Envelope(new_id(), LINK, "registration", person_id, 0, TurnableClock()(), "", body)


def drain(end: End) -> None:
    while end.inbox.step():
        pass


def test_messages_in_a_row_are_prepared_together_and_handled_one_by_one(
    engine_for: EngineFor, database_kind: str, clock: TurnableClock
) -> None:
    memory = Memory()
    end = receiver(memory, engine_for, database_kind, clock)
    end.inbox.store([about_seats(SECOND, 1), about_seats(FIRST, 2)])
    drain(end)
    assert memory.prepared == [[1, 2]]
    assert memory.handled == [(SEATS, 1, "prepared"), (SEATS, 2, "prepared")]


def test_two_states_of_one_aggregate_are_prepared_one_after_the_other(
    engine_for: EngineFor, database_kind: str, clock: TurnableClock
) -> None:
    memory = Memory()
    end = receiver(memory, engine_for, database_kind, clock)
    end.inbox.store([about_seats(FIRST, 1), about_seats(SECOND, 2), about_seats(FIRST, 3)])
    drain(end)
    assert memory.prepared == [[1, 2], [3]]


def test_what_was_prepared_holds_for_its_messages_alone(
    engine_for: EngineFor, database_kind: str, clock: TurnableClock
) -> None:
    memory = Memory()
    end = receiver(memory, engine_for, database_kind, clock)
    end.inbox.store([about_seats(FIRST, 1), a_link(FIRST), about_seats(SECOND, 2)])
    drain(end)
    assert memory.prepared == [[1], [2]]
    assert memory.handled == [(SEATS, 1, "prepared"), (LINK, 0, "asked"), (SEATS, 2, "prepared")]


def test_an_older_state_is_not_even_prepared(engine_for: EngineFor, database_kind: str, clock: TurnableClock) -> None:
    memory = Memory()
    end = receiver(memory, engine_for, database_kind, clock)
    end.inbox.store([about_seats(FIRST, 5)])
    drain(end)
    end.inbox.store([about_seats(FIRST, 4), about_seats(SECOND, 6)])
    drain(end)
    assert memory.prepared == [[5], [6]]


@pytest.mark.parametrize("poisonous", [1, 2, 3])
def test_a_message_that_cannot_be_prepared_holds_up_no_other(
    engine_for: EngineFor, database_kind: str, clock: TurnableClock, poisonous: int
) -> None:
    memory = Memory(failing_version=poisonous)
    end = receiver(memory, engine_for, database_kind, clock)
    end.inbox.store([about_seats(new_id(), version) for version in (1, 2, 3)])
    drain(end)
    assert [version for _topic, version, _found in memory.handled] == [
        version for version in (1, 2, 3) if version != poisonous
    ]
    with end.database.read() as session:
        open_ = select(TABLES.inbox.messages).where(TABLES.inbox.messages.c.handled_at.is_(None))
        assert [(row.version, row.attempts) for row in session.execute(open_)] == [(poisonous, 1)]
