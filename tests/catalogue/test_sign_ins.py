"""Signing in with a password, the longer cookie, and what slows guessing down."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.catalogue import accounts, sign_ins
from services.catalogue.models import Account, SignIn, SignInAttempt
from services.catalogue.sign_ins import MOST_ATTEMPTS, CodeNeeded, SignedIn
from shared.errors import TooManyError
from tests.catalogue.parts import ACTOR, Catalogue

EMAIL, PASSWORD = "mina@example.org", "correct horse battery"


@pytest.fixture
def account(both: Catalogue) -> Account:
    password_hash = accounts.hashed(PASSWORD)
    with both.work() as uow:
        return accounts.add_account(
            uow, name="Mina", email=EMAIL, roles=["organiser"], password_hash=password_hash, actor=ACTOR
        )


def _sign_in(catalogue: Catalogue, email: str = EMAIL, password: str = PASSWORD) -> SignedIn | None:
    found = sign_ins.sign_in(catalogue.database, catalogue.clock(), email, password)
    assert not isinstance(found, CodeNeeded)
    return found


def _signed_in(catalogue: Catalogue) -> SignedIn:
    signed_in = _sign_in(catalogue)
    assert signed_in is not None
    return signed_in


def test_who_knows_the_password_is_signed_in(both: Catalogue, account: Account) -> None:
    signed_in = _sign_in(both, "  Mina@Example.org ")
    assert signed_in is not None
    assert (signed_in.staff.account_id, signed_in.staff.epoch) == (account.id, 0)
    with both.database.read() as session:
        assert [row.digest for row in session.query(SignIn)] != [signed_in.token]


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong horse battery"), ("nobody@example.org", PASSWORD), (EMAIL, ""), (EMAIL, "x" * 10_000), ("", "")],
)
@pytest.mark.usefixtures("account")
def test_wrong_credentials_do_not_say_what_was_wrong(both: Catalogue, email: str, password: str) -> None:
    assert _sign_in(both, email, password) is None


def test_a_locked_account_does_not_sign_in(both: Catalogue, account: Account) -> None:
    with both.work() as uow:
        accounts.lock(uow, account.id, ACTOR)
    assert _sign_in(both) is None


def test_an_account_without_a_password_does_not_sign_in(both: Catalogue) -> None:
    both.employ()
    for password in ("", accounts.NO_PASSWORD, PASSWORD):
        assert _sign_in(both, "alice@example.org", password) is None


@pytest.mark.usefixtures("account")
def test_guessing_is_stopped_for_a_quarter_of_an_hour(both: Catalogue) -> None:
    for _attempt in range(MOST_ATTEMPTS):
        assert _sign_in(both, password="a guess of mine") is None
    with pytest.raises(TooManyError):
        _sign_in(both)
    both.clock.turn(minutes=14)
    with pytest.raises(TooManyError):
        _sign_in(both)
    both.clock.turn(minutes=1)
    assert _sign_in(both) is not None


@pytest.mark.usefixtures("account")
def test_guessing_at_one_address_leaves_others_alone(both: Catalogue) -> None:
    for _attempt in range(MOST_ATTEMPTS):
        _sign_in(both, "nobody@example.org")
    with pytest.raises(TooManyError):
        _sign_in(both, "nobody@example.org")
    assert _sign_in(both) is not None


@pytest.mark.usefixtures("account")
def test_signing_in_rightly_many_times_is_no_guessing(both: Catalogue) -> None:
    for _attempt in range(MOST_ATTEMPTS + 2):
        assert _sign_in(both) is not None


@pytest.mark.usefixtures("account")
def test_guesses_sent_all_at_once_are_counted_too(both: Catalogue) -> None:
    def guess(_number: int) -> bool:
        try:
            _sign_in(both, password="a guess of mine")
        except TooManyError:
            return False
        return True

    with ThreadPoolExecutor(5) as pool:
        tried = sum(pool.map(guess, range(MOST_ATTEMPTS * 2)))
    assert tried <= MOST_ATTEMPTS + 5
    with pytest.raises(TooManyError):
        _sign_in(both)


@pytest.mark.usefixtures("account")
def test_attempts_are_not_counted_where_limits_are_off(both: Catalogue) -> None:
    for _attempt in range(MOST_ATTEMPTS + 1):
        sign_ins.sign_in(both.database, both.clock(), EMAIL, "a guess of mine", limited=False)


def test_the_longer_cookie_lasts_twelve_hours(both: Catalogue, account: Account) -> None:
    token = _signed_in(both).token
    both.clock.turn(hours=11, minutes=59)
    renewed = sign_ins.renew(both.database, both.clock(), token)
    assert renewed is not None
    assert renewed.staff.account_id == account.id
    both.clock.turn(minutes=1)
    assert sign_ins.renew(both.database, both.clock(), token) is None


@pytest.mark.usefixtures("account")
def test_an_invented_cookie_is_worth_nothing(both: Catalogue) -> None:
    assert sign_ins.renew(both.database, both.clock(), "invented") is None


@pytest.mark.usefixtures("account")
def test_signing_out_forgets_this_browser_only(both: Catalogue) -> None:
    one, other = _signed_in(both).token, _signed_in(both).token
    with both.work() as uow:
        sign_ins.sign_out(uow, one)
    assert sign_ins.renew(both.database, both.clock(), one) is None
    assert sign_ins.renew(both.database, both.clock(), other) is not None


@pytest.mark.parametrize("deed", ["lock", "set_password"])
def test_what_ends_an_account_ends_its_browsers(both: Catalogue, account: Account, deed: str) -> None:
    token = _signed_in(both).token
    with both.work() as uow:
        if deed == "lock":
            accounts.lock(uow, account.id, ACTOR)
        else:
            accounts.set_password(uow, account.id, accounts.hashed("another long password"), ACTOR)
    assert sign_ins.renew(both.database, both.clock(), token) is None


@pytest.mark.usefixtures("account")
def test_what_is_over_is_forgotten(both: Catalogue) -> None:
    _signed_in(both)
    _sign_in(both, password="a guess of mine")
    both.clock.turn(hours=12)
    with both.work() as uow:
        sign_ins.forget_old(uow)
    with both.database.read() as session:
        assert session.query(SignIn).count() == 0
        assert session.query(SignInAttempt).count() == 0


@pytest.mark.usefixtures("account")
def test_addresses_that_were_tried_are_not_kept(both: Catalogue) -> None:
    _sign_in(both, "private.person@example.org", "a guess of mine")
    with both.database.read() as session:
        [attempt] = session.query(SignInAttempt)
    assert "private" not in attempt.address_digest
