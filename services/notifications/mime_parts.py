"""The parts of a mail as bytes (RFC 2045, 2046): their headers, an empty line, and what they hold.

The standard library's own way to them parses every header anew.
"""

import base64
import binascii
from collections.abc import Sequence

_ASCII = bytes(range(128))
_MANY = 6
"""Of so many bytes one beyond ASCII makes base64 shorter than quoted-printable."""


def text_part(content: str, subtype: str) -> bytes:
    """Plain text or HTML, with each line ending as the standard wants it."""
    lines = content.encode().splitlines()
    whole = b"".join(line + b"\n" for line in lines)
    kind = f'text/{subtype}; charset="utf-8"'
    if len(whole.translate(None, _ASCII)) * _MANY > len(whole):
        return _in_base64(kind, whole)
    return _part(kind, "quoted-printable", binascii.b2a_qp(whole))


def calendar_part(content: bytes, method: str) -> bytes:
    """What calendars act on (RFC 6047, 2.4)."""
    return _in_base64(f'text/calendar; charset="utf-8"; method="{method}"', content)


def calendar_attachment(content: bytes, name: str, method: str | None) -> bytes:
    kind = f'application/ics; method="{method}"' if method else "application/ics"
    return _in_base64(kind, content, f'Content-Disposition: attachment; filename="{name}"\r\n')


def multipart(subtype: str, parts: Sequence[bytes]) -> tuple[str, bytes]:
    """Content-Type and body of what consists of these parts.

    ``=_`` stands in no encoded part (RFC 2045, 6.7), so the boundary may be the same in all mails, and the same mail is
    the same bytes each time it is sent.
    """
    delimiter = f"--=_{subtype}".encode()
    body = b"".join(b"%b\r\n%b\r\n" % (delimiter, part) for part in parts)
    return f'multipart/{subtype}; boundary="=_{subtype}"', b"%b%b--\r\n" % (body, delimiter)


def alternatives(parts: Sequence[bytes]) -> bytes:
    kind, body = multipart("alternative", parts)
    return b"Content-Type: %b\r\n\r\n%b" % (kind.encode(), body)


def _in_base64(kind: str, content: bytes, more: str = "") -> bytes:
    return _part(kind, "base64", base64.encodebytes(content), more)


def _part(kind: str, encoding: str, encoded: bytes, more: str = "") -> bytes:
    """``encoded`` has lines that end with a line feed; ``more`` are further headers."""
    head = f"Content-Type: {kind}\r\n{more}Content-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + encoded.replace(b"\n", b"\r\n")
