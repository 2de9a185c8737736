"""The SMTP transport against a real server that takes, refuses, postpones, hangs and drops."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifications.mime import Envelope
from services.notifications.settings import SmtpServer, parse_smtp_url
from services.notifications.transport import PostponedError, RefusedError, UndeliverableError, UnreachableError
from services.notifications.transport.smtp import SmtpTransport
from shared.testing import eventually, free_port, require
from tests.notifications.smtp_server import MisbehavingServer

TIMEOUT = 0.25


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with MisbehavingServer() as started:
        yield started


@pytest.fixture
def transport(server: MisbehavingServer) -> Iterator[SmtpTransport]:
    made = transport_to(server.settings())
    yield made
    made.close()


def transport_to(server: SmtpServer, *, tls: ssl.SSLContext | None = None, timeout: float = 5) -> SmtpTransport:
    return SmtpTransport(server, timeout=timeout, own_name="reihe.example", tls=tls)


def a_mail(subject: str = "Hello", to: str = "alice@verein.example", *, needs_utf8: bool = False) -> Envelope:
    content = f"Subject: {subject}\r\n\r\nA line.\r\n.\r\n..Dots begin this one.\r\n".encode()
    return Envelope("mail", "reihe@verband.example", to, content, needs_utf8)


def test_a_mail_arrives_byte_for_byte(server: MisbehavingServer, transport: SmtpTransport) -> None:
    transport.send(a_mail())
    assert server.taken == [a_mail().content]
    assert server.recipients == ["alice@verein.example"]


def test_one_connection_carries_many_mails(server: MisbehavingServer, transport: SmtpTransport) -> None:
    for number in range(5):
        transport.send(a_mail(str(number)))
    assert (len(server.taken), server.connections) == (5, 1)


def test_a_connection_that_the_server_closed_meanwhile_is_opened_again(
    server: MisbehavingServer, transport: SmtpTransport
) -> None:
    transport.send(a_mail("first"))
    server.close_connections()
    transport.send(a_mail("second"))
    assert (len(server.taken), server.connections) == (2, 2)


def test_a_server_that_ends_a_connection_politely_gets_a_new_one(
    server: MisbehavingServer, transport: SmtpTransport
) -> None:
    transport.send(a_mail("first"))
    server.on_mail = ["421 Enough for one connection"]
    transport.send(a_mail("second"))
    assert (len(server.taken), server.connections) == (2, 2)


@pytest.mark.parametrize("step", ["on_mail", "on_rcpt", "on_data"])
def test_a_permanent_refusal_says_so_in_the_servers_words_and_the_next_mail_goes_through(
    server: MisbehavingServer, transport: SmtpTransport, step: str
) -> None:
    setattr(server, step, ["550 5.1.1 There is no such mailbox"])
    with pytest.raises(RefusedError, match=r"550 5\.1\.1 There is no such mailbox"):
        transport.send(a_mail("first"))
    transport.send(a_mail("second"))
    assert (len(server.taken), server.connections) == (1, 1)


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("on_rcpt", "550 5.1.1 There is no such mailbox", UndeliverableError),
        ("on_rcpt", "550 5.2.1 The mailbox is closed", UndeliverableError),
        ("on_rcpt", "550 5.7.1 You may not relay", RefusedError),
        ("on_rcpt", "550 Relaying not permitted", RefusedError),
        ("on_data", "550 5.1.1 No", RefusedError),
    ],
)
def test_only_a_server_that_says_so_of_the_address_makes_it_undeliverable(
    server: MisbehavingServer, transport: SmtpTransport, step: str, answer: str, kind: type[RefusedError]
) -> None:
    setattr(server, step, [answer])
    with pytest.raises(RefusedError) as raised:
        transport.send(a_mail())
    assert type(raised.value) is kind


@pytest.mark.parametrize("step", ["on_mail", "on_rcpt", "on_data"])
@pytest.mark.parametrize("answer", ["450 4.7.1 Greylisted, come again", "452 4.3.1 The disk is full"])
def test_what_is_refused_for_now_is_postponed(
    server: MisbehavingServer, transport: SmtpTransport, step: str, answer: str
) -> None:
    setattr(server, step, [answer])
    with pytest.raises(PostponedError, match=answer[:3]):
        transport.send(a_mail("first"))
    transport.send(a_mail("second"))
    assert len(server.taken) == 1


@pytest.mark.parametrize("step", ["on_mail", "on_rcpt", "on_data"])
def test_a_server_that_hangs_is_given_up_and_tried_anew(server: MisbehavingServer, step: str) -> None:
    transport = transport_to(server.settings(), timeout=TIMEOUT)
    setattr(server, step, [None])
    with pytest.raises(PostponedError):
        transport.send(a_mail("first"))
    transport.send(a_mail("second"))
    assert (len(server.taken), server.connections) == (1, 2)
    transport.close()


@pytest.mark.parametrize("step", ["on_mail", "on_rcpt", "on_data"])
def test_a_connection_that_is_cut_postpones_the_mail(
    server: MisbehavingServer, transport: SmtpTransport, step: str
) -> None:
    setattr(server, step, ["drop"])
    with pytest.raises(PostponedError):
        transport.send(a_mail())
    transport.send(a_mail())
    assert len(server.taken) == 1


def test_a_cut_after_the_mail_was_taken_leaves_it_unknown(server: MisbehavingServer, transport: SmtpTransport) -> None:
    """The one window in which SMTP itself allows a mail to arrive twice."""
    server.on_data = ["take and drop"]
    with pytest.raises(PostponedError):
        transport.send(a_mail())
    transport.send(a_mail())
    assert len(server.taken) == 2


def test_nobody_there_is_no_fault_of_the_mail() -> None:
    with pytest.raises(UnreachableError, match="does not answer"):
        transport_to(SmtpServer("smtp", "127.0.0.1", free_port())).send(a_mail())


def test_a_server_that_never_greets_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = SmtpServer("smtp", "127.0.0.1", silent.getsockname()[1])
        with pytest.raises(UnreachableError):
            transport_to(server, timeout=TIMEOUT).send(a_mail())


def test_an_address_beyond_ascii_needs_a_server_that_knows_it(
    server: MisbehavingServer, transport: SmtpTransport
) -> None:
    with pytest.raises(RefusedError, match="beyond ASCII"):
        transport.send(a_mail(to="jörg@verein.example", needs_utf8=True))
    transport.send(a_mail())
    assert len(server.taken) == 1


def test_an_address_beyond_ascii_is_sent_where_the_server_knows_it() -> None:
    with MisbehavingServer(knows_utf8=True) as server:
        transport = transport_to(server.settings())
        transport.send(a_mail(to="jörg@verein.example", needs_utf8=True))
        transport.send(a_mail())
        transport.close()
        assert server.recipients == ["jörg@verein.example", "alice@verein.example"]


# --- TLS and passwords -------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that signs itself, with its key in the same file."""
    require("openssl")
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", f"{file}.crt"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def test_a_password_travels_behind_starttls(server_tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with MisbehavingServer(tls_context=server_tls) as server:
        transport = transport_to(server.settings(user="reihe", password="right password"), tls=trusting)
        transport.send(a_mail())
        transport.close()
        assert server.logins == [("reihe", "right password")]
        assert len(server.taken) == 1


