"""Idempotency keys of staff's requests: the same key gives the first answer again."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, MetaData, String, Table, Uuid, delete, select
from sqlalchemy.orm import Session

from shared.database import UtcDateTime
from shared.errors import InvalidError
from shared.languages import text as _


def idempotency_table(metadata: MetaData) -> Table:
    return Table(
        "idempotency_keys",
        metadata,
        Column("scope", String(120), primary_key=True),
        Column("key", String(200), primary_key=True),
        Column("body_digest", String(64), nullable=False),
        Column("resource_id", Uuid, nullable=False),
        Column("created_at", UtcDateTime, nullable=False, index=True),
    )


def body_digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def remembered(session: Session, table: Table, scope: str, key: str, digest: str) -> UUID | None:
    """What the key made before; raises :class:`InvalidError` if it came with another body then."""
    row = session.execute(select(table).where(table.c.scope == scope, table.c.key == key)).first()
    if row is None:
        return None
    if row.body_digest != digest:
        raise InvalidError(
            "idempotency_key_reused", _("This Idempotency-Key was used for another request. Please use a new one.")
        )
    found: UUID = row.resource_id
    return found


def remember(
    session: Session, table: Table, scope: str, key: str, digest: str, resource_id: UUID, now: datetime
) -> None:
    values = {"scope": scope, "key": key, "body_digest": digest, "resource_id": resource_id, "created_at": now}
    session.execute(table.insert(), [values])


def forget(session: Session, table: Table, before: datetime) -> None:
    session.execute(delete(table).where(table.c.created_at < before))
