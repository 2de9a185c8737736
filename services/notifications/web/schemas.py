"""What the API takes and answers."""

from marshmallow import Schema as AnswerSchema
from marshmallow import fields, validate

from services.notifications.mailing import MailKind
from services.notifications.web.words import CALENDAR_ANSWERS, REASONS, STATES
from shared.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from shared.web.schemas import Choice, Instant, Line, Schema


class IdempotencySchema(Schema):
    idempotency_key = Line(data_key="Idempotency-Key", load_default=None)


class MailQuery(Schema):
    registration_id = fields.UUID(load_default=None)
    event_id = fields.UUID(load_default=None)
    circular_id = fields.UUID(load_default=None)
    state = fields.String(load_default="", validate=validate.OneOf(STATES))
    kind = Choice([kind.value for kind in MailKind], load_default="")
    address = Line(longest=254, load_default="")
    """A part of the recipient's."""
    since = Instant(load_default=None)
    """Of when the mail was written, as ``until``, which is no part of it any more."""
    until = Instant(load_default=None)
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, LARGEST_LIMIT))
    cursor = Line(longest=1_000, load_default=None)


class MailAnswer(AnswerSchema):
    """A mail without its content, which ``/mails/{id}.eml`` gives."""

    id = fields.UUID(required=True)
    registration_id = fields.UUID(required=True, allow_none=True)
    event_id = fields.UUID(required=True, allow_none=True)
    circular_id = fields.UUID(required=True, allow_none=True)
    kind = fields.String(required=True, metadata={"enum": [kind.value for kind in MailKind]})
    to = fields.String(required=True, attribute="to_email")
    subject = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    attempts = fields.Integer(required=True)
    error = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)


class ReplyQuery(Schema):
    """``asks``: those alone that ask for something (another time, somebody else), or that do not."""

    event_id = fields.UUID(load_default=None)
    asks = fields.Boolean(load_default=None)
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, LARGEST_LIMIT))
    cursor = Line(longest=1_000, load_default=None)


class ReplyAnswer(AnswerSchema):
    """A calendar reply. ``answer`` is empty where it has none, as in a delegation."""

    id = fields.UUID(required=True)
    event_id = fields.UUID(required=True, allow_none=True)
    invitation_id = fields.UUID(required=True, allow_none=True)
    kind = fields.String(required=True, metadata={"enum": ["answer", "counter", "delegation", "unreadable"]})
    state = fields.String(required=True, metadata={"enum": ["taken", "waiting", "released", "discarded"]})
    reason = fields.String(required=True, allow_none=True, metadata={"enum": [*REASONS, None]})
    sender = fields.String(required=True)
    attendee = fields.String(required=True)
    answer = fields.String(required=True, metadata={"enum": ["", *CALENDAR_ANSWERS]})
    comment = fields.String(required=True)
    delegate = fields.String(required=True)
    proposed_starts_at = fields.AwareDateTime(required=True, allow_none=True)
    proposed_ends_at = fields.AwareDateTime(required=True, allow_none=True)
    received_at = fields.AwareDateTime(required=True)


class ReplyPage(AnswerSchema):
    items = fields.List(fields.Nested(ReplyAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class MailPage(AnswerSchema):
    items = fields.List(fields.Nested(MailAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
