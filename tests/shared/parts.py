"""A small service of its own for tests of the shared infrastructure: two ends with outbox and inbox."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Engine, MetaData, String, Table, Uuid

from shared.database import Database, make_metadata
from shared.messages.base import Envelope
from shared.messages.registration import SeatsChangedV1
from shared.messaging.inbox import Handler, Inbox, InboxTables, Preparation, inbox_tables
from shared.messaging.outbox import Outbox, TransportError, outbox_table
from shared.testing import TurnableClock

EVENT = uuid.UUID("018f0000-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class Tables:
    metadata: MetaData
    outbox: Table
    inbox: InboxTables
    notes: Table


def make_tables() -> Tables:
    metadata = make_metadata()
    notes = Table("notes", metadata, Column("id", Uuid, primary_key=True), Column("text", String(200), nullable=False))
    return Tables(metadata, outbox_table(metadata), inbox_tables(metadata), notes)


TABLES = make_tables()


def seats(confirmed: int = 1) -> dict[str, Any]:
    return {"event_id": EVENT, "capacity": 20, "confirmed": confirmed, "waiting": 0}


@dataclass
class End:
    """One service: ``registration`` publishes, ``catalogue`` receives."""

    name: str
    engine: Engine
    clock: TurnableClock
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    most_together: int = 1
    preparations: Mapping[str, Preparation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outbox = Outbox(TABLES.outbox, self.name)
        self.database = Database(self.engine, self.outbox)
        self.inbox = Inbox(
            self.database,
            TABLES.inbox,
            self.name,
            self.handlers,
            self.clock,
            most_together=self.most_together,
            preparations=self.preparations,
        )

    def publish_seats(self, version: int = 1, confirmed: int = 1) -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            uow.publish(SeatsChangedV1, EVENT, version, seats(confirmed))
            uow.commit()


@dataclass
class Pigeon:
    """A transport that keeps what it carries, and can be told to fail."""

    carried: list[Envelope] = field(default_factory=list)
    failing: bool = False
    refuses: int | None = None
    """The version of the message that it never takes."""

    def send(self, envelopes: Any) -> None:
        if self.failing:
            raise TransportError("grounded")
        taken = [envelope for envelope in envelopes if envelope.version != self.refuses]
        self.carried.extend(taken)
        if len(taken) < len(envelopes):
            refused = {e.message_id: "TooHeavy" for e in envelopes if e.version == self.refuses}
            raise TransportError("TooHeavy", sent=[e.message_id for e in taken], refused=refused)

    def keep_alive(self) -> None: ...

    def close(self) -> None: ...