def test_a_password_never_travels_without_tls(server: MisbehavingServer) -> None:
    with pytest.raises(UnreachableError, match="STARTTLS"):
        transport_to(server.settings(user="reihe", password="right password")).send(a_mail())
    assert server.logins == []


def test_a_wrong_password_stops_no_mail_for_good(server_tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with MisbehavingServer(tls_context=server_tls) as server:
        transport = transport_to(server.settings(user="reihe", password="wrong"), tls=trusting)
        with pytest.raises(UnreachableError, match="does not let us in: 535"):
            transport.send(a_mail())


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(server_tls: ssl.SSLContext) -> None:
    with MisbehavingServer(tls_context=server_tls) as server:
        transport = transport_to(server.settings(user="reihe", password="right password"))
        with pytest.raises(UnreachableError, match="certificate"):
            transport.send(a_mail())
        assert server.logins == []


def test_smtps_is_tls_from_the_first_byte(server_tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with MisbehavingServer(ssl_context=server_tls) as server:
        transport = transport_to(server.settings(scheme="smtps"), tls=trusting)
        transport.send(a_mail())
        transport.close()
        eventually(lambda: server.taken == [a_mail().content])


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:1025", SmtpServer("smtp", "127.0.0.1", 1025)),
        ("smtp://mail.example.org", SmtpServer("smtp", "mail.example.org", 25)),
        ("smtps://mail.example.org", SmtpServer("smtps", "mail.example.org", 465)),
        (
            "smtp://me%40example.org:p%2Fw%3A@mail.example.org:587",
            SmtpServer("smtp", "mail.example.org", 587, "me@example.org", "p/w:"),
        ),
    ],
)
def test_a_servers_address_is_read_with_its_password(url: str, server: SmtpServer) -> None:
    assert parse_smtp_url(url) == server


@pytest.mark.parametrize(
    "url", ["mail.example.org:25", "http://mail.example.org", "smtp://", "smtp://x/y", "smtp://x:y"]
)
def test_what_is_no_servers_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValueError, match="must be like smtp://user:password"):
        parse_smtp_url(url)


def test_a_password_is_not_shown_by_chance() -> None:
    assert "secret" not in repr(parse_smtp_url("smtp://reihe:secret@mail.example.org"))
