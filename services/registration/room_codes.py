"""The code on a room's screen, with which people say themselves that they are there. It changes every minute.

It is derived, so that every process shows and takes the same, and nothing is stored.
"""

import hashlib
import hmac
import struct
from datetime import datetime
from uuid import UUID

STEP = 60
"""Seconds for which a code is shown; it is taken for one step more, for people who type slowly."""
LENGTH = 6
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters, none of which looks like another on a projector: neither 0 nor O, neither 1 nor I."""

_BITS = 5
_PURPOSE = b"room code"


def room_code(keys: tuple[str, ...], session_id: UUID, now: datetime) -> str:
    """By the first of the keys."""
    return _code(keys[0], session_id, _step(now))


def fits(keys: tuple[str, ...], session_id: UUID, typed: str, now: datetime) -> bool:
    """Whether it is the code of this moment or the one before, by any key; small letters and blanks do not matter."""
    given = "".join(typed.upper().split()).encode()
    newest = _step(now)
    codes = [_code(key, session_id, step) for key in keys for step in (newest, newest - 1)]
    return any(hmac.compare_digest(code.encode(), given) for code in codes)


def seconds_left(now: datetime) -> int:
    """Until the next code, 1 to :data:`STEP`."""
    return STEP - int(now.timestamp()) % STEP


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP


def _code(key: str, session_id: UUID, step: int) -> str:
    message = _PURPOSE + session_id.bytes + struct.pack(">q", step)
    number = int.from_bytes(hmac.new(key.encode(), message, hashlib.sha256).digest())
    return "".join(ALPHABET[number >> place * _BITS & len(ALPHABET) - 1] for place in range(LENGTH))
