from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.config import ConfigurationError, Settings, setting

KEY, OLDER = "0123456789abcdef" * 2, "fedcba9876543210" * 2
PRODUCTION = {"REIHE_BASE_URL": "https://reihe.example.org", "REIHE_SECRET_KEY": KEY}


@dataclass(frozen=True, kw_only=True)
class TeaSettings(Settings):
    kettle: str = setting("REIHE_TEST_KETTLE", default="steel")


def test_production_is_the_default_and_starts_with_what_is_required() -> None:
    settings = TeaSettings.from_environment(PRODUCTION)
    assert settings.environment == "production"
    assert settings.kettle == "steel"
    assert settings.secure_cookies


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"REIHE_SECRET_KEY": ""}, "REIHE_SECRET_KEY: is required"),
        ({"REIHE_SECRET_KEY": "short"}, "REIHE_SECRET_KEY: must have at least 32"),
        ({"REIHE_SECRET_KEY": "development-only-REIHE_SECRET_KEY________________"}, "REIHE_SECRET_KEY: is the devel"),
        ({"REIHE_SECRET_KEY": f"{KEY},development-only-REIHE_SECRET_KEY________"}, "REIHE_SECRET_KEY: is the devel"),
        ({"REIHE_SECRET_KEY": f"{KEY},short"}, "REIHE_SECRET_KEY: must have at least 32"),
        ({"REIHE_SECRET_KEY": "secret" * 6}, "REIHE_SECRET_KEY: repeats the same few characters"),
        ({"REIHE_BASE_URL": "http://reihe.example.org"}, "REIHE_BASE_URL: must begin with https:// in production"),
        ({"REIHE_BASE_URL": "reihe.example.org"}, "REIHE_BASE_URL: must be like"),
        ({"REIHE_TIME_ZONE": "Mars/Olympus"}, "REIHE_TIME_ZONE: is no IANA time zone"),
        ({"REIHE_RATE_LIMITS": "off"}, "REIHE_RATE_LIMITS: may not be off in production"),
        ({"REIHE_ENVIRONMENT": "staging"}, "REIHE_ENVIRONMENT: must be production"),
        ({"REIHE_ACCENT": "red"}, "REIHE_ACCENT: must be a colour"),
        ({"REIHE_OUTBOX_KEEP_HOURS": "0"}, "REIHE_OUTBOX_KEEP_HOURS: must be 1 or more"),
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start_and_is_named(changes: dict[str, str], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{complaint}"):
        TeaSettings.from_environment(PRODUCTION | changes)


def test_a_secret_can_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    environ = {**PRODUCTION, "REIHE_SECRET_KEY": "", "REIHE_SECRET_KEY_FILE": str(tmp_path / "key")}
    assert TeaSettings.from_environment(environ).secret_keys == (KEY,)


def test_a_key_changes_while_the_one_before_still_holds() -> None:
    settings = TeaSettings.from_environment(PRODUCTION | {"REIHE_SECRET_KEY": f"{KEY}, {OLDER}"})
    assert settings.secret_keys == (KEY, OLDER)


def test_production_can_be_tried_out_on_the_machine_itself() -> None:
    url = "http://localhost:8000"
    assert TeaSettings.from_environment(PRODUCTION | {"REIHE_BASE_URL": url}).base_url == url


def test_a_missing_secret_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^REIHE_SECRET_KEY_FILE: cannot read"):
        TeaSettings.from_environment(PRODUCTION | {"REIHE_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_development_has_keys_of_its_own() -> None:
    settings = TeaSettings.from_environment(
        {"REIHE_ENVIRONMENT": "development", "REIHE_BASE_URL": "http://localhost:8000"}
    )
    assert settings.secret_keys[0].startswith("development-only-")
