"""``python -m services.catalogue …`` as an operator calls it."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import create_engine, text

from services.catalogue.__main__ import CatalogueCommands
from shared import commands
from shared.testing import ROOT


@dataclass(frozen=True)
class Result:
    returncode: int
    stdout: str
    stderr: str

    @property
    def last(self) -> str:
        """The last line; before it, the log may have said something."""
        return self.stdout.splitlines()[-1]


Run = Callable[..., Result]

IN_PRODUCTION = {
    "REIHE_ENVIRONMENT": "production",
    "REIHE_BASE_URL": "https://reihe.example.org",
    "REIHE_SECRET_KEY": token_hex(),
    "REIHE_SECOND_FACTOR_KEY": token_hex(),
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "REIHE_ENVIRONMENT": "development",
        "REIHE_BASE_URL": "http://localhost:8000",
        "REIHE_CATALOGUE_DATABASE_URL": f"sqlite:///{tmp_path / 'catalogue.db'}",
        "REIHE_DATA_DIR": str(tmp_path),
    }


@pytest.fixture
def run(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command to its end, in this process."""

    def run(*arguments: str, typed: str = "", **more: str) -> Result:
        with monkeypatch.context() as patched:
            for name, value in {**environ, **more}.items():
                patched.setenv(name, value)
            patched.setattr(sys, "stdin", io.StringIO(typed))
            try:
                returncode = commands.run(CatalogueCommands(), arguments)
            except SystemExit as error:  # argparse refuses
                returncode = int(error.code or 0)
        return Result(returncode, *capsys.readouterr())

    return run


def _count(environ: dict[str, str], table: str) -> int:
    with create_engine(environ["REIHE_CATALOGUE_DATABASE_URL"]).connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")))


def test_an_account_is_added_listed_locked_and_gets_a_token(run: Run, environ: dict[str, str]) -> None:
    assert run("migrate", **IN_PRODUCTION).returncode == 0
    added = run(
        *("account", "add", "--email", "Mina@Example.org", "--name", "Mina", "--role", "admin", "--role", "organiser"),
        typed="correct horse battery\n",
    )
    assert (added.returncode, added.last) == (0, "Added mina@example.org: admin, organiser")
    assert "mina@example.org  admin, organiser  active" in run("account", "list").stdout
    token = run("account", "token", "--email", "mina@example.org", "--name", "script", "--scope", "auditor")
    assert len(token.last) >= 40
    last = run("account", "lock", "--email", "mina@example.org")
    assert (last.returncode, last.stdout) == (1, "")
    assert "last account" in last.stderr
    run("account", "add", "--email", "b@example.org", "--role", "admin", typed="correct horse battery\n")
    assert run("account", "lock", "--email", "mina@example.org").returncode == 0
    assert "mina@example.org  admin, organiser  locked" in run("account", "list").stdout
    assert run("account", "unlock", "--email", "mina@example.org").returncode == 0
    changed = run("account", "password", "--email", "mina@example.org", typed="another long password\n")
    assert changed.returncode == 0
    assert _count(environ, "accounts") == 2


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (
            ("add", "--email", "no address", "--role", "door"),
            "correct horse battery\n",
            "email: This is not an e-mail address",
        ),
        (("add", "--email", "a@example.org", "--role", "door"), "short\n", "password: Please use at least 12"),
        (("add", "--email", "a@example.org", "--role", "door"), "", "password: Please fill this in"),
        (("add", "--email", "a@example.org", "--role", "emperor"), "", "invalid choice"),
        (("lock", "--email", "nobody@example.org"), "", "no account"),
    ],
)
def test_a_mistake_is_said_and_nothing_happens(
    run: Run, environ: dict[str, str], arguments: tuple[str, ...], typed: str, said: str
) -> None:
    run("migrate", **IN_PRODUCTION)
    result = run("account", *arguments, typed=typed)
    assert result.returncode in (1, 2)
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert _count(environ, "accounts") == 0


def test_migrating_prepares_an_installation(run: Run, environ: dict[str, str]) -> None:
    first = run("migrate", REIHE_DEMO="1")
    assert first.returncode == 0, first.stderr
    assert "Sign in at http://localhost:8000/login as admin@example.org" in first.stdout
    assert "Loaded the demo programme" in first.stdout
    second = run("migrate", REIHE_DEMO="1")
    assert "Loaded" not in second.stdout
    assert _count(environ, "events") == 10
    again = run("demo", "load")
    assert "nothing was changed" in again.stdout
    assert run("republish").last == "13 snapshots will be sent"


def test_a_missing_setting_is_named(run: Run) -> None:
    result = run("migrate", REIHE_CATALOGUE_DATABASE_URL="")
    assert result.returncode == 2
    assert result.stderr.startswith("REIHE_CATALOGUE_DATABASE_URL")


def test_the_program_starts_as_a_process_of_its_own(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "services.catalogue", "migrate"]
    env = {**environ, "PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Sign in at" in done.stdout
