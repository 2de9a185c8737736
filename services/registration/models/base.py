"""What all tables share, and the tables of messaging and staff."""

from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Table, Text, Uuid
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.instrumentation import manager_of_class

from services.registration.actions import ACTIONS
from shared.audit import AuditLog, audit_table
from shared.database import UtcDateTime, make_metadata
from shared.messaging.inbox import inbox_tables
from shared.messaging.outbox import outbox_table
from shared.staff import staff_tables

metadata = make_metadata()


class Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map = {datetime: UtcDateTime, UUID: Uuid, str: Text}  # noqa: RUF012  # SQLAlchemy reads it so


OUTBOX = outbox_table(metadata)
INBOX = inbox_tables(metadata)
AUDIT = AuditLog(audit_table(metadata), ACTIONS)
STAFF = staff_tables(metadata)


def table(model: type[Base]) -> Table:
    """The model's table, for statements that touch many rows."""
    return cast("Table", model.__table__)


Model = TypeVar("Model", bound=Base)


def unkept(model: type[Model], /, **values: Any) -> Model:
    """An object for reading and for :func:`row`, that no session will ever know.

    The ORM notes each value of an object that it may have to write, which takes longer than all else about it.
    """
    made: Model = manager_of_class(model).new_instance()
    vars(made).update(values)
    return made


def row(made: Base) -> dict[str, Any]:
    """The values of an object that no session knows, for writing many of its kind with one statement."""
    values = vars(made)
    return {column.key: values[column.key] for column in table(type(made)).columns if column.key in values}
