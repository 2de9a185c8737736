"""The database: engines for SQLite and PostgreSQL, and the unit of work."""

import threading
import time
import uuid
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Row,
    Select,
    Table,
    TypeDecorator,
    Update,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, SessionTransaction
from uuid_utils import compat as uuid_utils

from shared.rows import insert_together

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from shared.audit import AuditLog, Author, Changes, Subject
    from shared.messages.base import Message
    from shared.messaging.outbox import Outbox

Found = TypeVar("Found")

LOCK_TIMEOUT_MS = 2_000
STATEMENT_TIMEOUT_MS = 5_000
SQLITE_BUSY_MS = 10_000
IDLE_SECONDS = 1.0
LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's code for a lock that did not come within ``lock_timeout``."""

ALONE = "alone"
"""An execution option of SQLite's connections: the next query needs no transaction."""

JsonValue = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""Lists and dictionaries; None is NULL on both databases."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime. SQLite hands back naive ones; here they come back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone must not reach the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> uuid.UUID:
    """A UUIDv7 of the standard library's type: later ids sort behind earlier ones."""
    made: uuid.UUID = uuid_utils.uuid7()
    return made


def make_metadata() -> MetaData:
    """Metadata whose constraints have names, so that migrations can drop them on both databases."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def make_engine(url: str, *, pool_size: int = 20, ask_after: float = IDLE_SECONDS) -> Engine:
    """An engine that behaves alike on both databases; ``url`` as ``sqlite:///path`` or ``postgresql://…``.

    A connection to PostgreSQL that was not used for ``ask_after`` seconds is asked whether it still lives.
    """
    if url.startswith("sqlite"):
        return _sqlite_engine(url, pool_size)
    options = f"-c timezone=UTC -c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}"
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=pool_size,
        max_overflow=5,
        pool_use_lifo=True,  # the connection used last has its statements prepared
        hide_parameters=True,  # errors are logged, and parameters are people's
        connect_args={"options": options, "connect_timeout": 5},
    )
    _ask_whether_idle_connections_live(engine, ask_after)
    return engine


def _ask_whether_idle_connections_live(engine: Engine, ask_after: float) -> None:
    """As ``pool_pre_ping`` does, but not in the midst of work, where it would be a round trip for each transaction."""

    def note_use(_connection: Any, record: "ConnectionPoolEntry") -> None:
        record.info["used_at"] = time.monotonic()

    def ask(connection: Any, record: "ConnectionPoolEntry", _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used_at", 0.0) > ask_after and not _lives(engine, connection):
            raise DisconnectionError

    event.listen(engine, "checkin", note_use)
    event.listen(engine, "checkout", ask)


def _lives(engine: Engine, connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(connection))
    except engine.dialect.loaded_dbapi.Error:
        return False


def _sqlite_engine(url: str, pool_size: int) -> Engine:
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=5, hide_parameters=True, connect_args={"timeout": SQLITE_BUSY_MS / 1000}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: "DBAPIConnection", _record: "ConnectionPoolEntry") -> None:
    # The driver's own transaction mode keeps rows that a savepoint's rollback should drop.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={SQLITE_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    if connection.get_execution_options().get(ALONE):
        return
    # A deferred BEGIN that later writes fails with "database is locked" instead of waiting its turn.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _for_single_queries(engine: Engine) -> Engine:
    """The same engine without BEGIN and ROLLBACK around a query, which sees one state of the database by itself."""
    if engine.dialect.name == "sqlite":
        # Its AUTOCOMMIT would leave the connection in the driver's own mode.
        return engine.execution_options(**{ALONE: True})
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def passes(error: BaseException) -> bool:
    """Whether the same may succeed in a moment: a lock that did not come, a statement that took too long, a connection
    that was lost or not free."""
    if isinstance(error, PoolTimeoutError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    # SQLite raises the same for what does not pass, such as a table that is missing.
    return isinstance(error, OperationalError) and (_sqlite_code(error) is None or _is_sqlite_busy(error))


def waited_for_lock(error: BaseException) -> bool:
    """Whether it was a lock that did not come in time; nothing of the transaction has happened then."""
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE or _is_sqlite_busy(error)


def _is_sqlite_busy(error: OperationalError) -> bool:
    return (_sqlite_code(error) or "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _sqlite_code(error: OperationalError) -> str | None:
    return getattr(error.orig, "sqlite_errorname", None)


AfterCommit = Callable[[frozenset[str]], None]
"""Is told, after a commit, which kinds of work the transaction has left for others."""


def _wake_nobody(_work: frozenset[str]) -> None:
    """For tests and commands, where nobody waits in another thread."""


class Turns:
    """Lets the threads of a process write to SQLite one after the other.

    SQLite itself lets whoever waits sleep and try again, ever more seldom: under load some never have their turn.
    Another process, and whoever waits for too long here, is left to that.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether it is this thread's turn now; :meth:`end` it then."""
        return self._lock.acquire(timeout=SQLITE_BUSY_MS / 1000)

    def end(self) -> None:
        self._lock.release()


class WritingSession(Session):
    """A session that takes its turn before each of its transactions, where the database has turns."""


TURNS, HAS_TURN = "turns", "has_turn"


@event.listens_for(WritingSession, "after_transaction_create")
def _take_turn(session: Session, transaction: SessionTransaction) -> None:
    turns: Turns | None = session.info[TURNS]
    if turns is not None and transaction.parent is None:
        session.info[HAS_TURN] = turns.take()


