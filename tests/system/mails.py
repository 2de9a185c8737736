"""The mails of a running system, however it delivers them."""

import email
import email.policy
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from icalendar import Calendar

from shared.testing import eventually


@dataclass(frozen=True)
class Mails:
    """``raw`` reads all mails sent so far, as bytes."""

    raw: Callable[[], list[bytes]]

    def all(self) -> list[EmailMessage]:
        return [_parsed(source) for source in self.raw()]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.all() if address in str(mail["To"])]

    def counted(self, addresses: Iterable[str]) -> dict[str, int]:
        """How many mails went to each address."""
        counts = Counter(str(mail["To"].addresses[0].addr_spec) for mail in self.all())
        return {address: counts[address] for address in addresses}

    def wait_for(self, address: str, count: int) -> list[EmailMessage]:
        """The mails to this address once there are ``count``."""
        eventually(lambda: len(self.to(address)) >= count, because=f"{count} mails to {address}")
        return self.to(address)


def folder_of_mails(folder: Path) -> Mails:
    return Mails(lambda: [path.read_bytes() for path in sorted(folder.glob("**/*.eml"))])


def _parsed(source: bytes) -> EmailMessage:
    message = email.message_from_bytes(source, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content())


def calendar_part(mail: EmailMessage) -> EmailMessage | None:
    """The part that calendars act on."""
    found = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return found[0] if found else None


def invitation_of(mail: EmailMessage) -> tuple[str, Any] | None:
    """(METHOD, VEVENT) of the invitation in a mail."""
    part = calendar_part(mail)
    if part is None:
        return None
    payload: Any = part.get_payload(decode=True)
    calendar: Any = Calendar.from_ical(payload)
    assert part.get_param("method") == calendar["METHOD"]
    (entry,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), entry


def link(mail: EmailMessage, pattern: str) -> str:
    """The first link of the mail's text whose path begins with the pattern."""
    found = re.search(rf"https?://[^\s<>\"]*{pattern}[^\s<>\"]*", text_of(mail))
    assert found, text_of(mail)
    return found.group().rstrip(".,;)")
