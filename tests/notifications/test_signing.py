"""Signatures of mails (DKIM): believed by who knows the public key, broken by any change of what was written."""

import base64
from dataclasses import replace
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.notifications.settings import parse_rsa_key
from services.notifications.signing import signed
from tests.notifications.parts import KeepingTransport, Office, alice, an_event, settings_for


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def as_pem(private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def is_believed(content: bytes) -> bool:
    """Whether a receiver who asks the DNS accepts the signature."""
    public = base64.b64encode(key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def record(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"2027._domainkey.verband.example."
        return b"v=DKIM1; k=rsa; p=" + public

    return bool(dkim.verify(content, dnsfunc=record))


def test_a_mail_is_signed_where_a_key_is_set(sqlite_office: Office) -> None:
    office, event, transport = sqlite_office, an_event(), KeepingTransport()
    office.publish(event)
    office.confirm(alice(), event)
    office.core = replace(office.core, settings=replace(office.settings, dkim_key=as_pem(key()), dkim_selector="2027"))
    office.sender(transport).step()
    (sent,) = transport.taken
    assert is_believed(sent.content)
    assert is_believed(sent.content.replace(b"Auto-Submitted: auto", b"Auto-Submitted:  auto")), "servers wrap headers"
    assert not is_believed(sent.content.replace(b"alice@verein", b"mallory@verein"))


def test_what_unsubscribes_with_one_click_is_signed(sqlite_office: Office) -> None:
    settings = replace(sqlite_office.settings, dkim_key=as_pem(key()), dkim_selector="2027")
    content = (
        b"From: reihe@verband.example\r\nTo: alice@verein.example\r\nSubject: News\r\n"
        b"List-Unsubscribe: <https://reihe.example/u>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nNews\r\n"
    )
    sent = signed(content, settings)
    assert is_believed(sent)
    assert not is_believed(sent.replace(b"reihe.example/u", b"reihe.example/v"))
    assert not is_believed(sent.replace(b"=One-Click", b"=Two-Clicks"))


def test_without_a_key_a_mail_leaves_as_it_was_written() -> None:
    content = b"Subject: Hello\r\n\r\nHello\r\n"
    assert signed(content, settings_for("sqlite://")) == content


@pytest.mark.parametrize("nonsense", ["secret", as_pem(ed25519.Ed25519PrivateKey.generate())])
def test_what_is_no_rsa_key_is_refused_at_the_start(nonsense: str) -> None:
    with pytest.raises(ValueError, match="openssl genrsa"):
        parse_rsa_key(nonsense)
