"""Use cases: sign in, stay signed in while working, sign out.

A browser that proved its password holds a random token for 12 hours, which only ``/login`` sees. With it the short
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

from services.catalogue.accounts import HASHER, LONGEST_PASSWORD, account_by_email
from services.catalogue.models import Account, SignIn, SignInAttempt
from shared.audit import VISITOR, Subject, by_account
from shared.database import Database, UnitOfWork
from shared.errors import TooManyError
from shared.languages import text as _
from shared.logs import get_logger
from shared.staff import Staff, token_digest
from shared.text import normalised_email

log = get_logger(__name__)

LASTS = timedelta(hours=12)
MOST_ATTEMPTS = 8
ATTEMPTS_COUNT_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and the token for the browser's longer cookie, which lasts :data:`LASTS`."""

    staff: Staff
    token: str


def sign_in(database: Database, now: datetime, email: str, password: str, *, limited: bool = True) -> SignedIn | None:
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
        signed_in = _begin(uow, account.id, attempt_id)
        uow.commit()
    return signed_in


def renew(database: Database, now: datetime, token: str) -> Staff | None:
    """Who holds the browser's longer cookie, if it has not ended: for a new short cookie."""
    query = select(SignIn, Account).join(Account).where(SignIn.digest == token_digest(token), SignIn.expires_at > now)
    with database.read() as session:
        row = session.execute(query).first()
        if row is None or not row.Account.active or row.Account.epoch != row.SignIn.epoch:
            return None
        staff: Staff = row.Account.as_staff()
        return staff


def sign_out(uow: UnitOfWork, token: str) -> None:
    """Forget this browser. Other browsers of the account stay signed in."""
    present = uow.session.get(SignIn, token_digest(token))
    if present is not None:
        uow.session.delete(present)
        uow.audit("account.signed_out", by_account(present.account_id), Subject("account", present.account_id))


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


def _begin(uow: UnitOfWork, account_id: UUID, attempt_id: UUID) -> SignedIn | None:
    account = uow.session.get(Account, account_id)
    if account is None or not account.active:
        return None
    attempt = uow.session.get_one(SignInAttempt, attempt_id)
    # The others may be somebody else's guesses; this one was right.
    uow.session.delete(attempt)
    token = secrets.token_urlsafe(32)
    uow.session.add(
        SignIn(digest=token_digest(token), account_id=account.id, epoch=account.epoch, expires_at=uow.now + LASTS)
    )
    uow.audit("account.signed_in", by_account(account.id), Subject("account", account.id))
    log.info("signed_in", account_id=str(account.id))
    return SignedIn(account.as_staff(), token)


def _fits(account: Account | None, password: str) -> bool:
    """As slow for an unknown address as for a known one."""
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
