"""The inbox: a message is stored first, acknowledged, and then handled once, with retry, deferral and parking."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text, Uuid, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from shared.clock import Clock
from shared.database import Database, JsonValue, UnitOfWork, UtcDateTime
from shared.errors import NotYetKnownError
from shared.logs import get_logger, on_behalf_of
from shared.messages import REGISTRY
from shared.messages.base import Envelope, Message, loaded
from shared.retry import doubling, jittered

log = get_logger(__name__)

MAX_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=5)
LONGEST_DEFERRAL = timedelta(days=3)
"""A message whose forerunner has not come by then is parked."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as a handler sees it: the body holds Python values (UUID, aware datetime)."""

    message_id: UUID
    topic: str
    aggregate_id: UUID
    version: int
    time: datetime
    body: Mapping[str, Any]


Handler = Callable[[UnitOfWork, Received], None]
"""Handles one message in the unit of work that also marks it as handled. Doesn't commit.

May raise :class:`NotYetKnownError` to be called again later, as it is when the database is busy or away
(:class:`sqlalchemy.exc.OperationalError`); any other exception is retried, then parked.
"""

Preparation = Callable[[UnitOfWork, Sequence[Received]], Mapping[Hashable, Any]]
"""Asks at once for what the handlers of several messages will ask for (:meth:`UnitOfWork.prepared`).

The messages come one behind the other, and each is about another aggregate.
"""


@dataclass(frozen=True)
class InboxTables:
    messages: Table
    versions: Table


def inbox_tables(metadata: MetaData) -> InboxTables:
    messages = Table(
        "inbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("topic", String(80), nullable=False),
        Column("aggregate_id", Uuid, nullable=False),
        Column("version", Integer, nullable=False),
        Column("body", JsonValue),
        Column("request_id", String(64), nullable=False),
        Column("sent_at", UtcDateTime, nullable=False),
        Column("received_at", UtcDateTime, nullable=False),
        Column("available_at", UtcDateTime, nullable=False),
        Column("attempts", Integer, nullable=False, default=0),
        Column("handled_at", UtcDateTime),
        Column("parked_at", UtcDateTime),
        Column("error", Text),
    )
    open_ = messages.c.handled_at.is_(None) & messages.c.parked_at.is_(None)
    Index("ix_inbox_open", messages.c.available_at, messages.c.id, postgresql_where=open_, sqlite_where=open_)
    Index("ix_inbox_handled_at", messages.c.handled_at)
    parked = messages.c.parked_at.is_not(None)
    Index("ix_inbox_parked", messages.c.id, postgresql_where=parked, sqlite_where=parked)
    versions = Table(
        "inbox_versions",
        metadata,
        Column("aggregate", String(40), primary_key=True),
        Column("aggregate_id", Uuid, primary_key=True),
        Column("version", Integer, nullable=False),
    )
    return InboxTables(messages, versions)


