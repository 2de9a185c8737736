"""What tells a bot from a person without a puzzle: a field nobody sees, and the time that reading a form takes."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from shared.errors import InvalidError
from shared.languages import text as _

SHORTEST_FILLING = timedelta(seconds=3)
LONGEST_FILLING = timedelta(days=2)


def form_stamp(keys: tuple[str, ...], now: datetime) -> str:
    """When the form was shown, signed; goes into a hidden field."""
    shown = str(int(now.timestamp()))
    return f"{shown}.{_mac(keys[0], shown)}"


def check_form(keys: tuple[str, ...], stamp: str, honeypot: str, now: datetime) -> None:
    """Raise :class:`InvalidError` for a form that a person can hardly have filled in; sending it again may help.

    ``honeypot`` is what came in the field that people do not see.
    """
    if honeypot:
        raise InvalidError("honeypot", _("Please leave the field empty that says so, and send the form again."))
    shown = _shown_at(keys, stamp)
    if shown is None or now - shown > LONGEST_FILLING:
        raise InvalidError("form_expired", _("The form was open for very long. Please check it and send it again."))
    if now - shown < SHORTEST_FILLING:
        raise InvalidError("too_fast", _("That was very quick. Please check your details and send the form again."))


def _shown_at(keys: tuple[str, ...], stamp: str) -> datetime | None:
    shown, _dot, mac = stamp.partition(".")
    signed = any(hmac.compare_digest(mac.encode(), _mac(key, shown).encode()) for key in keys)
    if not shown.isdecimal() or not signed:
        return None
    return datetime.fromtimestamp(int(shown), tz=UTC)


def _mac(key: str, shown: str) -> str:
    return hmac.new(key.encode(), f"form:{shown}".encode(), hashlib.sha256).hexdigest()[:32]
