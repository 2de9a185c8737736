"""What all of notifications' tables share."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, Text, Uuid
from sqlalchemy.orm import DeclarativeBase

from services.notifications.actions import ACTIONS
from shared.audit import AuditLog, audit_table
from shared.database import UtcDateTime, make_metadata
from shared.idempotency import idempotency_table
from shared.messaging.inbox import inbox_tables
from shared.messaging.outbox import outbox_table
from shared.staff import staff_tables

metadata = make_metadata()

OUTBOX = outbox_table(metadata)
INBOX = inbox_tables(metadata)
AUDIT = AuditLog(audit_table(metadata), ACTIONS)
STAFF = staff_tables(metadata)
IDEMPOTENCY = idempotency_table(metadata)


class Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map = {datetime: UtcDateTime, UUID: Uuid, str: Text}  # noqa: RUF012  # SQLAlchemy reads it so


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that concern many rows."""
    return cast("Table", model.__table__)
