"""DKIM (RFC 6376): a signature by the sender's domain, so that receivers believe who wrote a mail."""

import dkim

from services.notifications.settings import NotificationsSettings


def signed(content: bytes, settings: NotificationsSettings) -> bytes:
    """The mail with its DKIM-Signature; without a key, as it is.

    Relaxed in both respects (RFC 6376, 3.4): servers on the way wrap headers and trim blanks. What unsubscribes with
    one click is signed too, or receivers ignore it (RFC 8058, 4).
    """
    if not settings.dkim_key:
        return content
    domain = settings.mail_from.rpartition("@")[2].encode("idna")
    mail = dkim.DKIM(content)
    mail.should_sign |= {b"list-unsubscribe-post"}
    signature: bytes = mail.sign(
        settings.dkim_selector.encode(),
        domain,
        settings.dkim_key.encode(),
        canonicalize=(b"relaxed", b"relaxed"),
    )
    return signature + content
