"""A mail as it goes over the wire (RFC 5322, 2045, 6047), written as bytes."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from uuid import uuid5

from services.notifications.mailing import REFUSABLE
from services.notifications.mime_parts import (
    alternatives,
    calendar_attachment,
    calendar_part,
    multipart,
    text_part,
)
from services.notifications.models import Mail
from services.notifications.personal_links import filled, unsubscribe
from services.notifications.settings import NotificationsSettings
from shared.languages import language_tag
from shared.text import one_line

# Seven bits everywhere, so that no relay on the way has to change a byte.
_POLICY = SMTP.clone(cte_type="7bit")
# For an address that ASCII cannot say (RFC 6531).
_UTF8_POLICY = _POLICY.clone(utf8=True)

_LINE = 78
"""Signs that a line of a header has, unless it is one long word (RFC 5322, 2.1.1)."""
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9-]+( [A-Za-z0-9-]+)*")
"""An address, and a name, that stand in a header as they are. Whatever is not so takes the standard library's parser a
hundred times as long."""


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
    needs_utf8 = not recipient.isascii()
    kind, body = _body(mail, links)
    policy = _UTF8_POLICY if needs_utf8 else _POLICY
    head = b"".join(_headers(mail, settings, recipient, links, sent_at, kind, policy))
    return Envelope(str(mail.id), settings.mail_from, recipient, b"%b\r\n%b" % (head, body), needs_utf8)


def address_on_the_wire(address: str) -> str:
    """The address with its domain in ASCII (RFC 5890). Raises :class:`UnusableAddressError`."""
    local, _at, domain = address.rpartition("@")
    try:
        wire = f"{local}@{domain.encode('idna').decode('ascii')}"
        if _PLAIN_ADDRESS.fullmatch(wire):
            return wire
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


def _headers(
    mail: Mail,
    settings: NotificationsSettings,
    recipient: str,
    links: dict[str, str],
    sent_at: datetime,
    kind: str,
    policy: "EmailPolicy[Any]",
) -> Iterator[bytes]:
    yield _own_mailbox("From", settings.organiser, settings.mail_from, policy)
    yield _mailbox("To", mail.to_name, recipient, policy)
    if reply_to := mail.reply_to or settings.contact_email:
        yield _own_mailbox("Reply-To", settings.organiser, reply_to, policy)
    yield _text("Subject", on_one_line(mail.subject), policy)
    yield _plain("Date", format_datetime(sent_at))
    yield _plain("Message-ID", f"<{mail.message_id}>")
    if conversation := _conversation(mail):
        yield _plain("In-Reply-To", conversation)
        yield _plain("References", conversation)
    yield _plain("Auto-Submitted", "auto-generated")
    if mail.kind in REFUSABLE:
        # What mail programs show as a button: they post to the address (RFC 2369, RFC 8058).
        yield _plain("List-Unsubscribe", f"<{filled(unsubscribe(settings.base_url), links)}>")
        yield _plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield _plain("MIME-Version", "1.0")
    yield _plain("Content-Type", kind)
    yield _plain("Content-Language", language_tag(mail.locale))


def _plain(name: str, value: str) -> bytes:
    """A header of one word, which can be neither encoded nor folded, however long it is."""
    return f"{name}: {value}\r\n".encode()


@lru_cache
def _text(name: str, value: str, policy: "EmailPolicy[Any]") -> bytes:
    """A header in any words. Many mails have the same."""
    return _folded(name, value, policy)


def _mailbox(name: str, person: str, address: str, policy: "EmailPolicy[Any]") -> bytes:
    """A header with a person, or an organisation, and their address."""
    shown = on_one_line(person)
    line = f"{name}: {shown} <{address}>\r\n"
    if _PLAIN_ADDRESS.fullmatch(address):
        if _PLAIN_NAME.fullmatch(shown) and len(line) - 2 <= _LINE:
            return line.encode()
        if not (shown.isascii() or policy.utf8):
            words = Header(shown, "utf-8", header_name=name).encode(linesep="\r\n")
            return f"{name}: {words}\r\n <{address}>\r\n".encode()
    return _folded(name, _address(shown, address), policy)


@lru_cache
def _own_mailbox(name: str, organiser: str, address: str, policy: "EmailPolicy[Any]") -> bytes:
    """The same for what stands in all mails."""
    return _mailbox(name, organiser, address, policy)


def _folded(name: str, value: str | Address, policy: "EmailPolicy[Any]") -> bytes:
    """A header as the standard library writes it, in encoded words where ASCII cannot say it (RFC 2047)."""
    return policy.fold_binary(*policy.header_store_parse(name, value))


def _conversation(mail: Mail) -> str | None:
    """What all mails to one person about one event refer to, so that mail programs show them together
    (RFC 5322, 3.6.4). No mail has this id itself: which comes first is known only when all have been sent."""
    if mail.event_id is None:
        return None
    return f"<{uuid5(mail.person_id, str(mail.event_id))}@{mail.message_id.rpartition('@')[2]}>"


def _body(mail: Mail, links: dict[str, str]) -> tuple[str, bytes]:
    """Content-Type and body: text, HTML, and a message to the calendar twice, as clients want it: as an alternative
    that they act on, and as a file to keep (RFC 6047).

    Of several messages, and without a method, only the files: clients would take an alternative for all there is.
    """
    method, contents = mail.calendar_method, [content.encode() for content in mail.calendars]
    parts = [text_part(filled(mail.text, links), "plain"), text_part(filled(mail.html, links), "html")]
    if method and len(contents) == 1:
        parts.append(calendar_part(contents[0], method))
    named = zip(_file_names(len(contents), method), contents, strict=True)
    files = [calendar_attachment(content, name, method if len(contents) > 1 else None) for name, content in named]
    return multipart("mixed", [alternatives(parts), *files]) if files else multipart("alternative", parts)


def _file_names(number: int, method: str | None) -> list[str]:
    if number == 1:
        return ["invite.ics" if method else "calendar.ics"]
    return [f"{(method or 'calendar').lower()}-{index}.ics" for index in range(1, number + 1)]


def _address(name: str, address: str) -> Address:
    if address.isascii():
        return Address(display_name=name, addr_spec=address)
    # The parser knows no letters beyond ASCII; RFC 6531 allows them before the @.
    local, _at, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)
