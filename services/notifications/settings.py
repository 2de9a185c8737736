"""The settings of notifications."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.notifications.signing_key import SigningKey, parse_signing_key
from shared.config import Settings, parse_count, parse_email, parse_positive, secrets, setting

_PORTS = {"smtp": 25, "smtps": 465}
_NO_RSA_KEY = "must be an RSA key in PEM without a password, as by: openssl genrsa 2048"
_IMAP_PORTS = {"imap": 143, "imaps": 993}


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


def parse_rsa_key(value: str) -> str:
    """A private key as PEM. Raises ``ValueError``."""
    try:
        key = load_pem_private_key(value.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ValueError(_NO_RSA_KEY) from error
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(_NO_RSA_KEY)  # noqa: TRY004  # what the environment holds is wrong, not the code
    return value


@dataclass(frozen=True, slots=True)
class ImapServer:
    """``imaps`` is TLS from the first byte; ``imap`` turns to it by STARTTLS, unless the server is on this machine."""

    scheme: str
    host: str
    port: int
    folder: str
    user: str
    password: str = field(default="", repr=False)


def parse_imap_url(value: str) -> ImapServer:
    """Raises ``ValueError`` with an example."""
    parts = urlsplit(value)
    try:
        port = parts.port or _IMAP_PORTS[parts.scheme]
    except (KeyError, ValueError):
        port = 0
    if not port or not parts.hostname or not parts.username or parts.query:
        raise ValueError("must be like imaps://user:password@mail.example.org/INBOX")
    user, password = (unquote(part or "") for part in (parts.username, parts.password))
    return ImapServer(parts.scheme, parts.hostname, port, unquote(parts.path.strip("/")) or "INBOX", user, password)


@dataclass(frozen=True, kw_only=True)
class NotificationsSettings(Settings):
    database_url: str = setting("REIHE_NOTIFICATIONS_DATABASE_URL")
    link_keys: tuple[str, ...] = secrets("REIHE_LINK_KEY")
    mail_from: str = setting("REIHE_MAIL_FROM", parse=parse_email)
    smtp: SmtpServer | None = setting("REIHE_SMTP_URL", parse=parse_smtp_url, default=None)
    """Without a server, mails become files in ``<data_dir>/mail``."""
    smtp_timeout: int = setting("REIHE_SMTP_TIMEOUT", parse=parse_positive, default=10)
    """Seconds that the mail server has for each answer; for the last one, four times as long."""
    imap: ImapServer | None = setting("REIHE_IMAP_URL", parse=parse_imap_url, default=None)
    """The mailbox of ``mail_from``. Without it, nobody hears what calendars answer and which mails come back."""
    imap_seconds: int = setting("REIHE_IMAP_SECONDS", parse=parse_positive, default=60)
    """Between two looks into that mailbox."""
    imap_authserv_id: str = setting("REIHE_IMAP_AUTHSERV_ID", default="")
    """How our mail server calls itself in Authentication-Results. Without it, those are not asked for."""

    mails_per_domain: int = setting("REIHE_MAILS_PER_DOMAIN", parse=parse_positive, default=0)
    """How many mails a minute one recipient's domain gets at most; 0: as many as there are."""
    changes_wait_seconds: int = setting("REIHE_CHANGES_WAIT_SECONDS", parse=parse_count, default=300)
    """From the first change of an event until people are told of it, together with all that changed meanwhile."""
    dkim_selector: str = setting("REIHE_DKIM_SELECTOR", default="reihe")
    """Of the DNS record ``<selector>._domainkey.<domain of the sender>`` that holds the public key."""
    dkim_key: str = field(default="", repr=False, metadata={"variable": "REIHE_DKIM_KEY", "parse": parse_rsa_key})
    """The private key; without it mails leave unsigned, for the mail server to sign."""

    signing_key: SigningKey | None = setting("REIHE_SIGNING_KEY", parse=parse_signing_key, default=None)
    """Signs certificates; without it they are issued unsigned."""

    @property
    def has_mailbox(self) -> bool:
        """Whether anybody may read all mails as a mailbox: only while somebody tries the system out."""
        return self.is_development and self.smtp is None
