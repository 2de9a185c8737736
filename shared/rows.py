"""Many rows at once: few statements and round trips, however many there are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    Dialect,
    Insert,
    Table,
    TableValuedAlias,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Rows = Sequence[Mapping[str, Any]]
Value = TypeVar("Value")


def rounded(values: Collection[Value]) -> list[Value]:
    """The values for an ``IN``, the last one again and again until their number is a power of two.

    So lists of any length make few different statements, which are compiled and prepared already.
    """
    listed = list(values)
    return listed + listed[-1:] * ((1 << (len(listed) - 1).bit_length()) - len(listed)) if listed else []


class _Texts(TypeDecorator[Collection[str]]):
    """Texts on their way to the database, as one JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> str:
        return orjson.dumps(list(value or ())).decode()


class _EachText(FunctionElement[str]):
    """A row for each text of a JSON list, in the column ``value``."""

    name = "each_text"
    inherit_cache = True


@compiles(_EachText, "postgresql")
def _on_postgresql(element: _EachText, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS JSON))"


@compiles(_EachText, "sqlite")
def _on_sqlite(element: _EachText, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


def each_text(parameter: str) -> TableValuedAlias:
    """A row for each of the texts that a statement is executed with under this name, in the column ``value``.

    For a subquery that looks for each of many values alone. PostgreSQL keeps the plan of a statement that it met while
    the table was empty, and there an ``IN`` of many reads the whole table as if it were a page. A subquery for one
    value uses its index from the first row on; and there is one statement for lists of any length.
    """
    return _EachText(bindparam(parameter, type_=_Texts())).table_valued("value")


def insert_rows(session: Session, table: Table, rows: Rows, *, unless_taken: str = "") -> int:
    """Write the rows, which have the same columns; how many were written.

    A row whose value of the column ``unless_taken`` is there already is left out. Each row holds all columns that the
    database gives no value itself; none may hold bytes. PostgreSQL takes them as one JSON text, which saves it a
    statement, and us a message, for each row.
    """
    names = tuple(rows[0])
    values: Any = rows
    if session.get_bind().dialect.name == "postgresql":
        statement, values = _insert_of_json(table, names, unless_taken), {"rows": _as_json(rows)}
    else:
        statement = _insert_each(table, unless_taken)
    written = session.execute(statement, values, execution_options={"preserve_rowcount": True})
    return int(written.rowcount)  # type: ignore[attr-defined]  # an INSERT's result is a CursorResult


def insert_together(session: Session, rows: Mapping[Table, Rows]) -> None:
    """Write rows of several tables, of which none refers to another; a table without rows is passed by.

    PostgreSQL takes all of them with one statement.
    """
    listed = {table: rows[table] for table in sorted(rows, key=lambda table: table.name) if rows[table]}
    if session.get_bind().dialect.name != "postgresql":
        for table, each in listed.items():
            insert_rows(session, table, each)
    elif listed:
        columns = tuple((table, tuple(each[0])) for table, each in listed.items())
        values = {_rows_of(table): _as_json(each) for table, each in listed.items()}
        session.execute(_inserts_of_json(columns), values)


def _rows_of(table: Table) -> str:
    return f"{table.name}_rows"


@cache
def _inserts_of_json(columns: tuple[tuple[Table, tuple[str, ...]], ...]) -> Insert:
    first, *others = (_insert_of_json(table, names, "", parameter=_rows_of(table)) for table, names in columns)
    return first.add_cte(*(other.cte(f"insert_{number}") for number, other in enumerate(others)))


@cache
def _insert_of_json(table: Table, names: tuple[str, ...], unless_taken: str, parameter: str = "rows") -> Insert:
    types: Any = literal_column(f"NULL::{table.fullname}")
    text: Any = cast(bindparam(parameter, type_=Text), postgresql.JSON)
    given = func.json_populate_recordset(types, text).table_valued(*names)
    insert = postgresql.insert(table).from_select(names, select(*given.c))
    return insert.on_conflict_do_nothing(index_elements=[unless_taken]) if unless_taken else insert


@cache
def _insert_each(table: Table, unless_taken: str) -> Insert:
    insert = sqlite.insert(table)
    return insert.on_conflict_do_nothing(index_elements=[unless_taken]) if unless_taken else insert


def _as_json(rows: Rows) -> str:
    try:
        return orjson.dumps(rows, default=_as_text, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()
    except orjson.JSONEncodeError as error:
        raise error.__cause__ or error from None


def _as_text(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a datetime without a time zone must not reach the database")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written with many rows")
