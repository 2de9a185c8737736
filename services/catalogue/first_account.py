"""The first account of an installation, from its settings, so that somebody can sign in and make the others."""

import secrets
from datetime import datetime
from pathlib import Path

from services.catalogue import accounts
from services.catalogue.models import Account
from services.catalogue.settings import CatalogueSettings
from shared.database import Database, UnitOfWork
from shared.staff import token_digest

ACTOR = "first account"
TOKEN_NAME = "REIHE_API_TOKEN"  # noqa: S105  # the name of the setting that holds it


def ensure_first_account(database: Database, settings: CatalogueSettings, now: datetime) -> list[str]:
    """Make the account of ``REIHE_ADMIN_EMAIL`` if there is none at all, and let ``REIHE_API_TOKEN`` act for it.

    Lines that say how to sign in. A password that was made is shown only this once; in development it is kept in
    ``<data_dir>/admin-password`` and shown at each start.
    """
    with database.read() as session:
        is_first = accounts.is_empty(session)
    lines = _make(database, settings, now) if is_first else _reminder(settings)
    if settings.api_token:
        lines += _admit_token(database, settings, now)
    return lines


def _make(database: Database, settings: CatalogueSettings, now: datetime) -> list[str]:
    if not settings.first_email:
        return ["There is no account yet. Add one: python -m services.catalogue account add --role admin"]
    password = settings.admin_password or _made_password(settings)
    password_hash = accounts.hashed(password)
    with database.unit_of_work(now) as uow:
        accounts.add_account(
            uow,
            name=settings.organiser,
            email=settings.first_email,
            roles=["admin"],
            password_hash=password_hash,
            actor=ACTOR,
        )
        uow.commit()
    shown = "of REIHE_ADMIN_PASSWORD" if settings.admin_password else password
    return _how_to_sign_in(settings, shown)


def _made_password(settings: CatalogueSettings) -> str:
    """A new one; in development the one that is kept, if the database was thrown away."""
    if not settings.is_development:
        return secrets.token_urlsafe(12)
    path = _password_file(settings)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text().strip()


def _reminder(settings: CatalogueSettings) -> list[str]:
    path = _password_file(settings)
    if settings.is_development and not settings.admin_password and path.exists():
        return _how_to_sign_in(settings, path.read_text().strip())
    return []


def _how_to_sign_in(settings: CatalogueSettings, password: str) -> list[str]:
    return [f"Sign in at {settings.base_url}/login as {settings.first_email} with the password {password}"]


def _password_file(settings: CatalogueSettings) -> Path:
    return settings.data_dir / "admin-password"


def _admit_token(database: Database, settings: CatalogueSettings, now: datetime) -> list[str]:
    with database.unit_of_work(now) as uow:
        account = accounts.account_by_email(uow.session, settings.first_email)
        if account is None:
            return [f"REIHE_API_TOKEN is of no use: there is no account {settings.first_email}."]
        if _renew_token(uow, account, settings.api_token):
            uow.commit()
    return []


def _renew_token(uow: UnitOfWork, account: Account, token: str) -> bool:
    present = [kept for kept in account.tokens if kept.name == TOKEN_NAME]
    if any(kept.digest == token_digest(token) for kept in present):
        return False
    for outdated in present:
        account.tokens.remove(outdated)
    accounts.keep_token(uow, account, TOKEN_NAME, (), token, ACTOR)
    return True
