"""Registration's own settings, as its views reach them."""

from typing import cast

from services.registration.settings import Network, RegistrationSettings
from services.registration.vault import Vault
from shared.web.service import this_service


def link_key() -> str:
    """The key that signs the links to people's pages."""
    return _settings().link_key


def vault() -> Vault:
    """Where needs are sealed and opened."""
    return Vault(_settings().needs_keys)


def registrations_per_network() -> int:
    """How many registrations one network may send within an hour."""
    return _settings().registrations_per_network


def trusted_proxies() -> tuple[Network, ...]:
    """The networks whose ``X-Forwarded-For`` is believed."""
    return _settings().trusted_proxies


def _settings() -> RegistrationSettings:
    return cast("RegistrationSettings", this_service().settings)
