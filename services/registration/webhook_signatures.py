"""How a webhook's receiver recognises us: HMAC-SHA256 over id, timestamp and body, as Standard Webhooks has it."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

PREFIX = "whsec_"
SECRET_BYTES = 32
GRACE = timedelta(hours=24)
"""So long receivers may go on with the secret that was replaced."""


def new_secret() -> str:
    """``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def renewed(kept: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What is kept once the secret was renewed: the new one, and the one before, which signs too for :data:`GRACE`."""
    return {"secret": new_secret(), "previous": kept["secret"], "previous_until": (now + GRACE).isoformat()}


def signing_secrets(kept: Mapping[str, str], now: datetime) -> list[str]:
    """Those that sign at this moment, the newest first."""
    until = kept.get("previous_until")
    both = until is not None and now < datetime.fromisoformat(until)
    return [kept["secret"], kept["previous"]] if both else [kept["secret"]]


def signed_headers(signed_by: Sequence[str], message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt, with a signature by each of the secrets; ``moment`` is when it is made."""
    timestamp = str(int(moment.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in signed_by),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
