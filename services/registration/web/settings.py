"""Registration's own settings, as its views reach them."""

from typing import cast

from services.registration.settings import Network, RegistrationSettings
from shared.vault import Vault
from shared.web.service import this_service


def link_keys() -> tuple[str, ...]:
    """The keys that sign the links to people's pages, the newest first."""
    return settings().link_keys


def vault() -> Vault:
    """Where needs are sealed and opened."""
    return Vault(settings().needs_keys)


def registrations_per_network() -> int:
    """How many registrations one network may send within an hour."""
    return settings().registrations_per_network


def trusted_proxies() -> tuple[Network, ...]:
    """The networks whose ``X-Forwarded-For`` is believed."""
    return settings().trusted_proxies


def settings() -> RegistrationSettings:
    """All of them."""
    return cast("RegistrationSettings", this_service().settings)
