"""Migrations: Alembic per service, run by the ``migrate`` command under a lock so that two at once do no harm."""

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import command, context
from alembic.config import Config
from sqlalchemy import JSON, Connection, Engine, MetaData, text

LOCK_NUMBER = 7_345_011
"""PostgreSQL's advisory lock; any number that nobody else uses in these databases."""


def upgrade(engine: Engine, migrations: Path, metadata: MetaData) -> None:
    """Bring the database to the newest revision in ``migrations``."""
    with _locked(engine), engine.execution_options(writing=True).begin() as connection:
        command.upgrade(_config(migrations, metadata, connection), "head")


def check(engine: Engine, migrations: Path, metadata: MetaData) -> None:
    """Raise if the migrated database differs from the models."""
    with engine.begin() as connection:
        command.check(_config(migrations, metadata, connection))


def revise(engine: Engine, migrations: Path, metadata: MetaData, subject: str) -> None:
    """Write a new revision from the difference between the migrated database and the models."""
    with engine.begin() as connection:
        command.revision(_config(migrations, metadata, connection), subject, autogenerate=True)


def run_in_environment() -> None:
    """What each service's ``migrations/env.py`` calls."""
    config = context.config
    connection: Connection = config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=config.attributes["metadata"],
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=False,
        include_name=_is_ours,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Tables of SQLite's full-text search end like this (those beside them in a word more); no model describes them."""
    return kind != "table" or not re.search(r"_search(_[a-z]+)?$", name or "")


def _render(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Name our JSON type instead of spelling out both databases' own; False leaves the rest to Alembic."""
    is_json = kind == "type" and isinstance(getattr(item, "impl", item), JSON)
    return "shared.database.JsonValue" if is_json else False


def _config(migrations: Path, metadata: MetaData, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, metadata=metadata)
    return config


@contextmanager
def _locked(engine: Engine) -> Iterator[None]:
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(text("SET statement_timeout = 0; SET lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": LOCK_NUMBER})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": LOCK_NUMBER})
                connection.invalidate()  # its time-outs were changed
        return
    path = Path(f"{engine.url.database}.migrating")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
