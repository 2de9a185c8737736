"""Use cases: sign in, stay signed in while working, sign out, here or on another device.

A browser that proved who uses it holds a random token for 12 hours, which only ``/login`` sees. With it the short
cookie that all services check is renewed (:mod:`shared.web.sign_in`).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.catalogue import second_factor
from services.catalogue.accounts import (
    HASHER,
    LONGEST_PASSWORD,
    account_by_email,
    end_cookies,
    find_account,
    note_change,
)
from services.catalogue.models import Account, SignIn, SignInAttempt
from shared.audit import VISITOR, Subject, by_account
from shared.database import Database, UnitOfWork, new_id
from shared.errors import NotFoundError, TooManyError
from shared.languages import text as _
from shared.logs import get_logger
from shared.staff import Staff, token_digest
from shared.text import normalised_email
from shared.vault import Vault

log = get_logger(__name__)

LASTS = timedelta(hours=12)
MOST_ATTEMPTS = 8
ATTEMPTS_COUNT_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, by which sign-in, and the token for the browser's longer cookie, which lasts :data:`LASTS`."""

    staff: Staff
    sign_in_id: UUID
    token: str


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The password fits, and the account has a second factor: :func:`sign_in_with_code` comes next."""

    account_id: UUID
    epoch: int


def sign_in(
    database: Database, now: datetime, email: str, password: str, *, device: str = "", limited: bool = True
) -> SignedIn | CodeNeeded | None:
    """None if address and password do not fit, whichever of them is wrong.

    Opens its own units of work, for the password is hashed between them. The attempt is written down before, so that
    many at once are counted too. Raises :class:`TooManyError` after eight attempts in 15 minutes, unless not
    ``limited``.
    """
    address = normalised_email(email)
    with database.unit_of_work(now) as uow:
        attempt_id = _count_attempt(uow, address, limited=limited)
        account = account_by_email(uow.session, address)
        uow.commit()
    if not _fits(account, password) or account is None or not account.active:
        _note_refused(database, now, account)
        return None
    with database.unit_of_work(now) as uow:
        signed_in = _begin_unless_code_is_needed(uow, account.id, attempt_id, device)
        uow.commit()
    return signed_in


def sign_in_with_code(
    database: Database, now: datetime, needed: CodeNeeded, code: str, vault: Vault, *, device: str, limited: bool = True
) -> SignedIn | None:
    """The second step, with a code of the account's device or a recovery code. None if it does not fit.

    Raises :class:`TooManyError` as :func:`sign_in`, which counts the same attempts.
    """
    with database.unit_of_work(now) as uow:
        account = uow.session.get(Account, needed.account_id)
        if account is None:
            return None
        attempt_id = _count_attempt(uow, account.email, limited=limited)
        uow.commit()
    with database.unit_of_work(now) as uow:
        signed_in = _begin_with_code(uow, needed, code, vault, attempt_id, device)
        uow.commit()
    if signed_in is None:
        _note_refused(database, now, account)
    return signed_in


def knows_password(database: Database, now: datetime, account_id: UUID, password: str, *, limited: bool = True) -> bool:
    """Whether whoever is signed in types the account's password. Counts as an attempt to sign in, and raises as one."""
    with database.unit_of_work(now) as uow:
        account = find_account(uow.session, account_id)
        attempt_id = _count_attempt(uow, account.email, limited=limited)
        uow.commit()
    if not _fits(account, password):
        return False
    with database.unit_of_work(now) as uow:
        uow.session.delete(uow.session.get_one(SignInAttempt, attempt_id))
        uow.commit()
    return True


def renew(database: Database, now: datetime, token: str) -> SignedIn | None:
    """Who holds the browser's longer cookie, if it has not ended: for a new short cookie."""
    query = select(SignIn, Account).join(Account).where(SignIn.digest == token_digest(token), SignIn.expires_at > now)
    with database.read() as session:
        row = session.execute(query).first()
        if row is None or not row.Account.active or row.Account.epoch != row.SignIn.epoch:
            return None
        return SignedIn(row.Account.as_staff(), row.SignIn.id, token)


def sign_out(uow: UnitOfWork, token: str) -> None:
    """Forget this browser. Other browsers of the account stay signed in."""
    present = uow.session.scalars(select(SignIn).where(SignIn.digest == token_digest(token))).first()
    if present is not None:
        uow.session.delete(present)
        uow.audit("account.signed_out", by_account(present.account_id), Subject("account", present.account_id))


