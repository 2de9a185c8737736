"""What the other services are told of certificates."""

from sqlalchemy import select

from services.notifications.models import Certificate
from shared.database import UnitOfWork
from shared.messages.notifications import CertificateIssuedV1, CertificateRevokedV1


def announce(uow: UnitOfWork, certificate: Certificate) -> None:
    """Tell the certificate as it stands."""
    message = CertificateIssuedV1 if certificate.is_valid else CertificateRevokedV1
    body = {
        "certificate_id": certificate.id,
        "earned_id": certificate.earned_id,
        "series_id": certificate.series_id,
        "registration_id": certificate.registration_id,
        "event_id": certificate.event_id,
        "number": certificate.number,
        "code": certificate.code,
        "state": certificate.state,
        "issued_at": certificate.issued_at,
    }
    uow.publish(message, certificate.id, certificate.version, body)


def republish(uow: UnitOfWork) -> int:
    """Tell all certificates again, with their versions as they are; how many."""
    certificates = uow.session.scalars(select(Certificate).order_by(Certificate.id)).all()
    for certificate in certificates:
        announce(uow, certificate)
    return len(certificates)
