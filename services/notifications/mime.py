"""A mail as it goes over the wire (RFC 5322, 2045, 6047)."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.notifications.models import Mail
from services.notifications.personal_links import filled
from services.notifications.settings import NotificationsSettings
from shared.text import one_line

# Seven bits everywhere, so that no relay on the way has to change a byte.
_POLICY = SMTP.clone(cte_type="7bit")
# For an address that ASCII cannot say (RFC 6531).
_UTF8_POLICY = _POLICY.clone(utf8=True)

_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


class UnusableAddressError(Exception):
    """Nothing can be sent to this address; the message says why."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a transport is handed. ``needs_utf8``: the server must know SMTPUTF8."""

    name: str
    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool


def envelope(mail: Mail, settings: NotificationsSettings, links: dict[str, str], sent_at: datetime) -> Envelope:
    """The mail, ready to be handed over; ``links`` fill its placeholders, none leave them as they are.

    Raises :class:`UnusableAddressError`.
    """
    recipient = address_on_the_wire(mail.to_email)
    message = _message(mail, settings, recipient, links, sent_at)
    needs_utf8 = not recipient.isascii()
    policy = _UTF8_POLICY if needs_utf8 else _POLICY
    return Envelope(str(mail.id), settings.mail_from, recipient, message.as_bytes(policy=policy), needs_utf8)


def address_on_the_wire(address: str) -> str:
    """The address with its domain in ASCII (RFC 5890). Raises :class:`UnusableAddressError`."""
    local, _at, domain = address.rpartition("@")
    try:
        wire = f"{local}@{domain.encode('idna').decode('ascii')}"
        if any(unicodedata.category(sign) in _UNPRINTABLE for sign in wire) or not (local and domain):
            raise ValueError(address)
        _address("", wire)
    except Exception as error:  # the standard library's parser raises many kinds for what is no address
        raise UnusableAddressError("this is not an address that mail can be sent to") from error
    return wire


def on_one_line(text: str) -> str:
    """Text for a header: no line end and no control character comes through, and nothing that looks like an encoded
    word (RFC 2047), which the standard library would send as it stands and readers would decode."""
    printable = "".join(" " if unicodedata.category(sign) in _UNPRINTABLE else sign for sign in text)
    return one_line(printable.replace("=?", "= ?"))


def _message(
    mail: Mail, settings: NotificationsSettings, recipient: str, links: dict[str, str], sent_at: datetime
) -> EmailMessage:
    message = EmailMessage(policy=_POLICY if recipient.isascii() else _UTF8_POLICY)
    message["From"] = _address(settings.organiser, settings.mail_from)
    message["To"] = _address(mail.to_name, recipient)
    if settings.contact_email:
        message["Reply-To"] = _address(settings.organiser, settings.contact_email)
    message["Subject"] = on_one_line(mail.subject)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(filled(mail.text, links))
    message.add_alternative(filled(mail.html, links), subtype="html")
    if mail.calendar:
        _add_calendar(message, mail.calendar.encode(), mail.calendar_method)
    # At last, for what begins with Content- moves into the first part when others join it.
    message["Content-Language"] = mail.locale
    return message


def _add_calendar(message: EmailMessage, content: bytes, method: str | None) -> None:
    """An invitation twice, as clients want it: as an alternative that they act on, and as a file to keep (RFC 6047).

    Without a method, only the file: an alternative with several entries would be taken for its first.
    """
    if method:
        message.add_alternative(
            content, maintype="text", subtype="calendar", cte="base64", params={"charset": "utf-8", "method": method}
        )
    message.add_attachment(
        content, maintype="application", subtype="ics", filename="invite.ics" if method else "calendar.ics"
    )


def _address(name: str, address: str) -> Address:
    if address.isascii():
        return Address(display_name=on_one_line(name), addr_spec=address)
    # The parser knows no letters beyond ASCII; RFC 6531 allows them before the @.
    local, _at, domain = address.rpartition("@")
    return Address(display_name=on_one_line(name), username=local, domain=domain)
