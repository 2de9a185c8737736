"""The key that certificates are signed with: made, read and checked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

_WRONG = (
    "must be a P-256 key in PEM without a password and, behind it, its certificate and those that signed it, "
    "as made by: make keys"
)
_TEN_YEARS = timedelta(days=3652)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A P-256 private key, its certificate and the chain above it, each as DER."""

    key: bytes = field(repr=False)
    certificate: bytes
    chain: tuple[bytes, ...] = ()


def parse_signing_key(pem: str) -> SigningKey:
    """Raises ``ValueError`` that says how to make one."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
        certificates = x509.load_pem_x509_certificates(pem.encode())
    except (ValueError, TypeError) as error:
        raise ValueError(_WRONG) from error
    is_right = isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    if not is_right or certificates[0].public_key() != key.public_key():
        raise ValueError(_WRONG)
    certificate, *chain = (one.public_bytes(Encoding.DER) for one in certificates)
    return SigningKey(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), certificate, tuple(chain))


def new_signing_key(name: str, now: datetime) -> str:
    """A key with a certificate that it has signed itself, for ten years, in the name of who issues; as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    usage = {
        purpose: purpose in ("digital_signature", "content_commitment")
        for purpose in (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        )
    }
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + _TEN_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (private + certificate.public_bytes(Encoding.PEM)).decode()
