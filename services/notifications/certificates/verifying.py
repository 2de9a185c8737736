"""Verifying: whether a code is one of ours and still holds, and whether a file is the document that was issued."""

import hashlib
import hmac
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from services.notifications.certificates.codes import canonical
from services.notifications.models import Certificate, Person, Registration
from services.notifications.settings import NotificationsSettings
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.links import Purpose, read_token

Status = Literal["valid", "revoked", "unknown"]


def certificate_with_code(session: Session, typed: str) -> Certificate | None:
    """However the code was typed; None if no certificate has it."""
    code = canonical(typed)
    if code is None:
        return None
    return session.scalars(select(Certificate).where(Certificate.code == code)).one_or_none()


def status_of(certificate: Certificate | None) -> Status:
    if certificate is None:
        return "unknown"
    return "valid" if certificate.is_valid else "revoked"


def digest_of(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()


def is_document_of(certificate: Certificate, file: bytes) -> bool:
    """Whether the file is, to the byte, what was issued."""
    return hmac.compare_digest(digest_of(file), certificate.digest)


def certificate_of_document(session: Session, file: bytes) -> Certificate | None:
    """The certificate of which the file is, to the byte, what was issued; None if it is of none."""
    return session.scalars(select(Certificate).where(Certificate.digest == digest_of(file))).first()


def document_behind(session: Session, token: str, settings: NotificationsSettings) -> Certificate:
    """The certificate, with its PDF, whose link this is.

    Raises :class:`NotFoundError` for a token that is not ours, of another purpose or ended with the person's other
    links, and for a certificate revoked.
    """
    link = read_token(settings.link_keys, Purpose.CERTIFICATE, token)
    certificate = _document(session, link.subject) if link else None
    if certificate and link and link.generation != _generation_of_holder(session, certificate):
        certificate = None
    if certificate is None:
        raise NotFoundError("link_unknown", _("This link is not valid. The link in the mail opens your certificate."))
    if not certificate.is_valid:
        raise NotFoundError(
            "certificate_revoked",
            _("The certificate %(number)s is no longer valid, so it cannot be opened.", number=certificate.number),
        )
    return certificate


def _document(session: Session, certificate_id: UUID) -> Certificate | None:
    return session.get(Certificate, certificate_id, options=[undefer(Certificate.pdf)])


def _generation_of_holder(session: Session, certificate: Certificate) -> int | None:
    """None if the person is no longer known."""
    holder = select(Person.link_generation).join(Registration, Registration.person_id == Person.id)
    return session.scalar(holder.where(Registration.id == certificate.registration_id))
