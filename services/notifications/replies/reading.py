"""Reading one mail that came in, without trusting any of it: what it costs is bounded before it is taken apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

from services.notifications.replies.bounces import Failure, bare_id, read_report
from services.notifications.replies.calendar_answers import (
    CalendarAnswer,
    UnreadableAnswerError,
    plain_line,
    read_calendar,
)
from shared.text import normalised_email

LARGEST_MAIL = 2 * 1024 * 1024
MOST_PARTS = 40
MOST_BOUNDARIES = 400
"""Lines that may part a mail: each is looked at once for every level around it."""
LONGEST_PART_FIELD = 2_000
MOST_HEADER_LINES = 2_000
LONGEST_SUBJECT = 200

_PART_FIELD = re.compile(rb"(?im)^content-[a-z-]+[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*")
_CALENDAR_TYPES = ("text/calendar", "application/ics")


class UnreadableMailError(Exception):
    """The mail is too large or too entangled to be read."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail, as far as it concerns us. ``key`` tells it from others: its Message-ID, else a digest of it.

    Of ``answer``, ``complaint`` and ``failures`` at most one holds something: an answer, why it cannot be read,
    or mails of ours that did not arrive. ``results`` are its Authentication-Results from the top down;
    ``is_automatic`` means that a machine has answered of itself (RFC 3834).
    """

    key: str
    sender: str
    subject: str
    results: tuple[str, ...]
    is_automatic: bool
    answer: CalendarAnswer | None = None
    complaint: str = ""
    failures: tuple[Failure, ...] = ()

    @property
    def concerns_us(self) -> bool:
        return bool(self.answer or self.complaint or self.failures)


def read(raw: bytes) -> Incoming:
    """Read a mail as it came over the wire (RFC 5322). Raises :class:`UnreadableMailError`."""
    text = re.sub(rb"\r\n?", b"\n", raw)
    _refuse_what_costs_too_much(text)
    mail = message_from_bytes(text)
    parts = list(_own_parts(mail))
    answer, complaint = _answer(parts)
    return Incoming(
        key=bare_id(_field(mail, "Message-ID")) or sha256(text).hexdigest(),
        sender=_sender(mail),
        subject=_decoded(_field(mail, "Subject")),
        results=tuple(str(field) for field in mail.get_all("Authentication-Results", [])[:20]),
        is_automatic=_field(mail, "Auto-Submitted").lower().startswith("auto-replied"),
        answer=answer,
        complaint=complaint,
        failures=read_report(parts) if mail.get_content_type() == "multipart/report" else (),
    )


def _refuse_what_costs_too_much(text: bytes) -> None:
    if len(text) > LARGEST_MAIL:
        raise UnreadableMailError("too large")
    fields = _PART_FIELD.findall(text)
    if len([field for field in fields if field[:13].lower().startswith(b"content-type")]) > MOST_PARTS:
        raise UnreadableMailError("too many parts")
    if any(len(field) > LONGEST_PART_FIELD for field in fields):
        raise UnreadableMailError("a field of a part is too long")
    if text.startswith(b"--") + text.count(b"\n--") > MOST_BOUNDARIES:
        raise UnreadableMailError("too many boundaries")
    if text.partition(b"\n\n")[0].count(b"\n") > MOST_HEADER_LINES:
        raise UnreadableMailError("too many lines in its head")


def _own_parts(mail: Message) -> Iterator[Message]:
    """Its parts in order, the mail itself if it has none; what is inside a forwarded mail is somebody else's."""
    if mail.get_content_maintype() != "multipart" or not mail.is_multipart():
        yield mail
        return
    for part in mail.get_payload():
        if isinstance(part, Message):
            yield from _own_parts(part)


def _answer(parts: list[Message]) -> tuple[CalendarAnswer | None, str]:
    """The first answer in the mail, or else why one cannot be read."""
    complaint = ""
    for part in parts:
        if part.get_content_type() not in _CALENDAR_TYPES:
            continue
        try:
            content = part.get_payload(decode=True)
            answer = read_calendar(content) if isinstance(content, bytes) else None
        except UnreadableAnswerError as error:
            complaint = complaint or str(error)
            continue
        if answer is not None:
            return answer, ""
    return None, complaint


def _sender(mail: Message) -> str:
    """The one address in From; empty if there is none or there are several."""
    fields = mail.get_all("From", [])
    if len(fields) != 1:
        return ""
    addresses = [address for _name, address in getaddresses([str(fields[0])[:1_000]])]
    return normalised_email(plain_line(addresses[0]))[:254] if len(addresses) == 1 else ""


def _decoded(field: str) -> str:
    """A subject in words (RFC 2047); as it stands if that cannot be decoded."""
    try:
        text = "".join(_word(*part) for part in decode_header(field))
    except (LookupError, ValueError):
        text = field
    return plain_line(text)[:LONGEST_SUBJECT]


def _word(content: bytes | str, charset: str | None) -> str:
    return content if isinstance(content, str) else content.decode(charset or "ascii", "replace")


def _field(mail: Message, name: str) -> str:
    return plain_line(str(mail.get(name, ""))[:1_000])
