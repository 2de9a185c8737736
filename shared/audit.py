"""The audit log: who did what to what, written in the change's own transaction and never changed afterwards.

It holds ids, names of fields and values; those of people are masked. Staff and people's own acts stand here. What the
engine decided about seats stands in registration's log of decisions.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Index, MetaData, String, Table, Uuid, event, or_, select
from sqlalchemy.orm import Session

from shared.database import JsonValue, UtcDateTime, new_id
from shared.languages import Text
from shared.languages import text as _
from shared.logs import request_id
from shared.paging import DEFAULT_LIMIT, Page, page

Changes = dict[str, dict[str, Any]]
"""Field → ``{"before": .., "after": ..}``; either may be missing."""

LONGEST_VALUE = 120
"""Characters; of what is longer, or no plain value, only the field's name is kept."""
LONG = "…"
EXPORT_FIELDS: Mapping[str, Text] = {
    "act": _("Only acts"),
    "who": _("Only by"),
    "since": _("Since"),
    "until": _("Until"),
    "searched": _("Searched by name"),
}
"""What a table was narrowed to that somebody took away."""
ROWS_AT_A_TIME = 500


class AuthorKind(StrEnum):
    """Who may do something."""

    ACCOUNT = "account"
    PERSON = "person"
    VISITOR = "visitor"
    LINK = "link"
    COMMAND = "command"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Author:
    """Who did it: a member of staff, a person on their own page, somebody unknown, whoever has a link that staff made,
    a command, or the engine.
    """

    kind: AuthorKind
    id: uuid.UUID | None = None
    name: str = ""
    """Of a command or a link."""


VISITOR = Author(AuthorKind.VISITOR)
ENGINE = Author(AuthorKind.ENGINE)


def by_account(account_id: uuid.UUID) -> Author:
    return Author(AuthorKind.ACCOUNT, account_id)


def by_person(person_id: uuid.UUID) -> Author:
    return Author(AuthorKind.PERSON, person_id)


def by_link(link_id: uuid.UUID, name: str) -> Author:
    return Author(AuthorKind.LINK, link_id, name)


def by_command(name: str) -> Author:
    return Author(AuthorKind.COMMAND, name=name)


def author_of(actor: str) -> Author:
    """The author whom an account's id, or the name of a command, stands for."""
    try:
        return by_account(uuid.UUID(actor))
    except ValueError:
        return by_command(actor)


@dataclass(frozen=True, slots=True)
class Subject:
    """What it was done to."""

    kind: str
    id: uuid.UUID | None = None


def audit_table(metadata: MetaData) -> Table:
    """Ids rise with time, so that the primary key is the order of the log."""
    table = Table(
        "audit_log",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("at", UtcDateTime, nullable=False),
        Column("action", String(60), nullable=False),
        Column("author_kind", String(12), nullable=False),
        Column("author_id", Uuid),
        Column("author_name", String(60), nullable=False),
        Column("subject_kind", String(30), nullable=False),
        Column("subject_id", Uuid),
        Column("event_id", Uuid),
        Column("request_id", String(64), nullable=False),
        Column("changes", JsonValue, nullable=False),
    )
    Index("ix_audit_log_event", table.c.event_id, table.c.id)
    Index("ix_audit_log_subject", table.c.subject_id, table.c.id)
    of_staff = table.c.author_kind == AuthorKind.ACCOUNT.value
    Index("ix_audit_log_author", table.c.author_id, table.c.id, postgresql_where=of_staff, sqlite_where=of_staff)
    event.listen(table, "after_create", _after_create)
    return table


def _after_create(_table: Table, connection: Connection, **_options: Any) -> None:
    make_append_only(connection)


def make_append_only(connection: Connection) -> None:
    """On PostgreSQL, let the database itself refuse to change or delete what stands in the log.

    Only retention, which says so in its transaction, may delete from it.
    """
    if connection.dialect.name != "postgresql":
        return
    for statement in _APPEND_ONLY:
        connection.exec_driver_sql(statement)


_APPEND_ONLY = (
    """
    CREATE OR REPLACE FUNCTION refuse_to_change_audit_log() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF TG_OP = 'DELETE' AND current_setting('reihe.audit_retention', true) = 'on' THEN RETURN NULL; END IF;
      RAISE EXCEPTION 'the audit log is append-only';
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit_log()
    """,
)