@event.listens_for(WritingSession, "after_transaction_end")
def _end_turn(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None and session.info.pop(HAS_TURN, False):
        session.info[TURNS].end()


class Alone:
    """Writes without a session, and on PostgreSQL with one round trip instead of three."""

    def __init__(self, connection: Connection, turns: Turns | None, written: Callable[[], None]) -> None:
        self._connection = connection
        self._turns = turns
        self._written = written

    def write(self, statement: Update, parameters: Mapping[str, Any]) -> None:
        has_turn = self._turns is not None and self._turns.take()
        try:
            self._connection.execute(statement, parameters)
        finally:
            if self._turns is not None and has_turn:
                self._turns.end()
        self._written()


class Database:
    """One service's database. ``read()`` for looking, ``unit_of_work(now)`` for whatever may write."""

    def __init__(
        self,
        engine: Engine,
        outbox: "Outbox | None" = None,
        after_commit: "AfterCommit | None" = None,
        *,
        audit_log: "AuditLog | None" = None,
    ) -> None:
        self.engine = engine
        self.audit_log = audit_log
        self._writing = engine.execution_options(writing=True)
        self._alone = _for_single_queries(engine)
        self._outbox = outbox
        self._after_commit: AfterCommit = after_commit or _wake_nobody
        self._when_written: list[Callable[[], None]] = []
        self._turns = Turns() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for queries; nothing of it is kept."""
        with Session(self.engine, autoflush=False) as session:
            yield session

    def first_row(self, statement: Select[Any], parameters: Mapping[str, Any]) -> Row[Any] | None:
        """One row of one query, without session and transaction: a fraction of the cost, for what each request asks."""
        with self._alone.connect() as connection:
            return connection.execute(statement, parameters).first()

    @contextmanager
    def alone(self) -> Iterator["Alone"]:
        """For statements of which each is a transaction of its own, over one connection."""
        with self._alone.connect() as connection:
            yield Alone(connection, self._turns, lambda: self._committed(frozenset()))

    def unit_of_work(self, now: datetime) -> "UnitOfWork":
        session = WritingSession(self._writing, expire_on_commit=False, info={TURNS: self._turns})
        return UnitOfWork(session, now, self._outbox, self._committed, self.audit_log)

    def when_written(self, told: Callable[[], None]) -> None:
        """Call ``told`` after each commit of a unit of work, in its thread."""
        self._when_written.append(told)

    def _committed(self, work_left: frozenset[str]) -> None:
        for told in self._when_written:
            told()
        if work_left:
            self._after_commit(work_left)

    def close(self) -> None:
        self.engine.dispose()


class UnitOfWork:
    """One transaction: state and messages together, or neither. Leaving it without ``commit()`` rolls back."""

    def __init__(
        self,
        session: Session,
        now: datetime,
        outbox: "Outbox | None",
        after_commit: "AfterCommit",
        audit_log: "AuditLog | None",
    ) -> None:
        self.session = session
        self.now = now
        self._outbox = outbox
        self._after_commit = after_commit
        self._audit_log = audit_log
        self._last: dict[Table, list[Mapping[str, Any]]] = {}
        self._work_left: set[str] = set()
        self._read: dict[Hashable, Any] = {}
        self._prepared: Mapping[Hashable, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.session.close()

    def publish(self, schema: "type[Message]", aggregate_id: uuid.UUID, version: int, body: dict[str, Any]) -> None:
        """Lay a message into the outbox; it is validated now, written with the commit, and sent after it.

        ``body`` holds Python values (UUID, datetime); ``version`` is the aggregate's, or 0 for a fact.
        """
        if self._outbox is None:
            raise RuntimeError("this database has no outbox")
        self.write_last(self._outbox.table, [self._outbox.row(schema, aggregate_id, version, body, self.now)])
        self.wake("outbox")

    def audit(
        self,
        action: str,
        author: "Author",
        subject: "Subject",
        *,
        event_id: uuid.UUID | None = None,
        changes: "Changes | None" = None,
    ) -> None:
        """Note in the audit log what was done; ``action`` is one of the service's list. Written with the commit."""
        if self._audit_log is None:
            raise RuntimeError("this database has no audit log")
        row = self._audit_log.row(action, author, subject, event_id, changes, self.now)
        self.write_last(self._audit_log.table, [row])

    def write_last(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write with the commit what nothing else in this transaction reads: few statements, however much was done.

        The rows of a table have the same columns.
        """
        self._last.setdefault(table, []).extend(rows)

    def once(self, key: Hashable, read: Callable[[], Found]) -> Found:
        """What ``read`` gives, asked once in this transaction: for what is locked, or need not be newer than that."""
        if key not in self._read:
            self._read[key] = read()
        found: Found = self._read[key]
        return found

    def prepare(self, found: Mapping[Hashable, Any]) -> None:
        """What was asked for together, for several of whom each would ask for itself; it holds until the next call."""
        self._prepared = found

    def prepared(self, key: Hashable, read: Callable[[], Found]) -> Found:
        """What was prepared under this key; what ``read`` gives now, if nothing was."""
        found: Found = self._prepared[key] if key in self._prepared else read()
        return found

    def wake(self, work: str) -> None:
        """After the commit, wake whoever waits for this kind of work (``outbox``, ``mails``…)."""
        self._work_left.add(work)

    def write_all(self) -> None:
        """Write now what was left for the commit, where something in this transaction does read it."""
        last, self._last = self._last, {}
        insert_together(self.session, last)

    def commit(self) -> None:
        self.write_all()
        self.session.commit()
        work, self._work_left = frozenset(self._work_left), set()
        self._after_commit(work)
