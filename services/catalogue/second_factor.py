"""Use cases: a second factor beside the password: codes by time (TOTP, RFC 6238), and recovery codes for its loss."""

import base64
import secrets
from hmac import compare_digest
from uuid import UUID

import pyotp
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from services.catalogue.accounts import end_sign_ins, find_account, note_change
from services.catalogue.models import Account, RecoveryCode, SecondFactor
from services.catalogue.rules import refuse
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.languages import text as _
from shared.staff import token_digest
from shared.vault import Vault

SECONDS = 30
"""How long a code stands (RFC 6238, 5.2)."""
STEPS_OFF = 1
"""How many steps a device's clock may be off, or its owner slow."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
"""80 bits: random enough for a digest without salt."""


def is_set(session: Session, account_id: UUID) -> bool:
    confirmed = SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None)
    return bool(session.scalar(select(exists().where(*confirmed))))


def recovery_codes_left(session: Session, account_id: UUID) -> int:
    return session.scalar(select(func.count()).where(RecoveryCode.account_id == account_id)) or 0


def propose(uow: UnitOfWork, account_id: UUID, vault: Vault) -> str:
    """A secret for the account's device, which counts once a code of it is confirmed. The same until then.

    Raises :class:`ConflictError` if there is a second factor already.
    """
    present = uow.session.get(SecondFactor, account_id)
    if present is None:
        present = SecondFactor(account_id=account_id, sealed_secret=vault.seal({"totp": pyotp.random_base32()}))
        uow.session.add(present)
        uow.session.flush()
    elif present.confirmed_at is not None:
        raise ConflictError("second_factor_set", _("There is a second factor already."))
    return _secret(present, vault)


def address_of(secret: str, email: str, house: str) -> str:
    """What authenticator apps read from a QR code (``otpauth://totp/…``)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=house)


def confirm(uow: UnitOfWork, account_id: UUID, code: str, vault: Vault, actor: str, stay: UUID | None) -> list[str]:
    """The proposed secret counts from now on: the recovery codes, which are shown once.

    Ends the other sign-ins of the account. Raises :class:`InvalidError` for a code that does not fit, and
    :class:`ConflictError` if there is a second factor already.
    """
    account = find_account(uow.session, account_id)
    propose(uow, account_id, vault)
    present = uow.session.get_one(SecondFactor, account_id, with_for_update=True)
    if not _take(uow, present, code, vault):
        refuse([("code", _("This code does not fit. Please type the one that your device shows now."))])
    present.confirmed_at = uow.now
    end_sign_ins(uow, account, but=stay)
    note_change(uow, account, "account.second_factor_set", actor)
    return _new_recovery_codes(uow, account_id)


def renew_recovery_codes(uow: UnitOfWork, account_id: UUID, actor: str) -> list[str]:
    """New ones, shown once; those before are worth nothing. Raises :class:`ConflictError` without a second factor."""
    if not is_set(uow.session, account_id):
        raise ConflictError("second_factor_missing", _("There is no second factor."))
    note_change(uow, find_account(uow.session, account_id), "account.recovery_codes_renewed", actor)
    return _new_recovery_codes(uow, account_id)


def remove(uow: UnitOfWork, account_id: UUID, actor: str) -> Account:
    """From now on the password alone is enough. Raises :class:`ConflictError` without a second factor."""
    account = find_account(uow.session, account_id)
    if not is_set(uow.session, account_id):
        raise ConflictError("second_factor_missing", _("There is no second factor."))
    uow.session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    uow.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    note_change(uow, account, "account.second_factor_removed", actor)
    return account


def renew_seals(uow: UnitOfWork, vault: Vault) -> int:
    """Seal all secrets with the newest key; how many. Afterwards an older key is needed no more."""
    rows = uow.session.scalars(select(SecondFactor)).all()
    for one in rows:
        one.sealed_secret = vault.renewed(one.sealed_secret)
    return len(rows)


def prove(uow: UnitOfWork, account_id: UUID, code: str, vault: Vault) -> bool:
    """Whether this is a code of the account's device, or one of its recovery codes. Neither is taken twice.

    The caller holds the account's row, so that two at once cannot use the same code.
    """
    present = uow.session.get(SecondFactor, account_id)
    if present is None or present.confirmed_at is None:
        return False
    return _take(uow, present, code, vault) or _use_recovery_code(uow, account_id, code)


def _take(uow: UnitOfWork, present: SecondFactor, code: str, vault: Vault) -> bool:
    totp = pyotp.TOTP(_secret(present, vault), interval=SECONDS)
    typed = "".join(code.split()).encode()
    now = int(uow.now.timestamp()) // SECONDS
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        if step > present.last_step and compare_digest(totp.generate_otp(step).encode(), typed):
            present.last_step = step
            return True
    return False


def _use_recovery_code(uow: UnitOfWork, account_id: UUID, code: str) -> bool:
    found = uow.session.get(RecoveryCode, token_digest(_plain(code)))
    if found is None or found.account_id != account_id:
        return False
    uow.session.delete(found)
    return True


def _new_recovery_codes(uow: UnitOfWork, account_id: UUID) -> list[str]:
    uow.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    made = [secrets.token_bytes(RECOVERY_BYTES) for _number in range(RECOVERY_CODES)]
    codes = [base64.b32encode(random).decode().lower() for random in made]
    uow.session.add_all(RecoveryCode(digest=token_digest(code), account_id=account_id) for code in codes)
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]


def _plain(code: str) -> str:
    return "".join(sign for sign in code.lower() if sign.isalnum())


def _secret(present: SecondFactor, vault: Vault) -> str:
    secret: str = vault.opened(present.sealed_secret)["totp"]
    return secret
