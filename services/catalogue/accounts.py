"""Use cases: staff accounts, their roles and API tokens. The other services hear of each change."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import delete, func, select, true, update
from sqlalchemy.orm import Session

from services.catalogue.models import Account, ApiToken, SignIn
from services.catalogue.rules import refuse
from shared.audit import Changes, Subject, added, author_of, differences
from shared.database import Database, UnitOfWork
from shared.errors import ConflictError, NotFoundError
from shared.languages import text as _
from shared.logs import get_logger
from shared.messages.catalogue import AccountChangedV1
from shared.staff import ROLES, Staff, token_digest
from shared.text import normalised_email

log = get_logger(__name__)

SHORTEST_PASSWORD = 12
"""Characters."""
LONGEST_PASSWORD = 200
"""Characters; hashing something endless would be a way to keep the server busy."""

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id with what OWASP's password storage cheat sheet asks for at least: 19 MiB, two passes."""

NO_PASSWORD = ""
"""Of an account that cannot sign in with a password."""


class AccountDirectory:
    """The staff directory of catalogue itself, which needs no projection."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_id(self, account_id: UUID) -> Staff | None:
        with self._database.read() as session:
            account = session.get(Account, account_id)
            return account.as_staff() if account and account.active else None

    def by_token_digest(self, digest: str) -> Staff | None:
        query = select(ApiToken, Account).join(Account).where(ApiToken.digest == digest, Account.active)
        with self._database.read() as session:
            row = session.execute(query).first()
            return row.Account.as_staff(frozenset(row.ApiToken.scopes)) if row else None

    def names(self) -> Mapping[UUID, str]:
        query = select(Account.id, Account.name).order_by(Account.name, Account.id)
        with self._database.read() as session:
            return {row.id: row.name for row in session.execute(query)}


def hashed(password: str) -> str:
    """Takes about 20 ms: call it before the unit of work begins. Raises :class:`InvalidError` for a weak one."""
    if len(password) < SHORTEST_PASSWORD:
        refuse([("password", _("Please use at least %(shortest)d characters.", shortest=SHORTEST_PASSWORD))])
    if len(password) > LONGEST_PASSWORD:
        refuse([("password", _("Please use at most %(longest)d characters.", longest=LONGEST_PASSWORD))])
    return HASHER.hash(password)


def find_account(session: Session, account_id: UUID) -> Account:
    """Raises :class:`NotFoundError`."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFoundError("account_unknown", _("There is no such account."))
    return account


def account_by_email(session: Session, email: str) -> Account | None:
    return session.scalars(select(Account).where(Account.email == normalised_email(email))).first()


def all_accounts(session: Session) -> list[Account]:
    return list(session.scalars(select(Account).order_by(Account.name, Account.email)))


def add_account(
    uow: UnitOfWork, *, name: str, email: str, roles: Sequence[str], password_hash: str, actor: str
) -> Account:
    """``password_hash`` is :func:`hashed`'s. Raises :class:`InvalidError` for a known address or an unknown role."""
    if account_by_email(uow.session, email) is not None:
        refuse([("email", _("There is already an account with this address."))])
    account = Account(
        name=name,
        email=normalised_email(email),
        roles=_checked(roles),
        password_hash=password_hash,
        created_at=uow.now,
        active=True,
        epoch=0,
        version=0,
        tokens=[],
    )
    uow.session.add(account)
    note_change(uow, account, "account.added", actor, added(name=name, email=account.email, roles=account.roles))
    return account


def set_password(
    uow: UnitOfWork, account_id: UUID, password_hash: str, actor: str, *, stay: UUID | None = None
) -> Account:
    """Ends every sign-in of the account, but for the one with which its owner ``stay``s."""
    account = find_account(uow.session, account_id)
    account.password_hash = password_hash
    end_sign_ins(uow, account, but=stay)
    note_change(uow, account, "account.password_set", actor)
    return account


def set_roles(uow: UnitOfWork, account_id: UUID, roles: Sequence[str], actor: str) -> Account:
    """Raises :class:`InvalidError` for an unknown role, :class:`ConflictError` if no admin would be left."""
    account = find_account(uow.session, account_id)
    wanted = _checked(roles)
    if "admin" not in wanted:
        _keep_an_admin(uow, account)
    changes = differences({"roles": account.roles}, {"roles": wanted})
    account.roles = wanted
    note_change(uow, account, "account.roles_set", actor, changes)
    return account


