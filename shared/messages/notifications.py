"""What notifications tells: certificates as they stand."""

from marshmallow import fields

from shared.messages.base import Message, instant, one_of


class CertificateState(Message):
    """One certificate. ``code`` opens its public verify page."""

    publisher = "notifications"
    aggregate = "certificate"
    consumers = ("registration",)

    certificate_id = fields.UUID(required=True)
    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    number = fields.String(required=True)
    code = fields.String(required=True)
    state = one_of("valid", "revoked", required=True)
    issued_at = instant(required=True)


class CertificateIssuedV1(CertificateState):
    """The certificate can be fetched and verified."""

    topic = "certificate.issued.v1"


class CertificateRevokedV1(CertificateState):
    """The certificate no longer holds; its verify page says so."""

    topic = "certificate.revoked.v1"


MESSAGES: tuple[type[Message], ...] = (CertificateIssuedV1, CertificateRevokedV1)
