"""The settings of notifications."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from shared.config import Settings, parse_email, parse_positive, secret, setting

_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """``smtps`` is TLS from the first byte; ``smtp`` turns to it by STARTTLS. A password is never sent without TLS."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def parse_smtp_url(value: str) -> SmtpServer:
    """Raises ``ValueError`` with an example."""
    parts = urlsplit(value)
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        port = 0
    if not port or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be like smtp://user:password@mail.example.org:587, or smtps://… for TLS from the start")
    user, password = (unquote(part or "") for part in (parts.username, parts.password))
    return SmtpServer(parts.scheme, parts.hostname, port, user, password)


@dataclass(frozen=True, kw_only=True)
class NotificationsSettings(Settings):
    database_url: str = setting("REIHE_NOTIFICATIONS_DATABASE_URL")
    link_key: str = secret("REIHE_LINK_KEY")
    mail_from: str = setting("REIHE_MAIL_FROM", parse=parse_email)
    smtp: SmtpServer | None = setting("REIHE_SMTP_URL", parse=parse_smtp_url, default=None)
    """Without a server, mails become files in ``<data_dir>/mail``."""
    smtp_timeout: int = setting("REIHE_SMTP_TIMEOUT", parse=parse_positive, default=10)
    """Seconds that the mail server has for each answer; for the last one, four times as long."""

    @property
    def has_mailbox(self) -> bool:
        """Whether anybody may read all mails as a mailbox: only while somebody tries the system out."""
        return self.is_development and self.smtp is None
