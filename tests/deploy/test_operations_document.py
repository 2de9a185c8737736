"""docs/operations.md says what is so."""

import argparse
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy import gateway
from services.catalogue.__main__ import CatalogueCommands
from services.notifications.__main__ import NotificationsCommands
from services.registration.__main__ import RegistrationCommands
from shared import commands
from shared.messages import SERVICES
from shared.testing import ROOT, require
from tests.deploy.composed import services
from tests.deploy.test_env_example import fields

DOCUMENT = (ROOT / "docs/operations.md").read_text()
COMMANDS: dict[str, commands.ServiceCommands] = {
    "catalogue": CatalogueCommands(),
    "registration": RegistrationCommands(),
    "notifications": NotificationsCommands(),
}
COMMAND = re.compile(r"python -m services\.([\w$…]+) ([^`|\n<)]*)")
UNIT = ROOT / "deploy/systemd/reihe@.service"


def test_the_table_of_settings_is_complete() -> None:
    table = DOCUMENT.split("## Settings", 1)[1].split("## ", 1)[0]
    named = set(re.findall(r"`(REIHE_[A-Z_]+)`", "".join(re.findall(r"(?m)^\| (.*?) \|", table))))
    assert named == set(fields()) | {"REIHE_PORT", "REIHE_BIND"}


@pytest.mark.parametrize(("service", "line"), sorted(set(COMMAND.findall(DOCUMENT))))
def test_a_command_that_is_named_exists(service: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``$service`` and ``…`` stand for each of the three."""
    for name in [service] if service in SERVICES else SERVICES:
        with pytest.raises(SystemExit) as stopped:
            commands.run(COMMANDS[name], [*shlex.split(line), "--help"])
        assert stopped.value.code == 0, capsys.readouterr().err


def test_a_span_and_a_moment_are_understood_as_they_are_written() -> None:
    for since in re.findall(r"--since (\S+?)[`\s]", DOCUMENT):
        try:
            commands._moment(since)
        except (ValueError, argparse.ArgumentTypeError) as error:
            pytest.fail(f"{since}: {error}")


def test_containers_that_are_named_exist() -> None:
    lines = re.findall(r"docker compose (?:exec|logs|run) ([^`|]*?)(?<!\\)\n", DOCUMENT)
    named = {container_of(shlex.split(line.replace("\\\n", " "), comments=True)) for line in lines}
    assert len(named) > 4
    assert {name for name in named if not name.startswith("$")} <= set(services())


def container_of(words: list[str]) -> str:
    """The first word that is neither an option nor an option's value."""
    if words[0] in ("--user", "--entrypoint"):
        return container_of(words[2:])
    return container_of(words[1:]) if words[0].startswith("-") else words[0]


def test_the_site_for_nginx_is_one(tmp_path: Path) -> None:
    require("nginx")
    key, certificate = make_certificate(tmp_path)
    found = re.search(r"```nginx\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found is not None
    site = (
        found[1]
        .replace("/opt/reihe/deploy/nginx/", f"{gateway.FOLDER}/")
        .replace("/etc/letsencrypt/live/reihe.example.org/fullchain.pem", str(certificate))
        .replace("/etc/letsencrypt/live/reihe.example.org/privkey.pem", str(key))
        .replace("/var/cache/nginx/reihe", str(tmp_path / "kept"))
        .replace("/var/log/nginx/reihe.log", str(tmp_path / "access.log"))
    )
    main = f"pid nginx.pid;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n"
    checked = subprocess.run([*gateway.command(tmp_path, main), "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def make_certificate(folder: Path) -> tuple[Path, Path]:
    require("openssl")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test"
    subprocess.run([*made.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


@pytest.mark.parametrize("name", [f"{service}-{kind}" for service in SERVICES for kind in ("web", "worker")])
def test_a_unit_runs_its_line_of_the_procfile(name: str, tmp_path: Path) -> None:
    """systemd puts the instance in for %i and a dollar in for two; then the shell does what it is told."""
    line = re.search(r"(?m)^ExecStart=(.*)$", UNIT.read_text())
    assert line is not None
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    command = shlex.split(line[1].replace("%i", name).replace("$$", "$"))
    said = subprocess.run(
        command, cwd=ROOT, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    ).stdout
    service, kind = name.split("-")
    bind = f" --bind 127.0.0.1:800{SERVICES.index(service) + 1}" if kind == "web" else ""
    assert said == f"-m services.{service} {kind}{bind}\n"


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    require("systemd-analyze")
    unit = tmp_path / "reihe@catalogue-web.service"
    shutil.copy(UNIT, unit)
    checked = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
