"""Verify codes: too many to guess, easy to read aloud and to type."""

import secrets

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are taken for others."""
_LENGTH = 12
"""60 bits."""
_GROUP = 4
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "–": "", "‐": "", "‑": ""})


def new_code() -> str:
    """For example ``7K3M-Q9XP-24TD``."""
    return _grouped("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)))


def canonical(typed: str) -> str | None:
    """The code as it was issued, however it was typed; None if it cannot be one."""
    signs = typed.upper().translate(_MISREAD)
    return _grouped(signs) if len(signs) == _LENGTH and set(signs) <= set(_SIGNS) else None


def _grouped(signs: str) -> str:
    return "-".join(signs[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))
