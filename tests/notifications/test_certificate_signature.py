"""Certificates that are signed: readers find the signature valid, and the document stays what it was."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.notifications.certificates.issuing import Issuer
from services.notifications.documents.certificate import compile_certificate
from services.notifications.documents.signature import signed
from services.notifications.settings import NotificationsSettings
from services.notifications.signing_key import new_signing_key, parse_signing_key
from shared.config import ConfigurationError
from shared.testing import ROOT, require
from tests.notifications.certificate_parts import AFTER, a_training, attend, the_certificate, words_in
from tests.notifications.parts import Office, alice
from tests.notifications.test_certificate_document import LAYLAS

Made = TypeVar("Made")

PEM = new_signing_key("Fachberatung MSO", datetime(2026, 11, 1, tzinfo=UTC))


def pdfsig(path: Path) -> str:
    require("poppler")
    return subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout


def in_a_thread(deed: Callable[[], Made]) -> Made:
    """As workers do: pyHanko runs an event loop, and in the thread of the browser's tests one runs already."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(deed).result()


@pytest.fixture(scope="module")
def document() -> bytes:
    return in_a_thread(lambda: signed(compile_certificate(LAYLAS, str), parse_signing_key(PEM)))


def test_a_reader_finds_the_signature_valid(document: bytes, tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(document)
    found = pdfsig(file)
    assert "Signature is Valid." in found
    assert "Total document signed" in found
    assert "ETSI.CAdES.detached" in found
    assert "CN=Fachberatung MSO" in found


def test_a_changed_byte_breaks_the_signature(document: bytes, tmp_path: Path) -> None:
    file = tmp_path / "changed.pdf"
    place = document.index(b"/CreationDate") + 20
    file.write_bytes(document[:place] + bytes([document[place] ^ 1]) + document[place + 1 :])
    assert "Signature is Valid." not in pdfsig(file)


def test_what_was_there_stays_to_the_byte_archivable_and_accessible(document: bytes, tmp_path: Path) -> None:
    unsigned = compile_certificate(LAYLAS, str)
    assert document.startswith(unsigned)
    file = tmp_path / "signed.pdf"
    file.write_bytes(document)
    require("qpdf")
    subprocess.run(["qpdf", "--check", file], check=True, capture_output=True)
    with pikepdf.open(io.BytesIO(document)) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("2", "A", "1")
        assert pdf.Root.MarkInfo.Marked
        (seal,) = (note for page in pdf.pages for note in page.get("/Annots", []) if note.Subtype == "/Widget")
        assert int(seal.F) & 0b100, "printed, for PDF/A"
        assert max(float(edge) for edge in seal.Rect) < 0, "off the page, for PDF/UA"


def test_a_certificate_is_issued_signed_and_compared_as_it_was_issued(sqlite_office: Office, tmp_path: Path) -> None:
    olena, office = alice(), sqlite_office
    attend(office, a_training(), olena)
    office.clock.turn(**AFTER)
    settings = replace(office.settings, signing_key=parse_signing_key(PEM))
    issuer = Issuer(office.core.database, settings, office.clock)
    while in_a_thread(issuer.step):
        pass
    certificate = the_certificate(office, olena)
    file = tmp_path / "issued.pdf"
    file.write_bytes(certificate.pdf)
    assert "Signature is Valid." in pdfsig(file)
    assert certificate.number in words_in(certificate.pdf)


def _key_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


_CERTIFICATE = PEM[PEM.index("-----BEGIN CERTIFICATE") :]


@pytest.mark.parametrize(
    "wrong",
    [
        "nothing of the kind",
        _CERTIFICATE,
        PEM[: PEM.index("-----BEGIN CERTIFICATE")],
        _key_of(ec.generate_private_key(ec.SECP256R1())) + _CERTIFICATE,
        _key_of(ec.generate_private_key(ec.SECP384R1())) + _CERTIFICATE,
        _key_of(rsa.generate_private_key(65537, 2048)) + _CERTIFICATE,
    ],
    ids=["no key", "no private key", "no certificate", "of another key", "another curve", "RSA"],
)
def test_nothing_starts_with_a_key_that_cannot_sign(wrong: str) -> None:
    environ = {
        "REIHE_ENVIRONMENT": "development",
        "REIHE_BASE_URL": "http://localhost:8000",
        "REIHE_NOTIFICATIONS_DATABASE_URL": "sqlite:///",
        "REIHE_MAIL_FROM": "reihe@example.org",
        "REIHE_SIGNING_KEY": wrong,
    }
    with pytest.raises(ConfigurationError, match="REIHE_SIGNING_KEY: must be a P-256 key"):
        NotificationsSettings.from_environment(environ)


def test_a_key_is_made_by_command_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    command = [sys.executable, "-m", "services.notifications", "signing-key", "--to", str(path), "--name", "Verband"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert f"REIHE_SIGNING_KEY_FILE={path}" in made.stdout
    assert path.stat().st_mode & 0o077 == 0
    kept = path.read_text()
    parse_signing_key(kept)
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert path.read_text() == kept
