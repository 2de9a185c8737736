"""A second factor: set up with a code, asked for at each sign-in, taken once, replaced by recovery codes, removed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyotp
import pytest

from services.catalogue import accounts, second_factor, sign_ins
from services.catalogue.models import Account, SecondFactor
from services.catalogue.sign_ins import MOST_ATTEMPTS, CodeNeeded, SignedIn
from shared.errors import ConflictError, InvalidError, TooManyError
from shared.vault import Vault
from tests.catalogue.parts import ACTOR, Catalogue

EMAIL, PASSWORD = "mina@example.org", "correct horse battery"
VAULT = Vault(["f" * 40])


@dataclass
class Mina:
    """An account whose device shows codes."""

    catalogue: Catalogue
    account: Account
    secret: str
    recovery_codes: list[str]

    def code(self, **later: int) -> str:
        """What the device shows; the clock is turned before, for no code is taken twice."""
        self.catalogue.clock.turn(**(later or {"seconds": second_factor.SECONDS}))
        return pyotp.TOTP(self.secret).at(self.catalogue.clock())

    def password(self) -> CodeNeeded:
        found = sign_ins.sign_in(self.catalogue.database, self.catalogue.clock(), EMAIL, PASSWORD)
        assert isinstance(found, CodeNeeded)
        return found

    def sign_in(self, code: str, needed: CodeNeeded | None = None) -> SignedIn | None:
        return sign_ins.sign_in_with_code(
            self.catalogue.database, self.catalogue.clock(), needed or self.password(), code, VAULT, device="Firefox"
        )


@pytest.fixture
def mina(both: Catalogue) -> Mina:
    password_hash = accounts.hashed(PASSWORD)
    person = {"name": "Mina", "email": EMAIL, "roles": ["organiser"]}
    with both.work() as uow:
        account = accounts.add_account(uow, **person, password_hash=password_hash, actor=ACTOR)  # type: ignore[arg-type]  # mixed values
    with both.work() as uow:
        secret = second_factor.propose(uow, account.id, VAULT)
    with both.work() as uow:
        codes = second_factor.confirm(uow, account.id, pyotp.TOTP(secret).at(both.clock()), VAULT, ACTOR, None)
    return Mina(both, account, secret, codes)


def test_the_password_alone_is_not_enough(mina: Mina) -> None:
    assert mina.password().account_id == mina.account.id
    assert mina.sign_in("000000") is None
    signed_in = mina.sign_in(mina.code())
    assert signed_in is not None
    assert signed_in.staff.account_id == mina.account.id


@pytest.mark.parametrize("seconds", [-second_factor.SECONDS, second_factor.SECONDS])
def test_a_device_may_be_half_a_minute_off(mina: Mina, seconds: int) -> None:
    code = mina.code(minutes=5)
    mina.catalogue.clock.turn(seconds=seconds)
    assert mina.sign_in(code) is not None


def test_an_old_code_is_worth_nothing(mina: Mina) -> None:
    code = mina.code()
    mina.catalogue.clock.turn(minutes=2)
    assert mina.sign_in(code) is None


def test_a_code_typed_with_a_blank_is_the_same(mina: Mina) -> None:
    code = mina.code()
    assert mina.sign_in(f" {code[:3]} {code[3:]}") is not None


def test_no_code_is_taken_twice_not_even_at_once(mina: Mina) -> None:
    code, needed = mina.code(), mina.password()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _n: mina.sign_in(code, needed), range(4)))
    assert sum(result is not None for result in results) == 1


def test_each_recovery_code_opens_once(mina: Mina) -> None:
    assert len(set(mina.recovery_codes)) == second_factor.RECOVERY_CODES
    one = mina.recovery_codes[3]
    assert mina.sign_in(one.upper().replace("-", " ")) is not None
    assert mina.sign_in(one) is None
    with mina.catalogue.database.read() as session:
        assert second_factor.recovery_codes_left(session, mina.account.id) == second_factor.RECOVERY_CODES - 1


def test_new_recovery_codes_replace_the_old_ones(mina: Mina) -> None:
    with mina.catalogue.work() as uow:
        renewed = second_factor.renew_recovery_codes(uow, mina.account.id, ACTOR)
    assert mina.sign_in(mina.recovery_codes[0]) is None
    assert mina.sign_in(renewed[0]) is not None


def test_guessing_codes_is_stopped(mina: Mina) -> None:
    needed = mina.password()
    for _attempt in range(MOST_ATTEMPTS):
        assert mina.sign_in("123456", needed) is None
    with pytest.raises(TooManyError):
        mina.sign_in(mina.code(), needed)


def test_a_password_that_has_changed_since_opens_nothing(mina: Mina) -> None:
    needed = mina.password()
    with mina.catalogue.work() as uow:
        accounts.set_password(uow, mina.account.id, accounts.hashed("another long password"), ACTOR)
    assert mina.sign_in(mina.code(), needed) is None


def test_a_locked_account_does_not_come_in_with_a_code(mina: Mina) -> None:
    needed = mina.password()
    with mina.catalogue.work() as uow:
        accounts.lock(uow, mina.account.id, ACTOR)
    assert mina.sign_in(mina.code(), needed) is None


def test_once_removed_the_password_is_enough(mina: Mina) -> None:
    with mina.catalogue.work() as uow:
        second_factor.remove(uow, mina.account.id, ACTOR)
    found = sign_ins.sign_in(mina.catalogue.database, mina.catalogue.clock(), EMAIL, PASSWORD)
    assert isinstance(found, SignedIn)
    with pytest.raises(ConflictError), mina.catalogue.work() as uow:
        second_factor.renew_recovery_codes(uow, mina.account.id, ACTOR)


def test_a_proposed_secret_stays_until_it_is_confirmed_and_counts_only_then(both: Catalogue) -> None:
    both.employ()
    with both.work() as uow:
        account = accounts.account_by_email(uow.session, "alice@example.org")
        assert account is not None
        secret = second_factor.propose(uow, account.id, VAULT)
    with both.work() as uow:
        assert second_factor.propose(uow, account.id, VAULT) == secret
        assert not second_factor.is_set(uow.session, account.id)
    with pytest.raises(InvalidError), both.work() as uow:
        second_factor.confirm(uow, account.id, "000000", VAULT, ACTOR, None)


def test_a_present_second_factor_is_not_replaced(mina: Mina) -> None:
    with pytest.raises(ConflictError), mina.catalogue.work() as uow:
        second_factor.propose(uow, mina.account.id, VAULT)


def test_the_secret_is_sealed_and_can_be_sealed_anew(mina: Mina) -> None:
    renewed = Vault(["g" * 40, "f" * 40])
    with mina.catalogue.work() as uow:
        assert mina.secret.encode() not in uow.session.get_one(SecondFactor, mina.account.id).sealed_secret
        assert second_factor.renew_seals(uow, renewed) == 1
    with mina.catalogue.database.read() as session:
        sealed = session.get_one(SecondFactor, mina.account.id).sealed_secret
    assert Vault(["g" * 40]).opened(sealed) == {"totp": mina.secret}