def lock(uow: UnitOfWork, account_id: UUID, actor: str) -> Account:
    """Nobody comes in with the account or its API tokens any more. Raises :class:`ConflictError` for the last admin."""
    account = find_account(uow.session, account_id)
    _keep_an_admin(uow, account)
    account.active = False
    end_sign_ins(uow, account)
    note_change(uow, account, "account.locked", actor)
    return account


def unlock(uow: UnitOfWork, account_id: UUID, actor: str) -> Account:
    account = find_account(uow.session, account_id)
    account.active = True
    note_change(uow, account, "account.unlocked", actor)
    return account


def add_token(uow: UnitOfWork, account_id: UUID, name: str, scopes: Sequence[str], actor: str) -> str:
    """A new API token, which is shown once and cannot be read again. ``scopes`` are roles that it narrows to."""
    token = secrets.token_urlsafe(32)
    keep_token(uow, find_account(uow.session, account_id), name, scopes, token, actor)
    return token


def keep_token(uow: UnitOfWork, account: Account, name: str, scopes: Sequence[str], token: str, actor: str) -> ApiToken:
    """Let the account be used with this token."""
    if scopes:
        _checked(scopes)
    made = ApiToken(name=name, digest=token_digest(token), scopes=sorted(set(scopes)), created_at=uow.now)
    account.tokens.append(made)
    note_change(uow, account, "account.token_added", actor, added(token=name, scopes=made.scopes))
    return made


def revoke_token(uow: UnitOfWork, account_id: UUID, token_id: UUID, actor: str) -> None:
    """Raises :class:`NotFoundError`."""
    account = find_account(uow.session, account_id)
    token = next((token for token in account.tokens if token.id == token_id), None)
    if token is None:
        raise NotFoundError("token_unknown", _("There is no such API token."))
    account.tokens.remove(token)
    note_change(uow, account, "account.token_revoked", actor, differences({"token": token.name}, {}))


def announce_account(uow: UnitOfWork, account: Account) -> None:
    """Tell the other services how the account stands."""
    body = {
        "account_id": account.id,
        "name": account.name,
        "email": account.email,
        "roles": account.roles,
        "active": account.active,
        "epoch": account.epoch,
        "tokens": [{"digest": token.digest, "scopes": token.scopes} for token in account.tokens],
    }
    uow.publish(AccountChangedV1, account.id, account.version, body)


def note_change(uow: UnitOfWork, account: Account, what: str, actor: str, changes: Changes | None = None) -> None:
    """Tell the other services and the audit log that something about the account has changed."""
    account.version += 1
    uow.session.flush()
    announce_account(uow, account)
    uow.audit(what, author_of(actor), Subject("account", account.id), changes=changes)
    log.info(what.replace(".", "_"), account_id=str(account.id), actor=actor)


def end_sign_ins(uow: UnitOfWork, account: Account, *, but: UUID | None = None) -> None:
    """Sign the account out everywhere, ``but`` for one sign-in."""
    of_account = SignIn.account_id == account.id
    uow.session.execute(delete(SignIn).where(of_account, SignIn.id != but if but else true()))
    end_cookies(uow, account)


def end_cookies(uow: UnitOfWork, account: Account) -> None:
    """Make every browser ask for a new short cookie; only those whose sign-in is left get one."""
    account.epoch += 1
    uow.session.execute(update(SignIn).where(SignIn.account_id == account.id).values(epoch=account.epoch))


def _checked(roles: Iterable[str]) -> list[str]:
    wanted = set(roles)
    if not wanted:
        refuse([("roles", _("Please choose at least one role."))])
    if unknown := wanted - set(ROLES):
        refuse([("roles", _("There is no role %(role)s.", role=", ".join(sorted(unknown))))])
    return sorted(wanted)


def _keep_an_admin(uow: UnitOfWork, account: Account) -> None:
    if "admin" not in account.roles or not account.active:
        return
    others = uow.session.scalars(select(Account.roles).where(Account.active, Account.id != account.id))
    if not any("admin" in roles for roles in others):
        raise ConflictError("last_admin", _("This is the last account that may manage accounts."))


def is_empty(session: Session) -> bool:
    return session.scalar(select(func.count()).select_from(Account)) == 0
