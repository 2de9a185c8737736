"""A mail as it goes over the wire (RFC 5322, 2045, 6047)."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import uuid5

from services.notifications.mailing import REFUSABLE
from services.notifications.mime_parts import (
    alternatives,
    calendar_attachment,
    calendar_part,
    make_multipart,
    text_part,
)
from services.notifications.models import Mail
from services.notifications.personal_links import filled, unsubscribe
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
    if conversation := _conversation(mail):
        message["In-Reply-To"] = message["References"] = conversation
    message["Auto-Submitted"] = "auto-generated"
    if mail.kind in REFUSABLE:
        _let_unsubscribe(message, filled(unsubscribe(settings.base_url), links))
    message["MIME-Version"] = "1.0"
    _add_parts(message, mail, links)
    message["Content-Language"] = mail.locale
    return message


def _let_unsubscribe(message: EmailMessage, address: str) -> None:
    """What mail programs show as a button: they post to the address (RFC 2369, RFC 8058)."""
    message["List-Unsubscribe"] = f"<{address}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _conversation(mail: Mail) -> str | None:
    """What all mails to one person about one event refer to, so that mail programs show them together
    (RFC 5322, 3.6.4). No mail has this id itself: which comes first is known only when all have been sent."""
    if mail.event_id is None:
        return None
    return f"<{uuid5(mail.person_id, str(mail.event_id))}@{mail.message_id.rpartition('@')[2]}>"


def _add_parts(message: EmailMessage, mail: Mail, links: dict[str, str]) -> None:
    """Text, HTML, and a message to the calendar twice, as clients want it: as an alternative that they act on, and as
    a file to keep (RFC 6047).

    Of several messages, and without a method, only the files: clients would take an alternative for all there is.
    """
    method, contents = mail.calendar_method, [content.encode() for content in mail.calendars]
    parts = [text_part(filled(mail.text, links), "plain"), text_part(filled(mail.html, links), "html")]
    if method and len(contents) == 1:
        parts.append(calendar_part(contents[0], method))
    named = zip(_file_names(len(contents), method), contents, strict=True)
    files = [calendar_attachment(content, name, method if len(contents) > 1 else None) for name, content in named]
    if files:
        make_multipart(message, "mixed", [alternatives(parts), *files])
    else:
        make_multipart(message, "alternative", parts)


def _file_names(number: int, method: str | None) -> list[str]:
    if number == 1:
        return ["invite.ics" if method else "calendar.ics"]
    return [f"{(method or 'calendar').lower()}-{index}.ics" for index in range(1, number + 1)]


def _address(name: str, address: str) -> Address:
    if address.isascii():
        return Address(display_name=on_one_line(name), addr_spec=address)
    # The parser knows no letters beyond ASCII; RFC 6531 allows them before the @.
    local, _at, domain = address.rpartition("@")
    return Address(display_name=on_one_line(name), username=local, domain=domain)
