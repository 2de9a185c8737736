"""docker-compose.yml as Compose reads it: merged, and with values for its variables."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from shared.testing import ROOT

FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class MissingVariableError(Exception):
    """A variable that has to be set is not."""


@cache
def compose_file() -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(FILE.read_text()))


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose_file()["services"]
    return found


def settings_of(container: str) -> dict[str, str]:
    found: dict[str, str] = services()[container].get("environment", {})
    return found


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text as Compose makes it; raises :class:`MissingVariableError` as Compose would refuse to start."""

    def value(found: re.Match[str]) -> str:
        name, operator, rest = found.groups()
        given = values.get(name, "")
        if operator == "?" and not given:
            raise MissingVariableError(f"{name}: {rest}")
        return given or (rest if operator == "-" else "")

    return VARIABLE.sub(value, text)