@dataclass(frozen=True)
class AuditLog:
    """One service's audit log. ``actions`` are the codes of what can be done there, with their names for people."""

    table: Table
    actions: Mapping[str, Text]

    def row(
        self,
        action: str,
        author: Author,
        subject: Subject,
        event_id: uuid.UUID | None,
        changes: Changes | None,
        now: datetime,
    ) -> dict[str, Any]:
        """A row for an executemany; raises ValueError for an action that is not listed."""
        if action not in self.actions:
            raise ValueError(f"the audit log knows no action {action}")
        return {
            "id": new_id(),
            "at": now,
            "action": action,
            "author_kind": author.kind.value,
            "author_id": author.id,
            "author_name": author.name,
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "event_id": event_id,
            "request_id": request_id.get(),
            "changes": changes or {},
        }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """The fields whose values differ, shortened and masked."""
    names = [*before, *(name for name in after if name not in before)]
    sides = {"before": before, "after": after}
    return {
        name: {side: shown(name, values[name]) for side, values in sides.items() if name in values}
        for name in names
        if before.get(name) != after.get(name)
    }


def added(**values: Any) -> Changes:
    """What is new."""
    return differences({}, values)


def shown(name: str, value: Any) -> Any:
    """What of a field's value may stand in the log: a plain short value as it is, people's masked."""
    if value and name in _MASKS:
        return _MASKS[name](str(value))
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset) and all(isinstance(item, str) for item in value):
        value = ", ".join(sorted(value))
    plain = isinstance(value, str | uuid.UUID) and len(str(value)) <= LONGEST_VALUE
    return str(value) if plain else LONG


def masked_name(name: str) -> str:
    """``Ana Novak`` → ``A… N…``."""
    return " ".join(f"{part[0]}{LONG}" for part in name.split())


def masked_email(address: str) -> str:
    """``ana@verein.example`` → ``a…@v….example``."""
    local, _at, domain = address.rpartition("@")
    host, dot, ending = domain.rpartition(".")
    return f"{local[:1]}{LONG}@{(host or ending)[:1]}{LONG}{dot}{ending if host else ''}"


_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": masked_name,
    "first_name": masked_name,
    "last_name": masked_name,
    "email": masked_email,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the log; what is None or empty is not filtered by. ``since`` and ``until`` bound the time, the latter
    excluded. ``about`` are subjects or events, of which nothing fits an empty collection. ``of_events`` leaves out what
    concerns neither an event nor a series."""

    action: str = ""
    author_kind: str = ""
    author_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None
    event_id: uuid.UUID | None = None
    about: Collection[uuid.UUID] | None = None
    since: datetime | None = None
    until: datetime | None = None
    of_events: bool = False


def entries_page(
    session: Session, log: AuditLog, wanted: Wanted, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Any]:
    """Rows of the log, the newest first."""
    table = log.table
    query = select(table.c.id).where(*_conditions(table, wanted))
    found = page(session, query, [table.c.id], lambda key: [key], limit=limit, cursor=cursor, descending=True)
    rows = session.execute(select(table).where(table.c.id.in_(found.items)).order_by(table.c.id.desc())).all()
    return Page(list(rows), found.next_cursor)


def entries(session: Session, log: AuditLog, wanted: Wanted) -> Iterator[Sequence[Any]]:
    """All rows that fit, the newest first, some hundreds at a time."""
    cursor: str | None = None
    while True:
        found = entries_page(session, log, wanted, limit=ROWS_AT_A_TIME, cursor=cursor)
        yield found.items
        cursor = found.next_cursor
        if cursor is None:
            return


def _conditions(table: Table, wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = table.c
    conditions = [
        columns[name] == value
        for name in ("action", "author_kind", "author_id", "subject_id", "event_id")
        if (value := getattr(wanted, name))
    ]
    if wanted.about is not None:
        conditions.append(or_(columns.subject_id.in_(wanted.about), columns.event_id.in_(wanted.about)))
    if wanted.since:
        conditions.append(columns.at >= wanted.since)
    if wanted.until:
        conditions.append(columns.at < wanted.until)
    if wanted.of_events:
        conditions.append(or_(columns.event_id.is_not(None), columns.subject_kind == "series"))
    return conditions
