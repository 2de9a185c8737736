"""What tests of every service need: programs that may be missing, databases, a clock to turn, waiting on conditions."""

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, MetaData, text

from shared.database import make_engine

POSTGRES_URL = os.environ.get("REIHE_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
AMQP_URL = os.environ.get("REIHE_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/%2F")
RABBITMQ_SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
"""Debian's program itself; the one in PATH changes the user."""
OWN_PORTS = range(10_000, 32_000)
"""Below those that systems give to connections, any of which would take the port of a server that is away."""
ROOT = Path(__file__).parents[1]


def _program(name: str) -> bool:
    return shutil.which(name) is not None


def _postgresql() -> bool:
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _rabbitmq() -> bool:
    try:
        socket.create_connection(("127.0.0.1", 5672), timeout=2).close()
    except OSError:
        return False
    return True


PRESENT: dict[str, Callable[[], bool]] = {
    "postgresql": _postgresql,
    "rabbitmq": _rabbitmq,
    "rabbitmqctl": lambda: _rabbitmq() and _program("rabbitmqctl"),
    "rabbitmq-server": Path(RABBITMQ_SERVER).exists,
    "chromium": lambda: _program("chromium"),
    "nginx": lambda: _program("nginx") or Path("/usr/sbin/nginx").exists(),
    "dovecot": lambda: Path("/usr/lib/dovecot/imap").exists(),
    "qpdf": lambda: _program("qpdf"),
    "poppler": lambda: _program("pdftotext"),
    "openssl": lambda: _program("openssl"),
    "systemd-analyze": lambda: _program("systemd-analyze"),
    "gcc": lambda: _program("gcc"),
    "libical": lambda: _program("gcc") and Path("/usr/include/libical/ical.h").exists(),
    "node_modules": (ROOT / "tests/node/node_modules").is_dir,
    "jsqr": (ROOT / "shared/web/static/jsqr.js").exists,
    "pgbench": lambda: _program("pgbench") or any(Path("/usr/lib/postgresql").glob("*/bin/pgbench")),
}


def require(name: str) -> None:
    """Skip the test where a program is missing; fail where it must be there (``REIHE_REQUIRE_SERVICES=1``)."""
    if not PRESENT[name]():
        if os.environ.get("REIHE_REQUIRE_SERVICES") == "1":
            pytest.fail(f"{name} is missing, and REIHE_REQUIRE_SERVICES=1")
        pytest.skip(f"{name} is missing on this machine")


def eventually(condition: Callable[[], Any], *, within: float = 20.0, because: str = "") -> Any:
    """The first true value of the condition; fails when the deadline has passed."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within} s: {because or condition}")
        time.sleep(0.02)


def free_port() -> int:
    """A port that stays free while its server is being started again."""
    while True:
        port = random.SystemRandom().choice(OWN_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class TurnableClock:
    """A clock that stands still until a test turns it."""

    moment: datetime = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def turn(self, **delta: float) -> datetime:
        self.moment += timedelta(**delta)
        return self.moment


@contextmanager
def postgresql_database(name: str, *, durable: bool = True) -> Iterator[str]:
    """The URL of a new, empty database, which is dropped afterwards.

    Without ``durable`` a COMMIT does not wait for the disk: no test pulls the server's plug, and on a busy disk a
    COMMIT may hold its locks for seconds.
    """
    require("postgresql")
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        if not durable:
            server.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    try:
        yield f"{POSTGRES_URL.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def engine_with_tables(url: str, metadata: MetaData) -> Iterator[Engine]:
    """An engine on an empty database with the metadata's tables made."""
    engine = make_engine(url, pool_size=5)
    try:
        with engine.execution_options(writing=True).begin() as connection:
            metadata.create_all(connection)
        yield engine
    finally:
        engine.dispose()


def empty_tables(engine: Engine, metadata: MetaData) -> None:
    """Delete all rows, for the next test."""
    with engine.execution_options(writing=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        else:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())


@contextmanager
def virtual_host(name: str) -> Iterator[str]:
    """The AMQP URL of a RabbitMQ virtual host of the test's own, made by ``rabbitmqctl`` and deleted afterwards."""
    require("rabbitmqctl")
    for arguments in (("add_vhost", name), ("set_permissions", "-p", name, "guest", ".*", ".*", ".*")):
        _rabbitmqctl(*arguments)
    try:
        yield f"{AMQP_URL.rsplit('/', 1)[0]}/{name}"
    finally:
        _rabbitmqctl("delete_vhost", name)


def _rabbitmqctl(*arguments: str) -> None:
    subprocess.run(["rabbitmqctl", "--quiet", *arguments], check=True, capture_output=True, timeout=60)  # noqa: S603, S607
