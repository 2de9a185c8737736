"""Sealing what must not be read from a copy of the database."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.fernet import Fernet, MultiFernet


class Vault:
    """Encrypts with the first of its keys and reads what was encrypted with any (Fernet: AES-128-CBC, HMAC-SHA256).

    ``keys`` are secrets of at least 32 characters, the newest first.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernets = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def seal(self, content: Mapping[str, Any]) -> bytes:
        return self._fernets.encrypt(json.dumps(content, ensure_ascii=False).encode())

    def opened(self, sealed: bytes) -> dict[str, Any]:
        """Raises cryptography's InvalidToken if none of the keys fits."""
        content: dict[str, Any] = json.loads(self._fernets.decrypt(sealed))
        return content

    def renewed(self, sealed: bytes) -> bytes:
        """The same, sealed with the newest key."""
        return self._fernets.rotate(sealed)


def _fernet_key(secret: str) -> bytes:
    # The secrets are random and long, so one pass of a hash gives Fernet the 32 bytes that it wants.
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest())
