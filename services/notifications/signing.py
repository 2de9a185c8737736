"""DKIM (RFC 6376): a signature by the sender's domain, so that receivers believe who wrote a mail."""

import dkim

from services.notifications.settings import NotificationsSettings


def signed(content: bytes, settings: NotificationsSettings) -> bytes:
    """The mail with its DKIM-Signature; without a key, as it is.

    Relaxed in both respects (RFC 6376, 3.4): servers on the way wrap headers and trim blanks.
    """
    if not settings.dkim_key:
        return content
    domain = settings.mail_from.rpartition("@")[2].encode("idna")
    signature: bytes = dkim.sign(
        content,
        settings.dkim_selector.encode(),
        domain,
        settings.dkim_key.encode(),
        canonicalize=(b"relaxed", b"relaxed"),
    )
    return signature + content
