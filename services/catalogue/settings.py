"""What catalogue reads from the environment."""

from dataclasses import dataclass

from shared.config import ConfigurationError, Settings, parse_email, parse_switch, secrets, setting

SMALLEST_TOKEN = 32
"""Characters of an API token in production; below that it can be guessed."""


@dataclass(frozen=True, kw_only=True)
class CatalogueSettings(Settings):
    database_url: str = setting("REIHE_CATALOGUE_DATABASE_URL")
    second_factor_keys: tuple[str, ...] = secrets("REIHE_SECOND_FACTOR_KEY")
    admin_email: str = setting("REIHE_ADMIN_EMAIL", parse=parse_email, default="")
    admin_password: str = setting("REIHE_ADMIN_PASSWORD", default="")
    api_token: str = setting("REIHE_API_TOKEN", default="")
    demo: bool = setting("REIHE_DEMO", parse=parse_switch, default=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.environment == "production" and 0 < len(self.api_token) < SMALLEST_TOKEN:
            raise ConfigurationError(f"REIHE_API_TOKEN: must have at least {SMALLEST_TOKEN} characters")
        if self.api_token and not self.first_email:
            raise ConfigurationError("REIHE_API_TOKEN: belongs to the first account; set REIHE_ADMIN_EMAIL too")

    @property
    def first_email(self) -> str:
        """The address of the first account; outside production there is one of its own."""
        return self.admin_email or ("" if self.environment == "production" else "admin@example.org")

    @property
    def issuer(self) -> dict[str, str]:
        """Who invites and signs, as the messages say it."""
        return {
            "name": self.organiser,
            "association": self.association,
            "logo_line": self.funder_line,
            "signatory": self.signatory,
            "signatory_role": self.signatory_role,
        }
