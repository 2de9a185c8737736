"""Settings from the environment: a frozen dataclass, complete and checked before anything starts."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self, cast
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.languages import FOR_PARTICIPANTS

Environment = Literal["production", "development", "load-test"]

SMALLEST_SECRET = 32
"""Characters; below that a key can be guessed."""
FEWEST_CHARACTERS = 8
"""Different ones in a key; of 32 random hexadecimal digits, one key in thirty million has fewer."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ConfigurationError(Exception):
    """A setting is missing or makes no sense; the message begins with the variable's name."""


def setting(variable: str, *, parse: Callable[[str], Any] = str, default: Any = MISSING) -> Any:
    """A field that is read from ``variable``, or from the file that ``<variable>_FILE`` names.

    Without a default the variable is required.
    """
    return field(default=default, metadata={"variable": variable, "parse": parse})


def secrets(variable: str) -> Any:
    """Keys of at least 32 characters each, separated by commas, the newest first: more than one while they change.

    What is signed or sealed, is so with the first; what was signed or sealed with any of them, holds. Development has a
    key of its own; elsewhere they are required.
    """
    development = (f"development-only-{variable:_<32}",)
    return field(metadata={"variable": variable, "parse": _secrets, "development": development})


def _secrets(value: str) -> tuple[str, ...]:
    return tuple(_secret(part.strip()) for part in value.split(","))


def _secret(value: str) -> str:
    if len(value) < SMALLEST_SECRET:
        raise ValueError(f"must have at least {SMALLEST_SECRET} characters")
    if value.startswith("development-only-"):
        raise ValueError("is the development key; make your own, for example with: openssl rand -hex 32")
    if len(set(value)) < FEWEST_CHARACTERS:
        raise ValueError("repeats the same few characters; make your own, for example with: openssl rand -hex 32")
    return value


def parse_environment(value: str) -> Environment:
    if value not in ("production", "development", "load-test"):
        raise ValueError("must be production, development or load-test")
    return cast("Environment", value)


def parse_base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be like https://reihe.example.org, without a path")
    return value.rstrip("/")


def parse_switch(value: str) -> bool:
    if value not in ("0", "1", "on", "off"):
        raise ValueError("must be 1 or 0")
    return value in ("1", "on")


def parse_positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def parse_count(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError("must be 0 or more")
    return number


def parse_time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("is no IANA time zone, such as Europe/Berlin") from error
    return value


def parse_email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise ValueError("is no e-mail address")
    return value


def parse_colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError("must be a colour such as #0b5cad")
    return value.lower()


def parse_locales(value: str) -> tuple[str, ...]:
    locales = tuple(part.strip() for part in value.split(",") if part.strip())
    if not locales:
        raise ValueError("must name at least one language, such as de,en")
    return locales


def parse_ids(value: str) -> tuple[UUID, ...]:
    try:
        return tuple(UUID(part.strip()) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise ValueError("must be ids of events, separated by commas, as their pages' addresses show them") from error


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What every service needs. A service adds its own in a subclass."""

    environment: Environment = setting("REIHE_ENVIRONMENT", parse=parse_environment, default="production")
    base_url: str = setting("REIHE_BASE_URL", parse=parse_base_url)
    secret_keys: tuple[str, ...] = secrets("REIHE_SECRET_KEY")
    amqp_url: str = setting("REIHE_AMQP_URL", default="")
    time_zone: str = setting("REIHE_TIME_ZONE", parse=parse_time_zone, default="Europe/Berlin")
    locales: tuple[str, ...] = setting("REIHE_LOCALES", parse=parse_locales, default=FOR_PARTICIPANTS)
    data_dir: Path = setting("REIHE_DATA_DIR", parse=Path, default=Path("var"))
    rate_limits: bool = setting("REIHE_RATE_LIMITS", parse=parse_switch, default=True)
    outbox_keep_hours: int = setting("REIHE_OUTBOX_KEEP_HOURS", parse=parse_positive, default=72)
    keep_parked_days: int = setting("REIHE_KEEP_PARKED_DAYS", parse=parse_positive, default=14)
    keep_audit_days: int = setting("REIHE_KEEP_AUDIT_DAYS", parse=parse_positive, default=1096)
    keep_mail_days: int = setting("REIHE_KEEP_MAIL_DAYS", parse=parse_positive, default=90)
    """After it was queued, nothing is left of what a mail says."""
    legal_holds: tuple[UUID, ...] = setting("REIHE_LEGAL_HOLDS", parse=parse_ids, default=())
    """Events of which nothing is deleted by itself."""

    # Who runs this installation, as it stands on pages, mails and certificates.
    name: str = setting("REIHE_NAME", default="Reihe")
    organiser: str = setting("REIHE_ORGANISER", default="Reihe")
    association: str = setting("REIHE_ASSOCIATION", default="")
    funder_line: str = setting("REIHE_FUNDER_LINE", default="")
    signatory: str = setting("REIHE_SIGNATORY", default="")
    signatory_role: str = setting("REIHE_SIGNATORY_ROLE", default="")
    contact_email: str = setting("REIHE_CONTACT_EMAIL", parse=parse_email, default="")
    privacy_contact: str = setting("REIHE_PRIVACY_CONTACT", default="")
    """Who watches over data protection there, and how to reach them."""
    accent: str = setting("REIHE_ACCENT", parse=parse_colour, default="")

    def __post_init__(self) -> None:
        if self.environment == "production" and not self.rate_limits:
            raise ConfigurationError("REIHE_RATE_LIMITS: may not be off in production")
        if self.environment == "production" and not self._keeps_cookies_from_others:
            raise ConfigurationError("REIHE_BASE_URL: must begin with https:// in production, or cookies could be read")

    @property
    def is_development(self) -> bool:
        return self.environment == "development"

    @property
    def _keeps_cookies_from_others(self) -> bool:
        return self.secure_cookies or urlsplit(self.base_url).hostname in LOOPBACK

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read all fields; raise :class:`ConfigurationError` for the first that is missing or wrong."""
        development = environ.get("REIHE_ENVIRONMENT") == "development"
        values: dict[str, Any] = {}
        for f in fields(cls):
            value = _read(f.metadata, environ, required=f.default is MISSING, development=development)
            if value is not MISSING:
                values[f.name] = value
        return cls(**values)


def _read(metadata: Mapping[str, Any], environ: Mapping[str, str], *, required: bool, development: bool) -> Any:
    variable = metadata["variable"]
    raw = _raw(variable, environ)
    if raw:
        try:
            return metadata["parse"](raw)
        except ValueError as error:
            raise ConfigurationError(f"{variable}: {error}") from error
    if development and "development" in metadata:
        return metadata["development"]
    if required:
        raise ConfigurationError(f"{variable}: is required; set it, or {variable}_FILE to a file that holds it")
    return MISSING


def _raw(variable: str, environ: Mapping[str, str]) -> str:
    path = environ.get(f"{variable}_FILE", "")
    if not path:
        return environ.get(variable, "")
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ConfigurationError(f"{variable}_FILE: cannot read {path}: {error.strerror}") from error
