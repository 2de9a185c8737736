"""The audit log over HTTP, the same in each service: ``/api/<service>/v1/audit``."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema as AnswerSchema
from marshmallow import fields, validate

from shared.audit import AuditLog, AuthorKind, Wanted, entries_page
from shared.languages import Text
from shared.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page
from shared.web.api import Blueprint
from shared.web.app import keep_private
from shared.web.schemas import Line, Schema
from shared.web.service import this_service
from shared.web.sign_in import required_staff


def _query_schema(actions: Mapping[str, Text]) -> type[Schema]:
    class AuditQuery(Schema):
        action = fields.String(load_default="", validate=validate.OneOf(["", *actions]))
        author_id = fields.UUID(load_default=None)
        subject_id = fields.UUID(load_default=None)
        event_id = fields.UUID(load_default=None)
        since = fields.AwareDateTime(load_default=None)
        until = fields.AwareDateTime(load_default=None)
        limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, LARGEST_LIMIT))
        cursor = Line(longest=1_000, load_default=None)

    return AuditQuery


class ActAnswer(AnswerSchema):
    """What was done. ``changes`` holds ``{field: {"before": .., "after": ..}}``, values of people masked."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    author_kind = fields.String(required=True, metadata={"enum": [kind.value for kind in AuthorKind]})
    author_id = fields.UUID(required=True, allow_none=True)
    author_name = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.UUID(required=True, allow_none=True)
    event_id = fields.UUID(required=True, allow_none=True)
    request_id = fields.String(required=True)
    changes = fields.Dict(keys=fields.String(), values=fields.Dict(), required=True)


class AuditPage(AnswerSchema):
    items = fields.List(fields.Nested(ActAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


def make_audit_api(service: str, log: AuditLog) -> Blueprint:
    """A blueprint that answers one service's log, the newest first."""
    bp = Blueprint("audit", __name__, url_prefix=f"/api/{service}/v1/audit", description="Who did what")
    bp.before_request(keep_private)

    @bp.route("", methods=["GET"])
    @bp.staff("auditor", "organiser")
    @bp.arguments(_query_schema(log.actions), location="query")
    @bp.response(200, AuditPage)
    def list_acts(query: dict[str, Any]) -> Page[Any]:
        """What was done, the newest first. Organisers see what concerns events and series, auditors everything."""
        limit, cursor = query.pop("limit"), query.pop("cursor")
        wanted = Wanted(**query, of_events=not required_staff().may("auditor"))
        with this_service().database.read() as session:
            return entries_page(session, log, wanted, limit=limit, cursor=cursor)

    return bp
