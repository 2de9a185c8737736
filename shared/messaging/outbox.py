"""The outbox: messages are rows of the change's own transaction, and a relay moves them on."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.database import Database, JsonValue, UnitOfWork, UtcDateTime, new_id
from shared.logs import get_logger, request_id
from shared.messages.base import Envelope, Message, dumped
from shared.messaging.inbox import back_off
from shared.messaging.lease import claim

log = get_logger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 200


MAX_ATTEMPTS = 16
"""Of one message that is refused for a reason of its own: about three quarters of an hour."""


class TransportError(Exception):
    """Messages could not be handed over now; they stay in the outbox and are tried again, but for those ``sent``.

    ``refused`` says of single messages why: these are at fault themselves, and not a broker that is away.
    """

    def __init__(
        self, reason: str, *, sent: Collection[uuid.UUID] = (), refused: Mapping[uuid.UUID, str] | None = None
    ) -> None:
        super().__init__(reason)
        self.sent = frozenset(sent)
        self.refused = dict(refused or {})


class Transport(Protocol):
    def send(self, envelopes: Sequence[Envelope]) -> None:
        """Hand over all, confirmed, or raise :class:`TransportError`, which says what was confirmed all the same.

        A repeated message does no harm.
        """

    def keep_alive(self) -> None:
        """Is called when there is nothing to send."""

    def close(self) -> None: ...


def outbox_table(metadata: MetaData) -> Table:
    table = Table(
        "outbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("topic", String(80), nullable=False),
        Column("aggregate_id", Uuid, nullable=False),
        Column("version", Integer, nullable=False),
        Column("body", JsonValue),
        Column("request_id", String(64), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("claimed_until", UtcDateTime),
        Column("sent_at", UtcDateTime),
        Column("attempts", Integer, nullable=False),
        Column("available_at", UtcDateTime),
        Column("parked_at", UtcDateTime),
        Column("error", String(80)),
    )
    unsent = table.c.sent_at.is_(None)
    Index("ix_outbox_unsent", table.c.id, postgresql_where=unsent, sqlite_where=unsent)
    sent = table.c.sent_at.is_not(None)
    Index("ix_outbox_sent_at", table.c.sent_at, postgresql_where=sent, sqlite_where=sent)
    Index("ix_outbox_created_at", table.c.created_at)
    return table


@dataclass(frozen=True)
class Outbox:
    """One service's outbox."""

    table: Table
    service: str

    def row(
        self, schema: type[Message], aggregate_id: uuid.UUID, version: int, body: dict[str, Any], now: datetime
    ) -> dict[str, Any]:
        """A row to write; raises :class:`InvalidMessageError` if the body does not fit the schema."""
        if schema.publisher != self.service:
            raise ValueError(f"{schema.topic} is published by {schema.publisher}, not by {self.service}")
        return {
            "id": new_id(),
            "topic": schema.topic,
            "aggregate_id": aggregate_id,
            "version": version,
            "body": dumped(schema, body),
            "request_id": request_id.get(),
            "created_at": now,
            "attempts": 0,
        }

    def resend(self, database: Database, since: datetime, now: datetime) -> int:
        """Mark what was sent since then as unsent, where the body is still there; return how many."""
        table = self.table
        kept = (table.c.sent_at >= since) & table.c.body.is_not(None)
        with database.unit_of_work(now) as uow:
            result = uow.session.execute(update(table).where(kept).values(sent_at=None, claimed_until=None))
            uow.wake("outbox")
            uow.commit()
        return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult

    def forget(self, database: Database, before: datetime, now: datetime) -> None:
        """Delete what was sent before then: its body is no longer needed for a resend."""
        with database.unit_of_work(now) as uow:
            uow.session.execute(delete(self.table).where(self.table.c.sent_at < before))
            uow.commit()

    def oldest_unsent(self, session: Session) -> datetime | None:
        oldest: datetime | None = session.execute(
            select(func.min(self.table.c.created_at, type_=UtcDateTime())).where(
                self.table.c.sent_at.is_(None), self.table.c.parked_at.is_(None)
            )
        ).scalar_one()
        return oldest

    def parked(self, session: Session) -> list[Any]:
        """The messages that were refused too often to be tried again, oldest first."""
        return list(session.execute(select(self.table).where(self._is_parked).order_by(self.table.c.id)))

    def count_parked(self, session: Session) -> int:
        return session.execute(select(func.count()).select_from(self.table).where(self._is_parked)).scalar_one()

    @property
    def _is_parked(self) -> ColumnElement[bool]:
        """That it is unsent says the same once more, and finds the few rows by an index."""
        return self.table.c.sent_at.is_(None) & self.table.c.parked_at.is_not(None)

    def replay(self, database: Database, message_ids: Sequence[uuid.UUID], now: datetime) -> int:
        """Try parked messages again; return how many."""
        values = {"parked_at": None, "attempts": 0, "available_at": None, "error": None}
        return self._change_parked(database, now, message_ids, update(self.table).values(values))

    def discard(self, database: Database, message_ids: Sequence[uuid.UUID], now: datetime) -> int:
        """Give parked messages up for good; return how many."""
        return self._change_parked(database, now, message_ids, delete(self.table))

    def _change_parked(self, database: Database, now: datetime, ids: Sequence[uuid.UUID], statement: Any) -> int:
        with database.unit_of_work(now) as uow:
            result = uow.session.execute(statement.where(self.table.c.id.in_(ids), self._is_parked))
            uow.wake("outbox")
            uow.commit()
        return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult


