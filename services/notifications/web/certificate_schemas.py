"""What the API of certificates takes and answers."""

from typing import Any
from uuid import UUID

from marshmallow import Schema as AnswerSchema
from marshmallow import ValidationError, fields, validate

from services.notifications.certificates.jobs import Progress
from services.notifications.certificates.verifying import status_of
from services.notifications.models import Certificate
from shared.languages import text as _
from shared.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from shared.web.schemas import Line, Paragraphs, Schema

REASON_LENGTH = 1_000
MOST_AT_ONCE = 5_000
MINUTES_OF_AN_HOUR = 60


def _some_but_not_too_many(chosen: list[UUID]) -> None:
    if not chosen:
        raise ValidationError([_("Please choose at least one person.")])
    if len(chosen) > MOST_AT_ONCE:
        raise ValidationError([_("Please name at most %(most)d at once.", most=MOST_AT_ONCE)])


class OrderSchema(Schema):
    """``registration_ids`` names those who are to get theirs; without it all who have earned one."""

    registration_ids = fields.List(
        fields.UUID(),
        load_default=None,
        validate=_some_but_not_too_many,
        metadata={"minItems": 1, "maxItems": MOST_AT_ONCE},
    )


class RevokeSchema(Schema):
    reason = Paragraphs(required=True, longest=REASON_LENGTH)


class CertificateQuery(Schema):
    event_id = fields.UUID(load_default=None)
    series_id = fields.UUID(load_default=None)
    registration_id = fields.UUID(load_default=None)
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, LARGEST_LIMIT))
    cursor = Line(longest=1_000, load_default=None)


class CertificateAnswer(AnswerSchema):
    """An issued certificate; its PDF is at ``/certificates/{number}.pdf``. ``sha256`` is the PDF's, in hex.

    ``teaching_units`` is null where the document states the time in hours; ``minutes`` is always there.
    """

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    code = fields.String(required=True)
    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"enum": ["valid", "revoked"]})
    issued_at = fields.AwareDateTime(required=True)
    locale = fields.String(required=True)
    title = fields.String(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    teaching_units = fields.Float(required=True, allow_none=True)
    minutes = fields.Integer(required=True)
    sha256 = fields.String(required=True, attribute="digest")
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_because = fields.String(
        required=True, allow_none=True, metadata={"enum": ["organiser", "lost", "replaced", None]}
    )
    reason = fields.String(required=True, allow_none=True)


class CertificatePage(AnswerSchema):
    items = fields.List(fields.Nested(CertificateAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class FailureAnswer(AnswerSchema):
    """Why a certificate could not be made; ``fields`` names the parts of it that are to be mended."""

    registration_id = fields.UUID(required=True)
    code = fields.String(required=True)
    reason = fields.String(required=True)
    # Declared so because marshmallow's own attribute has this name.
    parts = fields.List(fields.String(), required=True, data_key="fields")


class JobAnswer(AnswerSchema):
    """An order to issue certificates: ``done`` of ``total`` have been dealt with.

    ``withdrawn`` are those that were no longer to be issued when their turn came. Either ``event_id`` or ``series_id``
    is null.
    """

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": ["certificates"]})
    event_id = fields.UUID(required=True, allow_none=True)
    series_id = fields.UUID(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"enum": ["running", "finished"]})
    created_at = fields.AwareDateTime(required=True)
    total = fields.Integer(required=True)
    done = fields.Integer(required=True)
    issued = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    withdrawn = fields.Integer(required=True)
    failures = fields.List(fields.Nested(FailureAnswer), required=True)


def job_answer(progress: Progress, failures: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": progress.job.id,
        "kind": "certificates",
        "event_id": progress.job.event_id,
        "series_id": progress.job.series_id,
        "state": "finished" if progress.is_finished else "running",
        "created_at": progress.job.created_at,
        "total": progress.total,
        "done": progress.done,
        "issued": progress.issued,
        "failed": progress.failed,
        "withdrawn": progress.withdrawn,
        "failures": failures,
    }


class VerifyAnswer(AnswerSchema):
    """What the holder of a code may know. All but ``status`` is null if the code is unknown.

    ``date`` is the first day attended, ``last_date`` the last; ``hours`` are of 60 minutes, ``teaching_units`` of 45.
    """

    status = fields.String(required=True, metadata={"enum": ["valid", "revoked", "unknown"]})
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    date = fields.Date(required=True, allow_none=True)
    last_date = fields.Date(required=True, allow_none=True)
    hours = fields.Float(required=True, allow_none=True)
    teaching_units = fields.Float(required=True, allow_none=True)
    name_masked = fields.String(required=True, allow_none=True)
    issued_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


def verify_answer(certificate: Certificate | None) -> dict[str, Any]:
    shown = dict.fromkeys(VerifyAnswer().fields)
    if certificate is not None:
        shown |= {
            "number": certificate.number,
            "title": certificate.title,
            "date": certificate.first_day,
            "last_date": certificate.last_day,
            "hours": round(certificate.minutes / MINUTES_OF_AN_HOUR, 2),
            "teaching_units": certificate.teaching_units,
            "name_masked": certificate.name_masked,
            "issued_at": certificate.issued_at,
            "revoked_at": certificate.revoked_at,
        }
    return shown | {"status": status_of(certificate)}
