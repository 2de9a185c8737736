"""Links for people: tokens that carry their own proof. Nothing is stored but the person's ``generation``."""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

_FORMAT = struct.Struct(">B16sI")
_MAC_BYTES = 20
_TOKEN_BYTES = _FORMAT.size + _MAC_BYTES


class Purpose(IntEnum):
    """What a token opens. A token of one purpose is worth nothing for another."""

    MY_PAGE = 1
    CALENDAR = 2
    CERTIFICATE = 3
    OWN_REGISTRATION = 4
    """The cookie of the browser that sent the form: shows one registration's state, changes nothing."""
    UNSUBSCRIBE = 5
    """Ends the mails beyond a person's own places, and nothing else, so that it holds whatever the generation."""
    DOOR = 6
    """The door of one event, for helpers without an account."""
    STAFF_CALENDAR = 7
    """The calendar of a member of staff, with numbers; made and read by catalogue alone, with its own key."""


@dataclass(frozen=True, slots=True)
class Link:
    """``subject`` is the id of the person, the certificate, the registration, or of a link that is kept as a row.

    ``generation`` is that of the person whose link it is; raising it ends all their links. It is 0 where there is none.
    """

    subject: UUID
    generation: int


def make_token(keys: tuple[str, ...], purpose: Purpose, link: Link) -> str:
    """base64url(purpose ‖ subject ‖ generation ‖ HMAC-SHA256, 160 bits of it), with the first of the keys."""
    payload = _FORMAT.pack(purpose, link.subject.bytes, link.generation)
    return base64.urlsafe_b64encode(payload + _mac(keys[0], payload)).rstrip(b"=").decode()


def certificate_token(keys: tuple[str, ...], certificate_id: UUID, link_generation: int) -> str:
    """The token that opens a certificate's document; ``link_generation`` is its holder's."""
    return make_token(keys, Purpose.CERTIFICATE, Link(certificate_id, link_generation))


def read_token(keys: tuple[str, ...], purpose: Purpose, token: str) -> Link | None:
    """What the token opens; None if it is not ours or serves another purpose.

    Any of the keys may have signed it. The caller compares the generation.
    """
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _TOKEN_BYTES:
        return None
    payload, mac = raw[: _FORMAT.size], raw[_FORMAT.size :]
    kind, subject, generation = _FORMAT.unpack(payload)
    if kind != purpose or not any(hmac.compare_digest(mac, _mac(key, payload)) for key in keys):
        return None
    return Link(UUID(bytes=subject), generation)


def _mac(key: str, payload: bytes) -> bytes:
    return hmac.new(key.encode(), payload, hashlib.sha256).digest()[:_MAC_BYTES]
