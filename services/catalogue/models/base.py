"""What all of catalogue's tables share."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from services.catalogue.actions import ACTIONS
from shared.audit import AuditLog, audit_table
from shared.database import JsonValue, make_metadata
from shared.idempotency import idempotency_table
from shared.messaging.inbox import inbox_tables
from shared.messaging.outbox import outbox_table

metadata = make_metadata()

OUTBOX = outbox_table(metadata)
INBOX = inbox_tables(metadata)
AUDIT = AuditLog(audit_table(metadata), ACTIONS)
IDEMPOTENCY = idempotency_table(metadata)

Facts = dict[str, Any]
"""Content as Python values (aware datetimes, UUIDs), by field name."""


class Base(DeclarativeBase):
    metadata = metadata


class FactsJson(TypeDecorator[Any]):
    """JSON that keeps datetimes and UUIDs what they are, at any depth."""

    impl = JsonValue
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> Any:
        return _encoded(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        return _decoded(value)


_READERS: dict[str, Callable[[str], Any]] = {"$instant": datetime.fromisoformat, "$id": UUID}


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$instant": value.isoformat()}
    if isinstance(value, UUID):
        return {"$id": str(value)}
    if isinstance(value, dict):
        return {key: _encoded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_encoded(inner) for inner in value]
    return value


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    for mark, reader in _READERS.items():
        if mark in value:
            return reader(value[mark])
    return {key: _decoded(inner) for key, inner in value.items()}
