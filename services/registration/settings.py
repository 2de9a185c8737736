"""Registration's settings."""

from dataclasses import dataclass

from shared.config import Settings, parse_positive, secret, setting


@dataclass(frozen=True, kw_only=True)
class RegistrationSettings(Settings):
    """``link_key`` signs the links to people's pages; notifications has the same.

    ``registrations_per_network`` may come from one network within an hour. Many people share one: those of a house, and
    of a mobile network all who stand behind the same addresses.
    """

    database_url: str = setting("REIHE_REGISTRATION_DATABASE_URL")
    link_key: str = secret("REIHE_LINK_KEY")
    registrations_per_network: int = setting("REIHE_REGISTRATIONS_PER_NETWORK", parse=parse_positive, default=2_000)