def insert_for(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


class Inbox:
    """One service's inbox."""

    def __init__(
        self,
        database: Database,
        tables: InboxTables,
        service: str,
        handlers: Mapping[str, Handler],
        clock: Clock,
        *,
        most_together: int = 1,
        preparations: Mapping[str, Preparation] | None = None,
    ) -> None:
        """``most_together`` messages are handled in one transaction: more than one only where handlers hold no locks
        for which people wait. ``preparations`` are by topic, like handlers; topics may share one."""
        self._database = database
        self._messages = tables.messages
        self._versions = tables.versions
        self._service = service
        self._handlers = handlers
        self._clock = clock
        self._most_together = most_together
        self._preparations = preparations or {}

    def store(self, envelopes: list[Envelope]) -> None:
        """Keep the messages, durably; a second copy of one is ignored. After this they may be acknowledged."""
        now = self._clock()
        rows = [self._row(envelope, now) for envelope in envelopes]
        if not rows:
            return
        statement = insert_for(self._database.engine.dialect.name, self._messages).on_conflict_do_nothing()
        with self._database.unit_of_work(now) as uow:
            uow.session.execute(statement, rows)
            uow.wake("inbox")
            uow.commit()

    def _row(self, envelope: Envelope, now: datetime) -> dict[str, Any]:
        return {
            "id": envelope.message_id,
            "topic": envelope.topic,
            "aggregate_id": envelope.aggregate_id,
            "version": envelope.version,
            "body": dict(envelope.body),
            "request_id": envelope.request_id,
            "sent_at": envelope.time,
            "received_at": now,
            "available_at": now,
            "attempts": 0,
        }

    def step(self) -> bool:
        """Handle the next messages. True if there may be more at once."""
        now = self._clock()
        rows, error = self._attempt(now)
        if error is None:
            return bool(rows)
        if len(rows) == 1:
            self._postpone(rows[0], error, now)
            return True
        log.info("batch_failed", error=type(error).__name__, messages=len(rows))
        for row in rows:
            _alone, error = self._attempt(now, row.id)
            if error is not None:
                self._postpone(row, error, now)
        return True

    def _attempt(self, now: datetime, message_id: UUID | None = None) -> tuple[Sequence[Any], Exception | None]:
        """Handle the next messages in one transaction, or this one; what they were, and why nothing was done."""
        with self._database.unit_of_work(now) as uow:
            rows = self._next(uow, message_id)
            try:
                self._handle(uow, rows)
                uow.commit()
            except Exception as error:  # noqa: BLE001  # whatever a handler raises is recorded and tried again
                return rows, error
        return rows, None

    def _next(self, uow: UnitOfWork, message_id: UUID | None = None) -> Sequence[Any]:
        """The next messages, or this one if nobody else is at it."""
        table = self._messages
        query = select(table).where(
            table.c.handled_at.is_(None), table.c.parked_at.is_(None), table.c.available_at <= uow.now
        )
        if message_id is not None:
            query = query.where(table.c.id == message_id)
        query = query.order_by(table.c.available_at, table.c.id).limit(self._most_together)
        return uow.session.execute(query.with_for_update(skip_locked=True)).all()

    def _handle(self, uow: UnitOfWork, rows: Sequence[Any]) -> None:
        for run in self._runs(rows):
            self._hand_over(uow, run)
        if rows:
            self._mark(uow, [row.id for row in rows], handled_at=uow.now, body=None, error=None)

    def _runs(self, rows: Sequence[Any]) -> Iterator[list[Any]]:
        """The messages in their order, those together that are prepared together."""
        run: list[Any] = []
        for row in rows:
            if run and not self._goes_with(run, row):
                yield run
                run = []
            run.append(row)
        if run:
            yield run

    def _goes_with(self, run: Sequence[Any], row: Any) -> bool:
        preparation = self._preparations.get(row.topic)
        is_shared = preparation is not None and preparation is self._preparations.get(run[0].topic)
        return is_shared and all(other.aggregate_id != row.aggregate_id for other in run)

    def _hand_over(self, uow: UnitOfWork, run: Sequence[Any]) -> None:
        rows = self._new(uow, run)
        messages = [_received(row) for row in rows]
        preparation = self._preparations.get(run[0].topic)
        uow.prepare(preparation(uow, messages) if preparation and messages else {})
        for row, message in zip(rows, messages, strict=True):
            with on_behalf_of(row.request_id):
                self._handlers[row.topic](uow, message)
        # The next handlers find what these have added.
        uow.session.flush()

    def _new(self, uow: UnitOfWork, run: Sequence[Any]) -> list[Any]:
        """Those that are to be handled: all facts, and of states those that are newer than what is known."""
        is_fact = {row.topic: self._schema_of(row).delivery == "fact" for row in run}
        states = [row for row in run if not is_fact[row.topic]]
        newer = self._newer(uow, states) if states else set()
        return [row for row in run if is_fact[row.topic] or row.aggregate_id in newer]

    def _schema_of(self, row: Any) -> type[Message]:
        schema = REGISTRY.get(row.topic)
        if schema is None or row.topic not in self._handlers:
            raise LookupError(f"{self._service} has no handler for {row.topic}")
        return schema

    def _newer(self, uow: UnitOfWork, states: Sequence[Any]) -> set[UUID]:
        """Remember the versions, but for aggregates of which the same or a newer one was handled before; the others."""
        table = self._versions
        insert = insert_for(self._database.engine.dialect.name, table)
        newer = insert.on_conflict_do_update(
            index_elements=[table.c.aggregate, table.c.aggregate_id],
            set_={"version": insert.excluded.version},
            where=insert.excluded.version > table.c.version,
        ).returning(table.c.aggregate_id)
        versions = [
            {"aggregate": REGISTRY[row.topic].aggregate, "aggregate_id": row.aggregate_id, "version": row.version}
            # In one order, so that two workers never wait for each other.
            for row in sorted(states, key=lambda row: row.aggregate_id)
        ]
        return set(uow.session.scalars(newer, versions))

    def _postpone(self, row: Any, error: Exception, now: datetime) -> None:
        parked = _is_hopeless(row, error, now)
        # The text of an exception may hold personal values of the body; its kind may not.
        report = log.error if parked else log.warning
        report("message_postponed", message_id=str(row.id), topic=row.topic, error=type(error).__name__, parked=parked)
        with self._database.unit_of_work(now) as uow:
            self._mark(
                uow,
                [row.id],
                **_next_try(row, error, now),
                parked_at=now if parked else None,
                error=f"{type(error).__name__}: {error}"[:2000],
            )
            uow.commit()

    def _mark(self, uow: UnitOfWork, message_ids: Sequence[UUID], **values: object) -> None:
        """Unless one is handled: whoever lost its lock on the message must not undo what another worker did."""
        table = self._messages
        uow.session.execute(
            update(table).where(table.c.id.in_(message_ids), table.c.handled_at.is_(None)).values(**values)
        )

    def parked(self) -> list[Any]:
        """The parked messages, oldest first."""
        with self._database.read() as session:
            table = self._messages
            return list(session.execute(select(table).where(table.c.parked_at.is_not(None)).order_by(table.c.id)))

    def count_parked(self) -> int:
        table = self._messages
        with self._database.read() as session:
            return session.execute(
                select(func.count()).select_from(table).where(table.c.parked_at.is_not(None))
            ).scalar_one()

    def replay(self, message_ids: list[UUID]) -> int:
        """Hand parked messages to their handlers again; return how many."""
        return self._change_parked(
            message_ids, update(self._messages).values(parked_at=None, attempts=0, available_at=self._clock())
        )

    def discard(self, message_ids: list[UUID]) -> int:
        """Give parked messages up for good; return how many."""
        now = self._clock()
        return self._change_parked(
            message_ids, update(self._messages).values(parked_at=None, handled_at=now, body=None, error="discarded")
        )

    def _change_parked(self, message_ids: list[UUID], statement: Any) -> int:
        table = self._messages
        with self._database.unit_of_work(self._clock()) as uow:
            result = uow.session.execute(statement.where(table.c.id.in_(message_ids), table.c.parked_at.is_not(None)))
            uow.wake("inbox")
            uow.commit()
        return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult

    def forget(self, before: datetime) -> None:
        """Delete handled rows from before then: no copy of them can come any more."""
        with self._database.unit_of_work(self._clock()) as uow:
            uow.session.execute(delete(self._messages).where(self._messages.c.handled_at < before))
            uow.commit()

    def oldest_open(self) -> datetime | None:
        """When the oldest message came that is neither handled nor parked."""
        table = self._messages
        with self._database.read() as session:
            oldest: datetime | None = session.execute(
                select(func.min(table.c.received_at, type_=UtcDateTime())).where(
                    table.c.handled_at.is_(None), table.c.parked_at.is_(None)
                )
            ).scalar_one()
            return oldest


def _received(row: Any) -> Received:
    body = loaded(REGISTRY[row.topic], row.body)
    return Received(row.id, row.topic, row.aggregate_id, row.version, row.sent_at, body)


def _is_hopeless(row: Any, error: Exception, now: datetime) -> bool:
    if isinstance(error, OperationalError):
        return False
    if isinstance(error, NotYetKnownError):
        return bool(now - row.received_at > LONGEST_DEFERRAL)
    return bool(row.attempts + 1 >= MAX_ATTEMPTS)


def _next_try(row: Any, error: Exception, now: datetime) -> dict[str, object]:
    """A database that is busy or away is no fault of the message, so that is no attempt at it."""
    if isinstance(error, OperationalError):
        return {"available_at": now + _as_long_again(now - row.received_at)}
    attempts = row.attempts + 1
    return {"attempts": attempts, "available_at": now + back_off(attempts)}


def _as_long_again(waited: timedelta) -> timedelta:
    """Doubling like :func:`back_off`, but by what the message has waited, as there are no attempts to count."""
    return jittered(min(max(FIRST_RETRY, waited), LONGEST_RETRY))


def back_off(attempts: int) -> timedelta:
    """Before the next attempt at a message, on its way out or in."""
    return doubling(FIRST_RETRY, attempts, LONGEST_RETRY)
