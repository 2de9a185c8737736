"""Staff as every service knows them: roles, the check of a cookie's epoch or an API token, and the projection
that registration and notifications keep of catalogue's accounts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, Uuid, delete, select
from sqlalchemy.orm import Session

from shared.database import Database, JsonValue, UnitOfWork
from shared.messaging.inbox import Handler, Received, insert_for

ROLES = ("admin", "organiser", "needs", "door", "auditor")


@dataclass(frozen=True, slots=True)
class Staff:
    """A signed-in member of staff, or the holder of an API token."""

    account_id: UUID
    name: str
    email: str
    roles: frozenset[str]
    epoch: int = 0
    scopes: frozenset[str] = field(default_factory=frozenset)
    """Of an API token; empty means all that the roles allow."""

    def may(self, *roles: str) -> bool:
        """Whether one of the roles, or ``admin``, is theirs, and the API token does not narrow it away."""
        held = self.roles & self.scopes if self.scopes else self.roles
        return "admin" in held or not held.isdisjoint(roles)


class StaffDirectory(Protocol):
    """Where a service looks up who is asking. Locked accounts are not found, but have a name still."""

    def by_id(self, account_id: UUID) -> Staff | None: ...
    def by_token_digest(self, digest: str) -> Staff | None: ...
    def names(self) -> Mapping[UUID, str]: ...


def token_digest(token: str) -> str:
    """What is stored of an API token: SHA-256 in hex. The token is random, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class StaffTables:
    accounts: Table
    tokens: Table


def staff_tables(metadata: MetaData) -> StaffTables:
    accounts = Table(
        "staff_accounts",
        metadata,
        Column("account_id", Uuid, primary_key=True),
        Column("name", String(200), nullable=False),
        Column("email", String(320), nullable=False),
        Column("roles", JsonValue, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("epoch", Integer, nullable=False),
    )
    tokens = Table(
        "staff_tokens",
        metadata,
        Column("digest", String(64), primary_key=True),
        Column("account_id", Uuid, nullable=False, index=True),
        Column("scopes", JsonValue, nullable=False),
    )
    return StaffTables(accounts, tokens)


class ProjectedStaff:
    """The directory of a service that hears of accounts by ``account.changed``."""

    def __init__(self, database: Database, tables: StaffTables) -> None:
        self._database = database
        self._accounts = tables.accounts
        self._tokens = tables.tokens

    def by_id(self, account_id: UUID) -> Staff | None:
        with self._database.read() as session:
            return self._find(session, account_id)

    def by_token_digest(self, digest: str) -> Staff | None:
        with self._database.read() as session:
            token = session.execute(select(self._tokens).where(self._tokens.c.digest == digest)).first()
            return self._find(session, token.account_id, frozenset(token.scopes)) if token else None

    def names(self) -> Mapping[UUID, str]:
        columns = self._accounts.c
        with self._database.read() as session:
            rows = session.execute(select(columns.account_id, columns.name).order_by(columns.name, columns.account_id))
            return {row.account_id: row.name for row in rows}

    def _find(self, session: Session, account_id: UUID, scopes: frozenset[str] = frozenset()) -> Staff | None:
        table = self._accounts
        row = session.execute(select(table).where(table.c.account_id == account_id, table.c.active)).first()
        if row is None:
            return None
        return Staff(row.account_id, row.name, row.email, frozenset(row.roles), row.epoch, scopes)


def storing_accounts(tables: StaffTables) -> Handler:
    """The handler of ``account.changed.v1`` for a service that keeps the projection in these tables."""

    def store_account(uow: UnitOfWork, message: Received) -> None:
        body = message.body
        columns = ("account_id", "name", "email", "roles", "active", "epoch")
        account: dict[str, Any] = {column: body[column] for column in columns}
        insert = insert_for(uow.session.get_bind().dialect.name, tables.accounts)
        uow.session.execute(insert.on_conflict_do_update(index_elements=["account_id"], set_=account), [account])
        uow.session.execute(delete(tables.tokens).where(tables.tokens.c.account_id == body["account_id"]))
        tokens = [{**token, "account_id": body["account_id"]} for token in body["tokens"]]
        if tokens:
            uow.session.execute(tables.tokens.insert(), tokens)

    return store_account
