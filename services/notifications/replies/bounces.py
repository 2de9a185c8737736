"""What a mail server says that could not deliver a mail (RFC 3464, status codes of RFC 3463)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message

from services.notifications.replies.calendar_answers import plain_line, shown
from services.notifications.undeliverable import speaks_of_address
from shared.text import normalised_email

MOST_RECIPIENTS = 20
LONGEST_DIAGNOSIS = 300

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_RETURNED_ID = re.compile(r"(?im)^message-id:[ \t]*(?:\n[ \t]+)?(<[^>\n]{1,250}>)")


@dataclass(frozen=True, slots=True)
class Failure:
    """One mail that one address will not get: ``message_id`` without angle brackets, ``status`` as ``5.1.1``."""

    message_id: str
    address: str
    status: str
    diagnosis: str

    @property
    def is_about_address(self) -> bool:
        """Whether no other mail can get there either."""
        return speaks_of_address(self.status)


def read_report(parts: Sequence[Message]) -> tuple[Failure, ...]:
    """The final failures of a ``multipart/report``, by its parts; without the mail's Message-ID there are none."""
    by_type = {part.get_content_type(): part for part in reversed(parts)}
    report = by_type.get("message/delivery-status")
    message_id = _returned_id(by_type)
    if report is None or not message_id:
        return ()
    return tuple(_failures(report, message_id))


def _failures(report: Message, message_id: str) -> Iterator[Failure]:
    blocks = report.get_payload()
    for block in blocks[1 : MOST_RECIPIENTS + 1] if isinstance(blocks, list) else ():
        if not isinstance(block, Message) or _field(block, "Action").lower() != "failed":
            continue
        address = _recipient(_field(block, "Original-Recipient")) or _recipient(_field(block, "Final-Recipient"))
        status = _STATUS.match(_field(block, "Status"))
        if address and status:
            diagnosis = _field(block, "Diagnostic-Code").partition(";")[2].strip()
            yield Failure(message_id, address, status[0], shown(diagnosis)[:LONGEST_DIAGNOSIS])


def _recipient(field: str) -> str:
    kind, _semicolon, address = field.partition(";")
    if kind.strip().lower() not in ("rfc822", "utf-8"):
        return ""
    return normalised_email(address.strip().strip("<>"))[:254]


def _returned_id(by_type: dict[str, Message]) -> str:
    """Of the mail that came back, whole or as its head alone."""
    for content_type in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"):
        part = by_type.get(content_type)
        if part is not None and (found := _message_id(part)):
            return found
    return ""


def _message_id(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        return bare_id(_field(payload[0], "Message-ID")) if payload and isinstance(payload[0], Message) else ""
    content = part.get_payload(decode=True)
    head = _RETURNED_ID.search(content.decode("ascii", "replace")) if isinstance(content, bytes) else None
    return bare_id(head[1]) if head else ""


def bare_id(field: str) -> str:
    """A Message-ID without its angle brackets; empty if it is none."""
    found = re.search(r"<([^<>\s]{1,250})>", field[:1_000])
    return found[1] if found else ""


def _field(part: Message, name: str) -> str:
    return plain_line(str(part.get(name, ""))[:1_000])
