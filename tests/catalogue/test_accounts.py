"""Staff accounts: roles, passwords, locks, API tokens, and what the other services hear of them."""

from uuid import UUID

import pytest

from services.catalogue import accounts
from services.catalogue.accounts import AccountDirectory
from services.catalogue.models import Account
from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.messages.base import loaded
from shared.messages.catalogue import AccountChangedV1
from shared.staff import token_digest
from tests.catalogue.parts import ACTOR, Catalogue

PASSWORD = "correct horse battery"


def _add(catalogue: Catalogue, email: str = "mina@example.org", *roles: str) -> Account:
    with catalogue.work() as uow:
        return accounts.add_account(
            uow,
            name="Mina",
            email=email,
            roles=roles or ("organiser",),
            password_hash=accounts.hashed(PASSWORD),
            actor=ACTOR,
        )


def test_an_account_is_told_to_the_others(both: Catalogue) -> None:
    account = _add(both, "Mina@Example.org", "organiser", "door", "door")
    [message] = both.sent()
    assert (message.topic, message.aggregate_id, message.version) == ("account.changed.v1", account.id, 1)
    body = loaded(AccountChangedV1, message.body)
    assert body == {
        "account_id": account.id,
        "name": "Mina",
        "email": "mina@example.org",
        "roles": ["door", "organiser"],
        "active": True,
        "epoch": 0,
        "tokens": [],
    }


def test_the_password_is_kept_as_argon2id_and_told_to_nobody(both: Catalogue) -> None:
    account = _add(both)
    assert account.password_hash.startswith("$argon2id$")
    assert account.password_hash not in str(both.sent()[0].body)


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 201])
def test_a_password_that_is_too_short_or_endless_is_refused(password: str) -> None:
    with pytest.raises(InvalidError) as refused:
        accounts.hashed(password)
    assert list(refused.value.errors) == ["password"]


def test_an_address_has_one_account(both: Catalogue) -> None:
    _add(both)
    with pytest.raises(InvalidError) as refused:
        _add(both, "MINA@example.org")
    assert list(refused.value.errors) == ["email"]


def test_an_unknown_role_is_refused(both: Catalogue) -> None:
    with pytest.raises(InvalidError) as refused:
        _add(both, "mina@example.org", "emperor")
    assert list(refused.value.errors) == ["roles"]
    account = _add(both)
    for roles in ([], ["emperor"]):
        with pytest.raises(InvalidError), both.work() as uow:
            accounts.set_roles(uow, account.id, roles, ACTOR)


def test_new_roles_are_told(both: Catalogue) -> None:
    account = _add(both)
    with both.work() as uow:
        accounts.set_roles(uow, account.id, ["auditor"], ACTOR)
    message = both.sent()[-1]
    assert (message.version, message.body["roles"], message.body["epoch"]) == (2, ["auditor"], 0)


def test_a_locked_account_is_not_found_and_its_cookies_and_tokens_end(both: Catalogue) -> None:
    account = _add(both)
    with both.work() as uow:
        token = accounts.add_token(uow, account.id, "script", (), ACTOR)
    directory = AccountDirectory(both.database)
    assert directory.by_id(account.id) is not None
    assert directory.by_token_digest(token_digest(token)) is not None
    with both.work() as uow:
        accounts.lock(uow, account.id, ACTOR)
    assert directory.by_id(account.id) is None
    assert directory.by_token_digest(token_digest(token)) is None
    body = both.sent()[-1].body
    assert (body["active"], body["epoch"]) == (False, 1)


def test_an_unlocked_account_is_found_again_with_its_epoch_raised(both: Catalogue) -> None:
    account = _add(both)
    with both.work() as uow:
        accounts.lock(uow, account.id, ACTOR)
        accounts.unlock(uow, account.id, ACTOR)
    staff = AccountDirectory(both.database).by_id(account.id)
    assert staff is not None
    assert staff.epoch == 1


def test_a_new_password_ends_the_cookies(both: Catalogue) -> None:
    account = _add(both)
    with both.work() as uow:
        accounts.set_password(uow, account.id, accounts.hashed("another long password"), ACTOR)
    assert both.sent()[-1].body["epoch"] == 1


def test_the_last_admin_stays(both: Catalogue) -> None:
    first = _add(both, "a@example.org", "admin")
    with pytest.raises(ConflictError), both.work() as uow:
        accounts.lock(uow, first.id, ACTOR)
    with pytest.raises(ConflictError), both.work() as uow:
        accounts.set_roles(uow, first.id, ["organiser"], ACTOR)
    second = _add(both, "b@example.org", "admin")
    with both.work() as uow:
        accounts.lock(uow, first.id, ACTOR)
    with pytest.raises(ConflictError), both.work() as uow:
        accounts.lock(uow, second.id, ACTOR)


def test_an_api_token_acts_for_its_account_within_its_scopes(both: Catalogue) -> None:
    account = _add(both, "a@example.org", "organiser", "needs")
    with both.work() as uow:
        token = accounts.add_token(uow, account.id, "needs only", ["needs"], ACTOR)
    staff = AccountDirectory(both.database).by_token_digest(token_digest(token))
    assert staff is not None
    assert (staff.account_id, staff.may("needs"), staff.may("organiser")) == (account.id, True, False)
    body = both.sent()[-1].body
    assert body["tokens"] == [{"digest": token_digest(token), "scopes": ["needs"]}]
    assert token not in str(body)


def test_a_token_of_unknown_scope_is_refused(both: Catalogue) -> None:
    account = _add(both)
    with pytest.raises(InvalidError), both.work() as uow:
        accounts.add_token(uow, account.id, "odd", ["emperor"], ACTOR)


def test_a_revoked_token_is_worth_nothing(both: Catalogue) -> None:
    account = _add(both)
    with both.work() as uow:
        token = accounts.add_token(uow, account.id, "script", (), ACTOR)
    token_id = _add_other_token(both, account)
    with both.work() as uow:
        accounts.revoke_token(uow, account.id, token_id, ACTOR)
    assert [t["digest"] for t in both.sent()[-1].body["tokens"]] == [token_digest(token)]
    with pytest.raises(NotFoundError), both.work() as uow:
        accounts.revoke_token(uow, account.id, token_id, ACTOR)


def _add_other_token(catalogue: Catalogue, account: Account) -> UUID:
    with catalogue.work() as uow:
        accounts.add_token(uow, account.id, "other", (), ACTOR)
        return accounts.find_account(uow.session, account.id).tokens[-1].id


def test_accounts_are_listed_by_name(both: Catalogue) -> None:
    for email in ("b@example.org", "a@example.org"):
        _add(both, email)
    with both.database.read() as session:
        assert [account.email for account in accounts.all_accounts(session)] == ["a@example.org", "b@example.org"]
