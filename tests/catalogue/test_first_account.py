"""The account and the API token that an installation begins with."""

import stat
from pathlib import Path
from typing import Any

import pytest

from services.catalogue import accounts, sign_ins
from services.catalogue.accounts import AccountDirectory
from services.catalogue.first_account import ensure_first_account
from services.catalogue.settings import CatalogueSettings
from shared.config import ConfigurationError
from shared.staff import token_digest
from tests.catalogue.parts import Catalogue, settings


def _ensure(catalogue: Catalogue, tmp_path: Path, **values: Any) -> list[str]:
    return ensure_first_account(catalogue.database, settings(tmp_path, **values), catalogue.clock())


def _signs_in(catalogue: Catalogue, email: str, password: str) -> bool:
    return sign_ins.sign_in(catalogue.database, catalogue.clock(), email, password) is not None


def test_development_makes_a_password_and_shows_it_at_each_start(both: Catalogue, tmp_path: Path) -> None:
    [line] = _ensure(both, tmp_path)
    password = (tmp_path / "admin-password").read_text()
    assert password in line
    assert "admin@example.org" in line
    assert stat.S_IMODE((tmp_path / "admin-password").stat().st_mode) == 0o600
    assert _signs_in(both, "admin@example.org", password)
    assert _ensure(both, tmp_path) == [line]
    with both.database.read() as session:
        assert len(accounts.all_accounts(session)) == 1


def test_the_kept_password_holds_for_a_new_database(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "admin-password").write_text("kept from before")
    _ensure(catalogue, tmp_path)
    assert _signs_in(catalogue, "admin@example.org", "kept from before")


def test_a_given_password_is_taken_and_not_shown(catalogue: Catalogue, tmp_path: Path) -> None:
    lines = _ensure(catalogue, tmp_path, admin_email="chef@example.org", admin_password="given by the settings")
    assert "given by the settings" not in " ".join(lines)
    assert not (tmp_path / "admin-password").exists()
    assert _signs_in(catalogue, "chef@example.org", "given by the settings")


def test_production_shows_a_made_password_once_and_keeps_it_nowhere(catalogue: Catalogue, tmp_path: Path) -> None:
    [line] = _ensure(catalogue, tmp_path, environment="production", admin_email="chef@example.org")
    assert _signs_in(catalogue, "chef@example.org", line.rsplit(" ", 1)[1])
    assert list(tmp_path.iterdir()) == []
    assert _ensure(catalogue, tmp_path, environment="production", admin_email="chef@example.org") == []


def test_production_without_an_address_makes_no_account_and_says_how(catalogue: Catalogue, tmp_path: Path) -> None:
    [line] = _ensure(catalogue, tmp_path, environment="production")
    assert "account add" in line
    with catalogue.database.read() as session:
        assert accounts.is_empty(session)


def test_a_load_test_needs_nothing_but_its_token(catalogue: Catalogue, tmp_path: Path) -> None:
    _ensure(catalogue, tmp_path, environment="load-test", api_token="token")
    assert AccountDirectory(catalogue.database).by_token_digest(token_digest("token")) is not None


def test_an_installation_that_has_accounts_gets_no_other(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.employ()
    assert _ensure(catalogue, tmp_path, environment="production", admin_email="chef@example.org") == []
    with catalogue.database.read() as session:
        assert accounts.account_by_email(session, "chef@example.org") is None


def test_the_first_api_token_acts_for_the_first_account(both: Catalogue, tmp_path: Path) -> None:
    token = "a token of the settings, long enough"
    _ensure(both, tmp_path, api_token=token)
    before = len(both.sent())
    _ensure(both, tmp_path, api_token=token)
    assert len(both.sent()) == before
    staff = AccountDirectory(both.database).by_token_digest(token_digest(token))
    assert staff is not None
    assert staff.may("organiser")


def test_a_new_token_in_the_settings_replaces_the_old(both: Catalogue, tmp_path: Path) -> None:
    _ensure(both, tmp_path, api_token="the first token of the settings")
    _ensure(both, tmp_path, api_token="the second token of the settings")
    directory = AccountDirectory(both.database)
    assert directory.by_token_digest(token_digest("the first token of the settings")) is None
    assert directory.by_token_digest(token_digest("the second token of the settings")) is not None


def test_a_token_whose_account_is_missing_is_said_to_be_of_no_use(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.employ()
    lines = _ensure(catalogue, tmp_path, admin_email="chef@example.org", api_token="a token of the settings")
    assert "chef@example.org" in lines[-1]


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({"REIHE_API_TOKEN": "short", "REIHE_ADMIN_EMAIL": "a@example.org"}, "REIHE_API_TOKEN"),
        ({"REIHE_API_TOKEN": "x" * 32}, "REIHE_API_TOKEN"),
        ({"REIHE_ADMIN_EMAIL": "nobody"}, "REIHE_ADMIN_EMAIL"),
        ({"REIHE_DEMO": "perhaps"}, "REIHE_DEMO"),
        ({"REIHE_CATALOGUE_DATABASE_URL": ""}, "REIHE_CATALOGUE_DATABASE_URL"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(environ: dict[str, str], variable: str) -> None:
    base = {
        "REIHE_BASE_URL": "https://reihe.example.org",
        "REIHE_SECRET_KEY": "a-secret-key-of-the-tests-0123456789",
        "REIHE_SECOND_FACTOR_KEY": "a-secret-key-of-the-tests-0123456789",
        "REIHE_CATALOGUE_DATABASE_URL": "sqlite:///x",
    }
    with pytest.raises(ConfigurationError, match=variable):
        CatalogueSettings.from_environment({**base, **environ})
