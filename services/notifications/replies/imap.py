"""A mailbox over IMAP (RFC 9051), as little of it as reading what is new takes."""

import imaplib
import re
import ssl
from collections.abc import Sequence
from typing import Self

from services.notifications.replies.reading import LARGEST_MAIL
from services.notifications.settings import ImapServer
from services.notifications.transport.smtp import is_this_machine

TIMEOUT = 30.0
"""Seconds for each answer of the server."""

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_OF_INTEREST = re.compile(rb'"(?:CALENDAR|ICS|REPORT)"', re.IGNORECASE)
"""In a BODYSTRUCTURE: a part for calendars, or a report of a mail server. Nothing else is fetched."""


_Data = Sequence[bytes | tuple[bytes, bytes] | None]
"""As imaplib gives it: a literal stands in a tuple with what led up to it."""


class MailboxError(Exception):
    """The mailbox cannot be read now; the message says what the server said, without the password."""


class ImapMailbox:
    """One folder, open while the ``with`` lasts. Raises :class:`MailboxError` wherever the server does not go along."""

    def __init__(self, server: ImapServer, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls or ssl.create_default_context()

    def __enter__(self) -> Self:
        try:
            self._connection = self._connect()
        except (imaplib.IMAP4.error, OSError) as error:
            raise self._closed(error) from error
        try:
            self._let_in()
        except (imaplib.IMAP4.error, OSError, MailboxError) as error:
            self._leave()
            raise self._closed(error) from error
        return self

    def __exit__(self, *_error: object) -> None:
        self._leave()

    @property
    def uid_validity(self) -> int:
        """Another one than before means that all UIDs are new."""
        _kind, values = self._connection.response("UIDVALIDITY")
        if not values or not values[0]:
            raise MailboxError("the server does not say its UIDVALIDITY")
        return int(values[0])

    def uids_after(self, last: int, most: int) -> list[int]:
        """The next UIDs in order."""
        found = self._command("SEARCH", None, f"UID {last + 1}:*")
        # The range always holds the last mail, even if its UID is smaller (RFC 9051, 6.4.8).
        return sorted(uid for uid in map(int, b" ".join(_bytes(found)).split()) if uid > last)[:most]

    def of_interest(self, uids: Sequence[int]) -> list[int]:
        """Those that may be an answer or a report, and are not too large."""
        if not uids:
            return []
        answer = self._command("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE BODYSTRUCTURE)")
        return sorted(uid for uid in map(_if_of_interest, _entries(answer)) if uid is not None)

    def mail(self, uid: int) -> bytes | None:
        """A mail as it came, left unread; None if it has gone."""
        answer = self._command("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{LARGEST_MAIL + 1}>)")
        return next((part[1] for part in answer if isinstance(part, tuple)), None)

    def mark_read(self, uid: int) -> None:
        """So that people see only what is left to them."""
        self._command("STORE", str(uid), r"+FLAGS.SILENT (\Seen)")

    def _let_in(self) -> None:
        server = self._server
        if server.scheme == "imap" and not is_this_machine(server.host):
            self._connection.starttls(self._tls)
        # Unlike LOGIN, it takes any character in both (RFC 4616).
        self._connection.authenticate("PLAIN", lambda _: f"\0{server.user}\0{server.password}".encode())
        self._said(self._connection.select(_quoted(server.folder)))

    def _leave(self) -> None:
        try:
            self._connection.logout()
        except (imaplib.IMAP4.error, OSError):
            self._connection.shutdown()

    def _closed(self, error: Exception) -> MailboxError:
        return MailboxError(f"{self._server.host}:{self._server.port} does not let us in: {_spoken(error)}")

    def _connect(self) -> imaplib.IMAP4:
        server = self._server
        if server.scheme == "imaps":
            return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=self._tls, timeout=TIMEOUT)
        return imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT)

    def _command(self, name: str, *arguments: str | None) -> _Data:
        try:
            return self._said(self._connection.uid(name, *arguments))  # type: ignore[arg-type]  # None leaves one out
        except (imaplib.IMAP4.error, OSError) as error:
            raise MailboxError(_spoken(error)) from error

    @staticmethod
    def _said(answer: tuple[str, _Data]) -> _Data:
        status, data = answer
        if status != "OK":
            raise MailboxError(b" ".join(_bytes(data)).decode("ascii", "replace")[:200])
        return data


def _bytes(data: _Data) -> list[bytes]:
    return [part for part in data if isinstance(part, bytes)]


def _entries(data: _Data) -> list[bytes]:
    """One for each mail: an answer with a literal in it comes in pieces, of which the last is no tuple."""
    entries: list[bytes] = []
    pieces: list[bytes] = []
    for part in data:
        pieces.extend(part if isinstance(part, tuple) else [part or b""])
        if not isinstance(part, tuple):
            entries.append(b"".join(pieces))
            pieces = []
    return entries


def _if_of_interest(entry: bytes) -> int | None:
    uid, size = _UID.search(entry), _SIZE.search(entry)
    if uid is None or size is None or int(size[1]) > LARGEST_MAIL or not _OF_INTEREST.search(entry):
        return None
    return int(uid[1])


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _spoken(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return said[:200] or type(error).__name__
