"""Registration's own settings, as its views reach them."""

from typing import cast

from services.registration.settings import RegistrationSettings
from shared.web.service import this_service


def link_key() -> str:
    """The key that signs the links to people's pages."""
    return _settings().link_key


def registrations_per_network() -> int:
    """How many registrations one network may send within an hour."""
    return _settings().registrations_per_network


def _settings() -> RegistrationSettings:
    return cast("RegistrationSettings", this_service().settings)
