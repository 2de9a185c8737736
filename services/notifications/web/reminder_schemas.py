"""Rules of reminders as the API and forms take them, and as the API answers them."""

from typing import Any

from marshmallow import Schema as AnswerSchema
from marshmallow import fields

from services.notifications.reminders.progress import Overview
from services.notifications.reminders.rules import AUDIENCES, TIMINGS, UNITS, rule_of
from services.notifications.web.circular_schemas import SUBJECT_LENGTH, TEXT_LENGTH
from shared.web.schemas import Choice, Content, Schema


class ReminderSchema(Schema):
    """Words may be missing, in all languages or in some."""

    timing = Choice(TIMINGS, required=True)
    amount = fields.Integer(required=True, strict=True)
    unit = Choice(UNITS, required=True)
    each_session = fields.Boolean(required=True, truthy={True}, falsy={False})
    audience = Choice(AUDIENCES, required=True)
    subject = Content(blank=True, longest=SUBJECT_LENGTH, load_default=dict)
    text = Content(blank=True, multiline=True, longest=TEXT_LENGTH, load_default=dict)


class TurnAnswer(AnswerSchema):
    """A reminder about one session; ``mails`` counts by state. ``due_at`` is null where no moment was left."""

    session_id = fields.UUID(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"enum": ["planned", "written", "missed"]})
    mails = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ReminderAnswer(AnswerSchema):
    id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    timing = fields.String(required=True, metadata={"enum": list(TIMINGS)})
    amount = fields.Integer(required=True)
    unit = fields.String(required=True, metadata={"enum": list(UNITS)})
    each_session = fields.Boolean(required=True)
    audience = fields.String(required=True, metadata={"enum": list(AUDIENCES)})
    subject = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    text = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    turns = fields.List(fields.Nested(TurnAnswer), required=True)


class ReminderList(AnswerSchema):
    """All of an event's: there is one page."""

    items = fields.List(fields.Nested(ReminderAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


def reminder_answer(overview: Overview) -> dict[str, Any]:
    reminder = overview.reminder
    turns = [
        {"session_id": turn.session.id, "due_at": turn.due_at, "state": turn.state, "mails": turn.mails}
        for turn in overview.turns
    ]
    kept = {"id": reminder.id, "event_id": reminder.event_id, "created_at": reminder.created_at}
    return {**rule_of(reminder).fields, **kept, "turns": turns}
