"""Where a request comes from, and the limits on what one address and one network may send."""

from collections.abc import Sequence
from uuid import UUID

from flask import request

from services.registration import limits
from services.registration.web.settings import registrations_per_network, trusted_proxies
from shared.web.service import now, this_service


def sender_network() -> str:
    """The network of whoever sent this request, as the gateway says it; empty if it is not known.

    ``X-Forwarded-For`` counts only from a trusted proxy, such as the gateway.
    """
    peer = _address(request.remote_addr or "")
    sender = (_forwarded() if peer and _is_trusted(peer) else None) or peer
    return limits.network_of(sender) if sender else ""


def _forwarded() -> limits.Address | None:
    return _address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())


def _is_trusted(peer: limits.Address) -> bool:
    return any(peer in network for network in trusted_proxies())


def _address(text: str) -> limits.Address | None:
    try:
        return limits.address_from(text)
    except ValueError:
        return None


def limit_registrations(email: str) -> None:
    """Note a wish of this address and network; raises :class:`TooManyError` if there were too many."""
    limit_parties([email])


def limit_parties(emails: Sequence[str]) -> None:
    """The same for the people of a party, each of whom counts like somebody who registers alone."""
    if not this_service().settings.rate_limits:
        return
    per_network = limits.registrations_per_network(registrations_per_network())
    network = sender_network()
    by_address = [(limits.REGISTRATIONS_PER_ADDRESS, email) for email in sorted(set(emails))]
    _note(*[(per_network, network) for _email in emails], *by_address)


def limit_link_requests() -> None:
    """Note that this network asked for a link; raises :class:`TooManyError` if it did so too often."""
    if this_service().settings.rate_limits:
        _note((limits.LINKS_PER_NETWORK, sender_network()))


def limit_codes(registration_id: UUID) -> None:
    """Note that a code of a room was typed for this registration; raises :class:`TooManyError` if that was often."""
    if this_service().settings.rate_limits:
        _note((limits.CODES_PER_REGISTRATION, str(registration_id)))


def _note(*uses: tuple[limits.Limit, str]) -> None:
    secret = this_service().settings.secret_keys[0]
    with this_service().database.unit_of_work(now()) as uow:
        for limit, value in uses:
            limits.require(uow, limit, limits.subject(secret, value))
        uow.commit()
