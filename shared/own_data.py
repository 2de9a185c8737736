"""What a service keeps of one person, for that person to take away (Art. 15 and 20 GDPR): JSON, a page, and files."""

import io
import json
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""Table → its rows about the person, values as JSON can hold them."""

HIDDEN = frozenset(
    {
        *("account_id", "author_id", "author_name", "door_link_id"),
        *("search_key", "sort_key", "organisation_key", "link_generation"),
        *("idempotency_key", "body_digest", "claimed_until", "available_at", "attempts", "request_id"),
    }
)
"""Columns that speak of somebody else, or only help the software to find and move what stands in the others."""


@dataclass(frozen=True, slots=True)
class About:
    """How a table's rows belong to a person: ``column`` is one of the ids, or values, that are known as ``key``."""

    column: str
    key: str


@dataclass(slots=True)
class OwnData:
    """``files`` are by their names inside the archive, which no person has chosen."""

    rows: Rows
    files: dict[str, bytes] = field(default_factory=dict)


def rows_about(
    session: Session, metadata: MetaData, about: Mapping[str, About], keys: Mapping[str, Collection[Any]]
) -> Rows:
    """All rows of these tables that belong to the person, in the order of their primary keys."""
    found: Rows = {}
    for name, link in about.items():
        table = metadata.tables[name]
        columns = [column for column in table.columns if column.name not in HIDDEN]
        query = select(*columns).where(table.c[link.column].in_(list(keys[link.key]))).order_by(*table.primary_key)
        found[name] = [dict(row._mapping) for row in session.execute(query)]
    return found


def take_files(data: OwnData, table: str, column: str, name_of: Callable[[Row], str]) -> None:
    """Move what a column holds as bytes into files; in its place stands the file's name."""
    for row in data.rows[table]:
        content = row.pop(column)
        if content is not None:
            row["file"] = f"files/{name_of(row)}"
            data.files[row["file"]] = bytes(content)


def as_json(data: OwnData) -> str:
    return json.dumps(data.rows, default=_as_json, ensure_ascii=False, indent=2) + "\n"


def in_words(value: Any) -> str:
    """A value for the readable page."""
    if value is None:
        return ""
    if isinstance(value, str | int | float | UUID):
        return str(value)
    return str(_as_json(value)) if isinstance(value, date) else json.dumps(value, default=_as_json, ensure_ascii=False)


def archive(data: OwnData, page: str) -> bytes:
    """``data.json``, ``data.html`` and the files, as one ZIP."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", as_json(data))
        file.writestr("data.html", page)
        for name, content in data.files.items():
            file.writestr(name, content)
    return packed.getvalue()


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
