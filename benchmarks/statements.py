"""How many SQL statements something takes, BEGIN and COMMIT left out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event as sqlalchemy_event

from shared.database import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The SQL statements that run meanwhile, without BEGIN and COMMIT."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    sqlalchemy_event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sqlalchemy_event.remove(database.engine, "before_cursor_execute", note)