def sign_ins_of(session: Session, account_id: UUID, now: datetime) -> list[SignIn]:
    """Where the account is signed in, the newest first."""
    query = select(SignIn).where(SignIn.account_id == account_id, SignIn.expires_at > now)
    return list(session.scalars(query.order_by(SignIn.begun_at.desc(), SignIn.id.desc())))


def end(uow: UnitOfWork, account_id: UUID, sign_in_id: UUID, actor: str) -> None:
    """Sign one browser out, in all services at once. Raises :class:`NotFoundError`."""
    present = uow.session.get(SignIn, sign_in_id)
    if present is None or present.account_id != account_id:
        raise NotFoundError("sign_in_unknown", _("There is no such sign-in, or it has ended."))
    account = find_account(uow.session, account_id)
    uow.session.delete(present)
    uow.session.flush()
    end_cookies(uow, account)
    note_change(uow, account, "account.sign_in_ended", actor)


def _note_refused(database: Database, now: datetime, account: Account | None) -> None:
    with database.unit_of_work(now) as uow:
        uow.audit("account.sign_in_refused", VISITOR, Subject("account", account.id if account else None))
        uow.commit()
    log.info("sign_in_refused", account_id=str(account.id) if account else "")


def forget_old(uow: UnitOfWork) -> None:
    """Delete sign-ins that ended and attempts that no longer count."""
    uow.session.execute(delete(SignIn).where(SignIn.expires_at <= uow.now))
    uow.session.execute(delete(SignInAttempt).where(SignInAttempt.at <= uow.now - ATTEMPTS_COUNT_FOR))


def _count_attempt(uow: UnitOfWork, address: str, *, limited: bool) -> UUID:
    forget_old(uow)
    digest = hashlib.sha256(address.encode()).hexdigest()
    query = select(func.count()).where(SignInAttempt.address_digest == digest)
    if limited and (uow.session.scalar(query) or 0) >= MOST_ATTEMPTS:
        raise TooManyError("too_many_attempts", _("Too many attempts. Please wait a quarter of an hour."))
    attempt = SignInAttempt(address_digest=digest, at=uow.now)
    uow.session.add(attempt)
    uow.session.flush()
    return attempt.id


def _begin_unless_code_is_needed(
    uow: UnitOfWork, account_id: UUID, attempt_id: UUID, device: str
) -> SignedIn | CodeNeeded | None:
    account = uow.session.get(Account, account_id)
    if account is None or not account.active:
        return None
    if second_factor.is_set(uow.session, account_id):
        # The password is known already; what is counted from here on are the codes.
        uow.session.delete(uow.session.get_one(SignInAttempt, attempt_id))
        return CodeNeeded(account_id, account.epoch)
    return _begin(uow, account, attempt_id, device)


def _begin_with_code(
    uow: UnitOfWork, needed: CodeNeeded, code: str, vault: Vault, attempt_id: UUID, device: str
) -> SignedIn | None:
    account = uow.session.get(Account, needed.account_id, with_for_update=True)
    if account is None or not account.active or account.epoch != needed.epoch:
        return None
    if not second_factor.prove(uow, account.id, code, vault):
        return None
    return _begin(uow, account, attempt_id, device)


def _begin(uow: UnitOfWork, account: Account, attempt_id: UUID, device: str) -> SignedIn:
    # The other attempts may be somebody else's guesses; this one was right.
    uow.session.delete(uow.session.get_one(SignInAttempt, attempt_id))
    token = secrets.token_urlsafe(32)
    begun = SignIn(
        id=new_id(),
        digest=token_digest(token),
        account_id=account.id,
        epoch=account.epoch,
        device=device,
        begun_at=uow.now,
        expires_at=uow.now + LASTS,
    )
    uow.session.add(begun)
    uow.audit("account.signed_in", by_account(account.id), Subject("account", account.id))
    log.info("signed_in", account_id=str(account.id))
    return SignedIn(account.as_staff(), begun.id, token)


def _fits(account: Account | None, password: str) -> bool:
    """Whether this is the account's password. As slow for an unknown address as for a known one."""
    if len(password) > LONGEST_PASSWORD:
        return False
    known = account.password_hash if account is not None else ""
    try:
        HASHER.verify(known or _nobodys_hash(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(known)


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))
