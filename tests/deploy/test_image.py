"""The Dockerfile, read instruction by instruction, and what its steps make of a copy."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shared.messages import SERVICES
from shared.testing import ROOT
from tests.deploy.image import DOCKERFILE, copied, instructions, make_image_folder


def texts(service: str, keyword: str) -> list[str]:
    return [i.text for i in instructions(service) if i.keyword == keyword]


def test_hadolint_finds_nothing() -> None:
    checked = subprocess.run(
        [Path(sys.executable).parent / "hadolint", DOCKERFILE], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_shared_and_its_own_service_and_nothing_else_of_the_repository(service: str) -> None:
    sources = {source for source, _ in copied(service)}
    assert sources == {"requirements.txt", "shared", "services/__init__.py", f"services/{service}"}
    assert all((ROOT / source).exists() for source in sources)


def test_the_context_holds_what_is_copied_and_no_data() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {"requirements.txt", "shared", "services"}


def test_it_runs_as_a_user_without_rights() -> None:
    assert texts("catalogue", "USER") == ["10001:10001"]
    assert instructions("catalogue")[-1].keyword == "CMD"


def test_requirements_are_installed_by_their_hashes() -> None:
    installing = [text for text in texts("catalogue", "RUN") if "pip install" in text]
    assert len(installing) == 1
    assert "--require-hashes --requirement requirements.txt" in installing[0]


def test_its_base_has_a_version() -> None:
    bases = [text.split()[0] for text in texts("catalogue", "FROM")]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.11-[\w-]+", bases[0])


def test_a_build_that_does_not_say_which_service_is_refused() -> None:
    checking = next(text for text in texts("", "RUN") if "--build-arg" in text)
    refused = subprocess.run(["sh", "-c", checking], capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "--build-arg SERVICE=catalogue" in refused.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_in_the_image_is_enough_to_start_and_its_translations_are_compiled(
    service: str, tmp_path: Path
) -> None:
    make_image_folder(service, tmp_path)
    assert {path.with_suffix(".po") for path in tmp_path.rglob("*.mo")} == set(tmp_path.rglob("*.po")) != set()
    started = subprocess.run(
        [sys.executable, "-m", f"services.{service}", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    assert f"python -m services.{service}" in started.stdout


def test_the_command_without_compose_serves_the_service() -> None:
    assert json.loads(texts("catalogue", "CMD")[0]) == [
        "sh",
        "-c",
        "exec python -m services.$SERVICE web --bind 0.0.0.0:8000",
    ]
    assert texts("catalogue", "EXPOSE") == ["8000"]