OnSent = Callable[[UnitOfWork, Sequence[Envelope]], None]
"""Is told what was sent, in the transaction that marks it so; of a message that is sent once more, again."""


def nothing_more(_uow: UnitOfWork, _sent: Sequence[Envelope]) -> None:
    """For services where nothing follows from having sent a message."""


class Relay:
    """Moves rows of one outbox to the transport and marks them after its confirm."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        transport: Transport,
        clock: Clock,
        *,
        lease: timedelta = LEASE,
        on_sent: OnSent = nothing_more,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._transport = transport
        self._clock = clock
        self._lease = lease
        self._on_sent = on_sent

    def step(self) -> bool:
        """Send one batch. True if there may be more at once."""
        ids, envelopes = self._claim()
        if not envelopes:
            self._transport.keep_alive()
            return False
        try:
            self._transport.send(envelopes)
        except TransportError as error:
            unsent = [message_id for message_id in ids if message_id not in error.sent]
            log.warning("relay_delayed", error=str(error), messages=len(unsent))
            self._mark(unsent, claimed_until=None)
            self._postpone(error.refused)
            self._mark_as_sent([one for one in envelopes if one.message_id in error.sent])
            return len(ids) == BATCH and bool(error.sent or error.refused)
        self._mark_as_sent(envelopes)
        return len(ids) == BATCH

    def _claim(self) -> tuple[list[uuid.UUID], list[Envelope]]:
        table = self._outbox.table
        with self._database.unit_of_work(self._clock()) as uow:
            is_due = or_(table.c.available_at.is_(None), table.c.available_at <= uow.now)
            ready = table.c.sent_at.is_(None) & table.c.parked_at.is_(None) & is_due
            ids = claim(uow.session, table, ready, order_by=[table.c.id], limit=BATCH, lease=self._lease)
            rows = (
                uow.session.execute(select(table).where(table.c.id.in_(ids)).order_by(table.c.id)).all() if ids else ()
            )
            uow.commit()
        return ids, [self._envelope(row) for row in rows]

    def _envelope(self, row: Any) -> Envelope:
        return Envelope(
            message_id=row.id,
            topic=row.topic,
            source=self._outbox.service,
            aggregate_id=row.aggregate_id,
            version=row.version,
            time=row.created_at,
            request_id=row.request_id,
            body=row.body,
        )

    def _mark_as_sent(self, envelopes: Sequence[Envelope]) -> None:
        table, ids = self._outbox.table, [one.message_id for one in envelopes]
        with self._database.unit_of_work(self._clock()) as uow:
            uow.session.execute(update(table).where(table.c.id.in_(ids)).values(sent_at=uow.now))
            self._on_sent(uow, envelopes)
            uow.commit()

    def _mark(self, ids: Sequence[uuid.UUID], **values: datetime | None) -> None:
        with self._database.unit_of_work(self._clock()) as uow:
            uow.session.execute(update(self._outbox.table).where(self._outbox.table.c.id.in_(ids)).values(**values))
            uow.commit()

    def _postpone(self, refused: Mapping[uuid.UUID, str]) -> None:
        """Try them later and ever more seldom, so that those behind them are not held up; then park them."""
        table, now = self._outbox.table, self._clock()
        with self._database.unit_of_work(now) as uow:
            tried = uow.session.execute(select(table.c.id, table.c.attempts).where(table.c.id.in_(refused))).all()
            for message_id, attempts in tried:
                parked = attempts + 1 >= MAX_ATTEMPTS
                log.error("message_unsent", message_id=str(message_id), error=refused[message_id], parked=parked)
                uow.session.execute(
                    update(table)
                    .where(table.c.id == message_id)
                    .values(
                        attempts=attempts + 1,
                        available_at=now + back_off(attempts + 1),
                        parked_at=now if parked else None,
                        error=refused[message_id][:80],
                    )
                )
            uow.commit()

    def close(self) -> None:
        self._transport.close()
