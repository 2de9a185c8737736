"""Circulars as the API and forms take them, and as the API answers them."""

from typing import Any

from marshmallow import Schema as AnswerSchema
from marshmallow import fields, validate

from services.notifications.circulars.drafts import Draft
from services.notifications.circulars.progress import STATES, Overview
from services.notifications.models import ACTIVE_STATES
from shared.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from shared.web.schemas import Choice, Content, Line, Schema

SUBJECT_LENGTH = 150
TEXT_LENGTH = 5_000
MOST_CHOSEN = 10_000


class CircularSchema(Schema):
    """What is written, and to whom: to all who are in some ``states`` when it is sent, or to ``registration_ids``.

    ``is_news``: it goes beyond people's own places at the event. So it carries a link to refuse such mails, and is not
    sent to those who have done so.
    """

    subject = Content(required=True, longest=SUBJECT_LENGTH)
    text = Content(required=True, multiline=True, longest=TEXT_LENGTH)
    session_id = fields.UUID(load_default=None, allow_none=True)
    is_news = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    states = fields.List(Choice(ACTIVE_STATES), load_default=list)
    registration_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST_CHOSEN))


class SendSchema(Schema):
    """The version that was looked at: a draft that was changed since is not sent."""

    version = fields.Integer(required=True, strict=True)


class TestSchema(Schema):
    """The language in which the test shall come; the installation's first, where it does not have this one."""

    __test__ = False  # pytest would take it for a class of tests

    locale = Line(longest=12, load_default="")


class PageQuery(Schema):
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, LARGEST_LIMIT))
    cursor = Line(longest=1_000, load_default=None)


class RecipientsQuery(PageQuery):
    state = fields.String(load_default="", validate=validate.OneOf(STATES))


class CircularAnswer(AnswerSchema):
    """A circular; ``recipients`` counts those that it goes to by state, once it is ordered."""

    id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"enum": ["draft", "sending", "sent", "stopped"]})
    version = fields.Integer(required=True)
    subject = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    text = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    session_id = fields.UUID(required=True, allow_none=True)
    is_news = fields.Boolean(required=True)
    states = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    ordered_at = fields.AwareDateTime(required=True, allow_none=True)
    stopped_at = fields.AwareDateTime(required=True, allow_none=True)
    recipients = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class CircularPage(AnswerSchema):
    items = fields.List(fields.Nested(CircularAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class RecipientAnswer(AnswerSchema):
    """One whom it is for: ``waiting`` for their mail to be written, the mail's state, or why there is none."""

    registration_id = fields.UUID(required=True)
    name = fields.String(required=True)
    to = fields.String(required=True, attribute="email")
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    mail_id = fields.UUID(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class RecipientPage(AnswerSchema):
    items = fields.List(fields.Nested(RecipientAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PreviewAnswer(AnswerSchema):
    """As the first recipient would get it in this language, their name masked."""

    locale = fields.String(required=True)
    subject = fields.String(required=True)
    text = fields.String(required=True, attribute="content.text")
    html = fields.String(required=True, attribute="content.html")


def draft_from(loaded: dict[str, Any]) -> Draft:
    return Draft(**loaded)


def circular_answer(overview: Overview) -> dict[str, Any]:
    circular = overview.circular
    columns = {name: getattr(circular, name) for name in _COLUMNS}
    return {**columns, "state": overview.state, "recipients": {} if circular.is_draft else overview.progress.counts}


_COLUMNS = (
    "id",
    "event_id",
    "account_id",
    "version",
    "subject",
    "text",
    "session_id",
    "is_news",
    "states",
    "created_at",
    "ordered_at",
    "stopped_at",
)
