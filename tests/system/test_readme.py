"""Every command of the README works, from a clone with nothing prepared."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from services.__main__ import main
from shared.testing import ROOT, eventually, free_port

COMMANDS = re.findall(r"```sh\n(.+?)\n```", (ROOT / "README.md").read_text(), re.DOTALL)


@pytest.fixture
def bare_clone(tmp_path: Path) -> Path:
    """The project's files as a clone has them, and nothing else."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).exists():
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    return tmp_path


@pytest.fixture
def clone(bare_clone: Path) -> Path:
    """A clone with this environment instead of one of its own."""
    (bare_clone / ".venv").symlink_to(ROOT / ".venv")
    return bare_clone


def environment(**more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("REIHE_", "PYTEST", "MAKE", "MFLAGS"))
    }
    return {**kept, **more}


def test_the_readme_has_just_the_commands_that_are_run_here() -> None:
    assert COMMANDS == ["make run", "make test", "make help"]


@contextmanager
def running(clone: Path) -> Iterator[str]:
    """``make run``, from its start to its end."""
    port = free_port()
    with (clone / "out").open("wb") as out:
        process = subprocess.Popen(["make", "run"], cwd=clone, env=environment(REIHE_PORT=str(port)), stdout=out)
    try:
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=40)
    assert eventually(lambda: not listens(port), within=40), "ending make must end what it started"


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def home_page(address: str) -> str:
    try:
        return requests.get(f"{address}/?lang=de", timeout=5).text
    except requests.ConnectionError:
        return ""


def test_make_run_serves_the_demo_and_says_how_to_sign_in(clone: Path) -> None:
    with running(clone) as address:
        assert "Satzungsarbeit" in eventually(lambda: home_page(address), within=90)
        assert f"Sign in at {address}/login as admin@example.org" in (clone / "out").read_text()
        assert requests.get(f"{address}/mailbox", timeout=5).status_code == 200


def test_make_run_says_which_port_is_taken_and_how_to_choose_another_before_it_makes_anything(clone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environ = environment(REIHE_PORT=str(port))
        ended = subprocess.run(
            ["make", "run"], cwd=clone, env=environ, capture_output=True, text=True, check=False, timeout=120
        )
    assert ended.returncode != 0
    assert f"REIHE_PORT: cannot listen at 127.0.0.1:{port} (Address already in use); choose another" in ended.stderr
    assert "Sign in" not in ended.stdout
    assert not (clone / "var").exists()


@pytest.mark.parametrize("port", ["eighty", "99999"])
def test_what_is_no_port_is_called_so(
    port: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REIHE_PORT", port)
    monkeypatch.setenv("REIHE_DATA_DIR", str(tmp_path / "data"))
    assert main([]) == 2
    assert capsys.readouterr().err == f"REIHE_PORT: {port} is no port\n"


@pytest.mark.long
def test_make_run_makes_its_environment_first_and_serves_within_90_seconds(bare_clone: Path) -> None:
    with running(bare_clone) as address:
        assert "Satzungsarbeit" in eventually(lambda: home_page(address), within=90)
    assert (bare_clone / ".venv/.runtime").exists()


def test_make_test_runs_the_tests(clone: Path) -> None:
    result = subprocess.run(
        ["make", "--dry-run", "test"], cwd=clone, env=environment(), capture_output=True, text=True, check=True
    )
    assert re.search(r"pytest .*-n", result.stdout)


def test_make_help_lists_every_task(clone: Path) -> None:
    printed = subprocess.run(["make", "help"], cwd=clone, env=environment(), capture_output=True, text=True, check=True)
    named = re.findall(r"^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert named == re.findall(r"^  make (\S+)", printed.stdout, re.MULTILINE)
    for task in re.findall(r"`make (\S+)`", (ROOT / "README.md").read_text()):
        assert task in named
