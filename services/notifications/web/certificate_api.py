"""Certificates in the JSON interface: orders, lists, documents, revocation, verification."""

from typing import Any
from uuid import UUID

from flask import Response, after_this_request

from services.notifications.acts import note_certificate_fetched
from services.notifications.certificates import jobs, listing, revoking, verifying
from services.notifications.certificates.occasions import Occasion
from services.notifications.models import Certificate
from services.notifications.web.certificate_files import as_pdf
from services.notifications.web.certificate_schemas import (
    CertificateAnswer,
    CertificatePage,
    CertificateQuery,
    JobAnswer,
    OrderSchema,
    RevokeSchema,
    VerifyAnswer,
    job_answer,
    verify_answer,
)
from services.notifications.web.parts import key_of, settings
from services.notifications.web.schemas import IdempotencySchema
from shared.paging import Page
from shared.web.api import Blueprint
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

PREFIX = "/api/notifications/v1"
READERS = ("organiser", "auditor")

bp = Blueprint("certificates", __name__, url_prefix=PREFIX, description="Certificates: issued, verified, revoked")
bp.before_request(keep_private)


@bp.route("/events/<uuid:event_id>/certificates", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(IdempotencySchema, location="headers")
@bp.arguments(OrderSchema)
@bp.response(202, JobAnswer)
def order(headers: dict[str, Any], wanted: dict[str, Any], event_id: UUID) -> dict[str, Any]:
    """Issue certificates at once: to everybody who has earned one and has none, or to these. Answers a job to watch."""
    return _order(headers, wanted, Occasion("event", event_id))


@bp.route("/series/<uuid:series_id>/certificates", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(IdempotencySchema, location="headers")
@bp.arguments(OrderSchema)
@bp.response(202, JobAnswer)
def order_of_series(headers: dict[str, Any], wanted: dict[str, Any], series_id: UUID) -> dict[str, Any]:
    """The same for a series as a whole; people are named by the registration that stands on their certificate."""
    return _order(headers, wanted, Occasion("series", series_id))


def _order(headers: dict[str, Any], wanted: dict[str, Any], occasion: Occasion) -> dict[str, Any]:
    actor = required_staff("organiser")
    with this_service().database.unit_of_work(now()) as uow:
        job = jobs.order_once(uow, occasion, wanted["registration_ids"], actor, key_of(headers))
        uow.commit()
    _point_to(f"{PREFIX}/jobs/{job.id}")
    return _job_answer(job.id)


def _point_to(address: str) -> None:
    @after_this_request
    def set_location(response: Response) -> Response:
        response.headers["Location"] = address
        return response


@bp.route("/jobs/<uuid:job_id>", methods=["GET"])
@bp.staff(*READERS)
@bp.response(200, JobAnswer)
def get_job(job_id: UUID) -> dict[str, Any]:
    """How far an order is, and what could not be made, with the reason."""
    return _job_answer(job_id)


def _job_answer(job_id: UUID) -> dict[str, Any]:
    with this_service().database.read() as session:
        progress = jobs.progress_of(session, job_id)
        failures = [
            {
                "registration_id": registration_id,
                "code": failure.code,
                "reason": say(failure.text),
                "parts": failure.fields,
            }
            for registration_id, failure in jobs.failures_of(session, job_id)
        ]
    return job_answer(progress, failures)


@bp.route("/certificates", methods=["GET"])
@bp.staff(*READERS)
@bp.arguments(CertificateQuery, location="query")
@bp.response(200, CertificatePage)
def list_certificates(query: dict[str, Any]) -> Page[Certificate]:
    """Issued certificates, valid and revoked, in the order in which they were issued."""
    with this_service().database.read() as session:
        return listing.list_certificates(session, **query)


@bp.route("/certificates/<string:number>", methods=["GET"])
@bp.staff(*READERS)
@bp.response(200, CertificateAnswer)
def get_certificate(number: str) -> Certificate:
    """One certificate by its number, such as 2027-0001."""
    with this_service().database.read() as session:
        return listing.certificate_numbered(session, number)


@bp.route("/certificates/<string:number>.pdf", methods=["GET"])
@bp.staff(*READERS)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def get_document(number: str) -> Response:
    """The document as it was issued."""
    with this_service().database.unit_of_work(now()) as uow:
        certificate = listing.document_numbered(uow.session, number)
        note_certificate_fetched(uow, certificate, required_staff())
        uow.commit()
    return as_pdf(certificate, to_keep=True)


@bp.route("/certificates/<string:number>/revoke", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(RevokeSchema)
@bp.response(200, CertificateAnswer)
def revoke(wanted: dict[str, Any], number: str) -> Certificate:
    """Revoke a certificate. The person is told the reason; one that is revoked already stays as it is."""
    with this_service().database.unit_of_work(now()) as uow:
        certificate = revoking.revoke(uow, settings(), number, wanted["reason"], required_staff("organiser"))
        uow.commit()
    return certificate


@bp.route("/certificates/verify/<string:code>", methods=["GET"])
@bp.response(200, VerifyAnswer)
def verify(code: str) -> dict[str, Any]:
    """Whether a code is that of a certificate, and whether it still holds. For everybody."""
    with this_service().database.read() as session:
        return verify_answer(verifying.certificate_with_code(session, code))
