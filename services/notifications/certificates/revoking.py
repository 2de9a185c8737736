"""Revoking: by an organiser, by a correction of the attendance, or because a newer certificate takes its place."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from services.notifications.certificates import jobs
from services.notifications.certificates.announcing import announce
from services.notifications.certificates.listing import certificate_numbered
from services.notifications.certificates.telling import tell_revoked
from services.notifications.models import Certificate, Earned
from services.notifications.settings import NotificationsSettings
from shared.audit import Subject, by_account
from shared.database import UnitOfWork
from shared.logs import get_logger
from shared.rows import rounded
from shared.staff import Staff

log = get_logger(__name__)


class Because(StrEnum):
    """Why a certificate no longer holds."""

    ORGANISER = "organiser"
    LOST = "lost"
    REPLACED = "replaced"


def revoke(uow: UnitOfWork, settings: NotificationsSettings, number: str, reason: str, actor: Staff) -> Certificate:
    """Revoke a certificate for a reason that the person is told; one that is revoked already stays as it is.

    Raises :class:`NotFoundError`.
    """
    earned_id = certificate_numbered(uow.session, number).earned_id
    # The verdict is always locked before the certificate, so that nobody waits for somebody who waits for them.
    earned = uow.session.get(Earned, earned_id, with_for_update=True)
    certificate = certificate_numbered(uow.session, number, for_update=True)
    if not certificate.is_valid:
        return certificate
    if earned is not None:
        # Nor is another one issued in its place that was on its way.
        earned.state, earned.ordered_at = "revoked", None
        jobs.settle(uow, [earned.id], "withdrawn")
    withdraw(uow, certificate, Because.ORGANISER, reason)
    tell_revoked(uow, settings, certificate)
    subject = Subject("certificate", certificate.id)
    uow.audit("certificate.revoked", by_account(actor.account_id), subject, event_id=certificate.event_id)
    log.info("certificate_revoked", certificate_id=str(certificate.id), account_id=str(actor.account_id))
    return certificate


def revoke_lost(uow: UnitOfWork, settings: NotificationsSettings, certificate: Certificate) -> None:
    """The person has not earned it any longer."""
    withdraw(uow, certificate, Because.LOST)
    tell_revoked(uow, settings, certificate)


def withdraw(uow: UnitOfWork, certificate: Certificate, because: Because, reason: str | None = None) -> None:
    """Make a certificate invalid and announce it, without a mail."""
    certificate.state = "revoked"
    certificate.version += 1
    certificate.revoked_at = uow.now
    certificate.revoked_because = because.value
    certificate.reason = reason
    announce(uow, certificate)


def valid_certificate(uow: UnitOfWork, earned_id: UUID) -> Certificate | None:
    """The certificate that came of a verdict and holds, locked."""
    return next(iter(valid_certificates(uow, [earned_id])), None)


def valid_certificates(uow: UnitOfWork, earned_ids: Collection[UUID]) -> Sequence[Certificate]:
    """Those that came of these verdicts and hold, locked in the order in which they were issued."""
    query = select(Certificate).where(Certificate.earned_id.in_(rounded(earned_ids)), Certificate.state == "valid")
    return uow.session.scalars(query.order_by(Certificate.id).with_for_update()).all()


def was_revoked_by_organiser(uow: UnitOfWork, earned_id: UUID) -> bool:
    """Whether an organiser revoked the last certificate that came of a verdict."""
    query = select(Certificate.revoked_because).where(Certificate.earned_id == earned_id)
    return uow.session.scalar(query.order_by(Certificate.id.desc()).limit(1)) == Because.ORGANISER
