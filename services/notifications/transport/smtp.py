"""SMTP (RFC 5321), over one connection that is kept as long as the server keeps it."""

import smtplib
import ssl
from ipaddress import ip_address

from services.notifications.mime import Envelope
from services.notifications.settings import SmtpServer
from services.notifications.transport import PostponedError, RefusedError, UndeliverableError, UnreachableError
from services.notifications.undeliverable import speaks_of_address

LAST_ANSWER = 4
"""How many times longer the server has for its last answer, before which it may look into the mail."""
STEPS = 12
"""How many answers there are at most from connecting to the end of one mail."""

_CLOSING = 421
_Answer = tuple[int, bytes]


def longest_attempt(timeout: float) -> float:
    """Seconds until one mail has been sent or given up, if each answer comes at the last moment."""
    return timeout * (STEPS + LAST_ANSWER)


class SmtpTransport:
    """``timeout`` is in seconds, for each answer; ``own_name`` is what we greet with."""

    def __init__(self, server: SmtpServer, *, timeout: float, own_name: str, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._timeout = timeout
        self._own_name = own_name
        self._tls = tls or ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None

    def send(self, envelope: Envelope) -> None:
        """Raises as :class:`~services.notifications.transport.MailTransport` says.

        A connection that was kept may have been closed meanwhile; that shows at the first command, before the server
        has seen anything of the mail, and so a new one is opened for it at once.
        """
        connection = self._begun_on_kept_connection(envelope) or self._begun_on_new_connection(envelope)
        try:
            _expect_recipient(connection.rcpt(envelope.recipient))
            self._submit(connection, envelope)
        except (RefusedError, PostponedError):
            self._start_over(connection)
            raise
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise PostponedError(f"the connection was lost: {_spoken(error)}") from error

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            _quit(connection)

    def _begun_on_kept_connection(self, envelope: Envelope) -> smtplib.SMTP | None:
        if self._connection is None:
            return None
        try:
            return self._begin(self._connection, envelope)
        except (smtplib.SMTPServerDisconnected, OSError):
            self.close()
            return None

    def _begun_on_new_connection(self, envelope: Envelope) -> smtplib.SMTP:
        self._connection = self._connect()
        try:
            return self._begin(self._connection, envelope)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            raise PostponedError(f"the connection was lost: {_spoken(error)}") from error

    def _begin(self, connection: smtplib.SMTP, envelope: Envelope) -> smtplib.SMTP:
        options = ["SMTPUTF8", "BODY=8BITMIME"] if envelope.needs_utf8 else []
        try:
            answer = connection.mail(envelope.sender, options)
        except smtplib.SMTPNotSupportedError as error:
            raise RefusedError("the mail server cannot send to addresses with letters beyond ASCII") from error
        if answer[0] == _CLOSING:
            raise smtplib.SMTPServerDisconnected(_said(answer))
        try:
            _expect(answer)
        except (RefusedError, PostponedError):
            self._start_over(connection)
            raise
        return connection

    def _submit(self, connection: smtplib.SMTP, envelope: Envelope) -> None:
        _allow(connection, self._timeout * LAST_ANSWER)
        try:
            answer = connection.data(envelope.content)
        except smtplib.SMTPDataError as error:
            answer = (error.smtp_code, _as_bytes(error.smtp_error))
        _expect(answer)
        _allow(connection, self._timeout)

    def _start_over(self, connection: smtplib.SMTP) -> None:
        """Make the connection ready for the next mail, or give it up."""
        try:
            _allow(connection, self._timeout)
            ready = connection.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            ready = False
        if not ready:
            self.close()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        try:
            connection = self._open()
        except (smtplib.SMTPException, OSError) as error:
            raise UnreachableError(f"{server.host}:{server.port} does not answer: {_spoken(error)}") from error
        try:
            self._secure(connection)
            if server.user:
                connection.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as error:
            _quit(connection)
            raise UnreachableError(f"{server.host}:{server.port} does not let us in: {_spoken(error)}") from error
        return connection

    def _open(self) -> smtplib.SMTP:
        server, timeout, own_name = self._server, self._timeout, self._own_name
        if server.scheme == "smtps":
            return smtplib.SMTP_SSL(server.host, server.port, own_name, timeout=timeout, context=self._tls)
        return smtplib.SMTP(server.host, server.port, own_name, timeout=timeout)

    def _secure(self, connection: smtplib.SMTP) -> None:
        """STARTTLS where a password is to be sent, and wherever it is offered beyond this machine."""
        connection.ehlo()
        if self._server.scheme == "smtps":
            return
        offered = connection.has_extn("starttls") and not is_this_machine(self._server.host)
        if self._server.user or offered:
            connection.starttls(context=self._tls)
            connection.ehlo()


def _expect(answer: _Answer) -> None:
    """Raise what an answer of the kinds 4 and 5 means (RFC 5321, 4.2.1)."""
    kind = answer[0] // 100
    if kind == 5:
        raise RefusedError(_said(answer))
    if kind != 2:
        raise PostponedError(_said(answer))


def _expect_recipient(answer: _Answer) -> None:
    """Without an enhanced code a 550 may as well refuse us: nobody's address is given up for that."""
    status = answer[1].decode(errors="replace").partition(" ")[0]
    if answer[0] // 100 == 5 and speaks_of_address(status):
        raise UndeliverableError(_said(answer))
    _expect(answer)


def _said(answer: _Answer) -> str:
    return f"{answer[0]} {answer[1].decode(errors='replace')}"


def _spoken(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said((error.smtp_code, _as_bytes(error.smtp_error)))
    return str(error) or type(error).__name__


def _as_bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _allow(connection: smtplib.SMTP, seconds: float) -> None:
    if connection.sock is not None:
        connection.sock.settimeout(seconds)


def _quit(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (smtplib.SMTPException, OSError):
        connection.close()


def is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
