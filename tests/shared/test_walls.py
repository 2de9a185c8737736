"""The walls between the parts hold, and a violation of each is caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.testing import ROOT


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).parent / "lint-imports")
    command = [program, "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    environ = {"PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the code, in which a wall may be broken."""
    for package in ("services", "shared"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    return tmp_path


def test_all_walls_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line", "wall"),
    [
        ("services/catalogue/handlers.py", "import services.registration.models", "Services never import each other"),
        ("shared/clock.py", "import services.catalogue", "shared knows no service"),
        ("shared/worker.py", "import pika", "pika stands in one module"),
        ("services/registration/models/__init__.py", "import flask", "Flask stays at the web's door"),
        ("services/catalogue/models/__init__.py", "import services.catalogue.web.schemas", "In catalogue, arrows"),
        ("services/registration/models/__init__.py", "import services.registration.app", "In registration, arrows"),
        (
            "services/notifications/models/__init__.py",
            "import services.notifications.handlers",
            "In notifications, arrows",
        ),
        ("services/catalogue/publishing.py", "import services.catalogue.web.schemas", "In catalogue, arrows"),
        ("services/registration/booking.py", "import services.registration.web.schemas", "In registration, arrows"),
        ("services/registration/models/__init__.py", "import services.registration.booking", "In registration, arrows"),
        ("services/notifications/mailing.py", "import services.notifications.handlers", "In notifications, arrows"),
    ],
)
def test_a_planted_violation_is_caught(house: Path, module: str, line: str, wall: str) -> None:
    path = house / module
    assert path.exists(), f"{module} has moved: plant the violation elsewhere"
    path.write_text(path.read_text() + f"\n{line}\n")
    result = lint_imports(house)
    assert result.returncode != 0
    broken = [text for text in result.stdout.splitlines() if " BROKEN" in text]
    assert any(text.startswith(wall) for text in broken), result.stdout
