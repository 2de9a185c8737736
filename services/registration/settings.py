"""Registration's settings."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from holidays import list_supported_countries

from shared.config import Settings, parse_positive, secrets, setting

Network = IPv4Network | IPv6Network


def parse_networks(value: str) -> tuple[Network, ...]:
    """Raises ``ValueError`` for what is neither an address nor a network such as 10.0.0.0/8."""
    return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())


NO_HOLIDAYS = "none"


def parse_region(value: str) -> str:
    country, _, part = value.partition("-")
    known = list_supported_countries()
    if value != NO_HOLIDAYS and (country not in known or (part and part not in known[country])):
        raise ValueError("must be a country, or a part of one, whose holidays are known, such as DE-NW; or none")
    return "" if value == NO_HOLIDAYS else value


@dataclass(frozen=True, kw_only=True)
class RegistrationSettings(Settings):
    """``link_keys`` sign the links to people's pages; notifications has the same. ``needs_keys`` seal what people need:
    the first seals, all of them open. They seal webhooks' secrets too.

    On ``holidays`` (of a country, or of a part of one) no seat is offered, and no offer runs out.
    ``registrations_per_network`` may come from one network within an hour. Many people share one: those of a house, and
    of a mobile network all who stand behind the same addresses.

    ``trusted_proxies`` are believed in what they say of the sender (``X-Forwarded-For``).

    ``webhook_networks`` may be reached by webhooks although they are not public: none, unless they are named.

    ``keep_…``: after an address was not confirmed, and after the last session: of whom no seat was taken, needs,
    address and answers, and the name and organisation of whoever was there.

    ``desk_waiting`` of a process's threads may wait for their registration at once; the others are left for pages.
    """

    database_url: str = setting("REIHE_REGISTRATION_DATABASE_URL")
    link_keys: tuple[str, ...] = secrets("REIHE_LINK_KEY")
    needs_keys: tuple[str, ...] = secrets("REIHE_NEEDS_KEY")
    holidays: str = setting("REIHE_HOLIDAYS", parse=parse_region, default="DE-NW")
    registrations_per_network: int = setting("REIHE_REGISTRATIONS_PER_NETWORK", parse=parse_positive, default=2_000)
    trusted_proxies: tuple[Network, ...] = setting(
        "REIHE_TRUSTED_PROXIES", parse=parse_networks, default=parse_networks("127.0.0.0/8,::1")
    )
    webhook_networks: tuple[Network, ...] = setting("REIHE_WEBHOOK_NETWORKS", parse=parse_networks, default=())
    keep_unconfirmed_hours: int = setting("REIHE_KEEP_UNCONFIRMED_HOURS", parse=parse_positive, default=48)
    keep_waitlist_days: int = setting("REIHE_KEEP_WAITLIST_DAYS", parse=parse_positive, default=30)
    keep_needs_days: int = setting("REIHE_KEEP_NEEDS_DAYS", parse=parse_positive, default=14)
    keep_contact_days: int = setting("REIHE_KEEP_CONTACT_DAYS", parse=parse_positive, default=90)
    keep_evidence_days: int = setting("REIHE_KEEP_EVIDENCE_DAYS", parse=parse_positive, default=3650)
    desk_waiting: int = setting("REIHE_DESK_WAITING", parse=parse_positive, default=40)
