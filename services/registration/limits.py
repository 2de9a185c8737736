"""Limits on what anybody may do without signing in, as rows, so that all processes count together."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from sqlalchemy import delete, func, select

from services.registration.models import Attempt, table
from shared.database import UnitOfWork, new_id
from shared.errors import TooManyError
from shared.languages import text as _

ATTEMPTS = table(Attempt)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` uses within ``span`` by one subject."""

    name: str
    most: int
    span: timedelta


LINKS_PER_PERSON = Limit("link", 3, timedelta(hours=1))
REGISTRATIONS_PER_ADDRESS = Limit("registration_address", 20, timedelta(hours=1))
CODES_PER_REGISTRATION = Limit("room_code", 10, timedelta(hours=1))
LINKS_PER_NETWORK = Limit("link_network", 30, timedelta(hours=1))

LONGEST_SPAN = timedelta(hours=1)


def registrations_per_network(most: int) -> Limit:
    return Limit("registration_network", most, timedelta(hours=1))


def use(uow: UnitOfWork, limit: Limit, subject: str) -> bool:
    """Note one use; False, and nothing noted, if the limit is reached. ``subject`` has at most 64 characters."""
    columns = ATTEMPTS.c
    recent = (columns.limit_name == limit.name, columns.subject == subject, columns.at > uow.now - limit.span)
    used = uow.session.execute(select(func.count()).select_from(ATTEMPTS).where(*recent)).scalar_one()
    if used >= limit.most:
        return False
    attempt = {"id": new_id(), "limit_name": limit.name, "subject": subject, "at": uow.now}
    uow.session.execute(ATTEMPTS.insert(), [attempt])
    return True


def require(uow: UnitOfWork, limit: Limit, subject: str) -> None:
    """Note one use, or raise :class:`TooManyError`."""
    if not use(uow, limit, subject):
        raise TooManyError("too_many", _("That was very often in a short time. Please try again in an hour."))


def forget(uow: UnitOfWork) -> None:
    """Delete what no limit looks at any more."""
    uow.session.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at < uow.now - LONGEST_SPAN))


def subject(secret: str, value: str) -> str:
    """A keyed digest, so that the table holds neither addresses nor networks."""
    return hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()


Address = IPv4Address | IPv6Address


def address_from(text: str) -> Address:
    """Raises ValueError for what is no IP address. IPv4 in IPv6's clothes (RFC 4291, 2.5.5.2) is IPv4."""
    address = ip_address(text)
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def network_of(address: Address) -> str:
    """The network that counts as one: /24 of IPv4, /48 of IPv6."""
    prefix = 24 if isinstance(address, IPv4Address) else 48
    return str(ip_network((address, prefix), strict=False))
