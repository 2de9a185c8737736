"""What our own mail server found out about who sent a mail (Authentication-Results, RFC 8601)."""

import re
from collections.abc import Sequence

_COMMENT = re.compile(r"\([^()]*\)")
_DEEPEST_COMMENT = 5
LONGEST_FIELD = 8_000

_RESULT = re.compile(r"(dkim|dmarc)\s*=\s*pass(?=\s|$)")
_DOMAIN = re.compile(r"\bheader\.(d|i|from)\s*=\s*\"?(?:[^\s@\";]*@)?([^\s@\";]+)")


def is_authentic(fields: Sequence[str], server: str, sender: str) -> bool:
    """Whether ``server`` (its authserv-id) says that the sender's domain stands behind the mail.

    ``fields`` are the Authentication-Results from the top down. Only the uppermost of this server counts: what stands
    below may have come with the mail. SPF alone says nothing about the address in From.
    """
    domain = sender.rpartition("@")[2].lower()
    own = next((results for name, results in map(_parsed, fields) if name == server.lower()), [])
    return bool(domain) and any(_vouches(result, domain) for result in own)


def _parsed(field: str) -> tuple[str, list[str]]:
    """The authserv-id, and each result, in small letters."""
    text = " ".join(field[:LONGEST_FIELD].lower().split())
    for _level in range(_DEEPEST_COMMENT):
        text = _COMMENT.sub(" ", text)
    head, *results = text.split(";")
    name = head.split()[0].strip('"') if head.split() else ""
    return name, [result.strip() for result in results]


def _vouches(result: str, domain: str) -> bool:
    """DMARC for the very domain; a DKIM signature of it or of a domain above it."""
    passed = _RESULT.match(result)
    if passed is None:
        return False
    named = _DOMAIN.findall(result)
    if passed[1] == "dmarc":
        return any(kind == "from" and found == domain for kind, found in named)
    return any(kind in ("d", "i") and _covers(found, domain) for kind, found in named)


def _covers(signing: str, domain: str) -> bool:
    return "." in signing and (domain == signing or domain.endswith(f".{signing}"))
