"""What the API takes and answers."""

from marshmallow import Schema as AnswerSchema
from marshmallow import fields, validate

from services.notifications.mailing import MailKind
from services.notifications.web.words import STATES
from shared.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from shared.web.schemas import Line, Schema


class MailQuery(Schema):
    registration_id = fields.UUID(load_default=None)
    event_id = fields.UUID(load_default=None)
    state = fields.String(load_default="", validate=validate.OneOf(STATES))
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, LARGEST_LIMIT))
    cursor = Line(longest=1_000, load_default=None)


class MailAnswer(AnswerSchema):
    """A mail without its content, which ``/mails/{id}.eml`` gives."""

    id = fields.UUID(required=True)
    registration_id = fields.UUID(required=True, allow_none=True)
    event_id = fields.UUID(required=True, allow_none=True)
    kind = fields.String(required=True, metadata={"enum": [kind.value for kind in MailKind]})
    to = fields.String(required=True, attribute="to_email")
    subject = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    attempts = fields.Integer(required=True)
    error = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)


class MailPage(AnswerSchema):
    items = fields.List(fields.Nested(MailAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
