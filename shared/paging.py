"""Pages of a list by cursor: no page is skipped or repeated while rows come and go."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.database import UtcDateTime
from shared.errors import InvalidError
from shared.languages import text as _
from shared.text import has_control_characters

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    items: list[Row]
    next_cursor: str | None


def page(
    session: Session,
    query: Select[Any],
    order_by: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    key: Callable[[Any], Sequence[Any]],
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    descending: bool = False,
) -> Page[Any]:
    """One page of a query over one entity, sorted by ``order_by``, which must be unique together and never null.

    ``key`` gives an entity's values of these columns. Raises :class:`InvalidError` for a cursor that is not ours.
    """
    if cursor:
        row, last = tuple_(*order_by), tuple_(*_decode(cursor, order_by))
        query = query.where(row < last if descending else row > last)
    columns = [column.desc() if descending else column for column in order_by]
    found = list(session.scalars(query.order_by(*columns).limit(limit + 1)))
    more = len(found) > limit
    return Page(found[:limit], _encode(key(found[limit - 1])) if more else None)


def _encode(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([_tagged(value) for value in values]).encode()).rstrip(b"=").decode()


def _tagged(value: Any) -> list[Any]:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, UUID):
        return ["u", str(value)]
    return ["v", value]


_READERS: dict[str, Callable[[Any], Any]] = {"t": datetime.fromisoformat, "u": UUID, "v": lambda value: value}


def _decode(cursor: str, order_by: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        tagged = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_READERS[tag](value) for tag, value in tagged]
        if len(values) != len(order_by) or not all(map(_fits, values, order_by)):
            raise ValueError("another list's cursor")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidError("cursor_invalid", _("This cursor is not valid. Start again without one.")) from error
    return values


def _fits(value: Any, column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> bool:
    """Whether the database can compare the value with the column."""
    if isinstance(column.type, UtcDateTime):
        return isinstance(value, datetime) and value.tzinfo is not None
    return isinstance(value, column.type.python_type) and not has_control_characters(str(value))
