"""deploy/env.example names every setting there is, with its default, and no other."""

import re

import pytest

from services.catalogue.settings import CatalogueSettings
from services.notifications.settings import NotificationsSettings
from services.registration.settings import RegistrationSettings
from shared.config import Settings
from shared.testing import ROOT
from tests.deploy.composed import FILE, VARIABLE

LINE = re.compile(r"(?P<comment>#?)(?P<name>[A-Z][A-Z_]+)=(?P<value>.*)")
ALL_SETTINGS: tuple[type[Settings], ...] = (CatalogueSettings, RegistrationSettings, NotificationsSettings)
OF_ONE_PROCESS = {"REIHE_PORT", "REIHE_BIND"}
OF_OTHERS = {"PROMETHEUS_MULTIPROC_DIR", "COMPOSE_PROFILES"}
EXAMPLES = {"REIHE_AMQP_URL", "REIHE_CATALOGUE_DATABASE_URL", "REIHE_REGISTRATION_DATABASE_URL"} | {
    "REIHE_NOTIFICATIONS_DATABASE_URL"
}
"""Shown with a value that is an example and no default."""


def lines() -> dict[str, tuple[bool, str]]:
    """Name → (is only shown, value)."""
    found = filter(None, (LINE.fullmatch(line) for line in (ROOT / "deploy/env.example").read_text().splitlines()))
    return {line["name"]: (line["comment"] == "#", line["value"]) for line in found}


def fields() -> dict[str, tuple[type[Settings], str]]:
    """Variable → the class that has it, and the field's name."""
    return {
        field.metadata["variable"]: (settings, name)
        for settings in ALL_SETTINGS
        for name, field in settings.__dataclass_fields__.items()
    }


def test_it_names_all_settings_and_nothing_else() -> None:
    composed = {name for name, _, _ in VARIABLE.findall(FILE.read_text())}
    assert set(lines()) == set(fields()) | composed | OF_ONE_PROCESS | OF_OTHERS


@pytest.mark.parametrize("name", sorted(set(fields()) - EXAMPLES))
def test_what_it_shows_is_the_default(name: str) -> None:
    settings, field_name = fields()[name]
    field = settings.__dataclass_fields__[field_name]
    shown, value = lines()[name]
    if not shown:
        assert value == ""
    elif value:
        assert field.metadata["parse"](value) == field.default
    else:
        assert not field.default


def test_what_has_to_be_set_stands_there_to_be_filled_in() -> None:
    required = {name for name, operator, _ in VARIABLE.findall(FILE.read_text()) if operator == "?"}
    assert required == {name for name, (shown, _) in lines().items() if not shown} - {"REIHE_ADMIN_EMAIL"}


def test_nothing_secret_has_a_value() -> None:
    secrets = {name: value for name, (_, value) in lines().items() if re.search("KEY|PASSWORD|TOKEN", name)}
    assert len(secrets) == 13
    assert set(secrets.values()) == {""}
