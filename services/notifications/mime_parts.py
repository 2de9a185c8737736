"""The parts of a mail (RFC 2045, 2046), ready as bytes.

The standard library's own way to them parses every header anew.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from email.message import EmailMessage, Message

_ASCII = bytes(range(128))
_MANY = 6
"""Of so many bytes one beyond ASCII makes base64 shorter than quoted-printable."""


def text_part(content: str, subtype: str) -> Message:
    lines = content.encode().splitlines()
    whole = b"".join(line + b"\n" for line in lines)
    part = _part("text", subtype, {"charset": "utf-8"})
    if len(whole.translate(None, _ASCII)) * _MANY > len(whole):
        return _in_base64(part, whole)
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(binascii.b2a_qp(whole).decode("ascii"))
    return part


def calendar_part(content: bytes, method: str) -> Message:
    """What calendars act on (RFC 6047, 2.4)."""
    return _in_base64(_part("text", "calendar", {"charset": "utf-8", "method": method}), content)


def calendar_attachment(content: bytes, name: str, method: str | None) -> Message:
    part = _part("application", "ics", {"method": method} if method else {})
    part["Content-Disposition"] = f'attachment; filename="{name}"'
    return _in_base64(part, content)


def alternatives(parts: Sequence[Message]) -> Message:
    whole = Message()
    make_multipart(whole, "alternative", parts)
    return whole


def make_multipart(message: Message | EmailMessage, subtype: str, parts: Sequence[Message]) -> None:
    """Let a message consist of these parts. ``=_`` stands in no encoded part (RFC 2045, 6.7), so the boundary may be
    the same in all mails, and the same mail is the same bytes each time it is sent."""
    message["Content-Type"] = f'multipart/{subtype}; boundary="=_{subtype}"'
    message.set_payload(list(parts))


def _part(kind: str, subtype: str, parameters: Mapping[str, str]) -> Message:
    part = Message()
    said = "".join(f'; {name}="{value}"' for name, value in parameters.items())
    part["Content-Type"] = f"{kind}/{subtype}{said}"
    return part


def _in_base64(part: Message, content: bytes) -> Message:
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(content).decode("ascii"))
    return part
