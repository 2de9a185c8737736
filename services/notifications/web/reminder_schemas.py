"""Rules of reminders as forms send them."""

from marshmallow import fields

from services.notifications.reminders.rules import AUDIENCES, TIMINGS, UNITS
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
