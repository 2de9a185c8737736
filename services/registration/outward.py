"""Requests to addresses that people have entered: never into our own network, never longer than a set time.

The name is resolved once, every address is checked, and the connection goes to a checked address, so that a name that
changes its address in between leads nowhere. Redirects are not followed.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from services.registration.settings import Network

CONNECT_SECONDS = 5.0
LONGEST_SECONDS = 15.0
"""For connecting to one address, and for everything after it."""
MOST_ADDRESSES = 2
"""Of one name, that are tried."""

_PORTS = {"http": 80, "https": 443}
_TRANSLATED = tuple(ip_network(network) for network in ("64:ff9b::/96", "2002::/16", "2001::/32"))
"""IPv6 addresses that lead to an IPv4 address, perhaps to one of ours."""

Resolve = Callable[[str, int], Sequence[str]]


class UnreachedError(Exception):
    """The request got no answer; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a name; raises :class:`UnreachedError` (``unknown_host``)."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachedError("unknown_host") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outward:
    """Posts to public addresses, and to those of the networks that are ``allowed`` besides."""

    def __init__(
        self, allowed: Sequence[Network] = (), *, resolve: Resolve = resolved, longest: float = LONGEST_SECONDS
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._longest = longest
        self._tls = ssl.create_default_context()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, whatever it is; raises :class:`UnreachedError` if there is none."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        addresses = self._checked(host, port)
        try:
            with _first_that_answers(addresses, port) as raw, _cut_off_after(self._longest, raw):
                return self._exchange(raw, parts, body, headers)
        except TimeoutError as error:
            raise UnreachedError("timeout") from error
        except ssl.SSLError as error:
            raise UnreachedError("tls_failed") from error
        except (OSError, HTTPException) as error:
            raise UnreachedError("connection_failed") from error

    def _checked(self, host: str, port: int) -> Sequence[str]:
        addresses = self._resolve(host, port)
        if not addresses:
            raise UnreachedError("unknown_host")
        if not all(self._may_be_reached(address) for address in addresses):
            raise UnreachedError("address_not_public")
        return addresses[:MOST_ADDRESSES]

    def _may_be_reached(self, address: str) -> bool:
        found: IPv4Address | IPv6Address = ip_address(address)
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return any(found in network for network in self._allowed) or is_public(found)

    def _exchange(self, raw: socket.socket, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> int:
        raw.settimeout(self._longest)
        secure = parts.scheme == "https"
        host = parts.hostname or ""
        made = HTTPSConnection if secure else HTTPConnection
        connection = made(host, parts.port)
        connection.auto_open = 0  # it must never look the name up itself
        connection.sock = self._tls.wrap_socket(raw, server_hostname=host) if secure else raw
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", target, body, dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it belongs to the public internet for certain."""
    translated = isinstance(address, IPv6Address) and any(address in network for network in _TRANSLATED)
    return address.is_global and not address.is_multicast and not translated


def _first_that_answers(addresses: Sequence[str], port: int) -> socket.socket:
    *others, last = addresses
    for address in others:
        try:
            return socket.create_connection((address, port), timeout=CONNECT_SECONDS)
        except OSError:
            continue
    return socket.create_connection((last, port), timeout=CONNECT_SECONDS)


@contextmanager
def _cut_off_after(seconds: float, connected: socket.socket) -> Iterator[None]:
    """End the connection then, also if the other side keeps it busy byte by byte."""
    # A duplicate stays valid where TLS takes the socket over.
    duplicate = connected.dup()
    timer = threading.Timer(seconds, _cut, [duplicate])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        duplicate.close()


def _cut(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was quicker
