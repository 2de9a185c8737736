"""The questions of an event, as organisers write them."""

from marshmallow import fields

from services.catalogue.web.fields import QuestionKey, several
from shared.messages.catalogue import QUESTION_KINDS, RETENTION_CLASSES
from shared.web.schemas import Choice, Content, Schema

MOST_QUESTIONS = 100
MOST_OPTIONS = 100
LABEL_LENGTH = 1_000


class OptionSchema(Schema):
    key = QuestionKey(load_default=None, allow_none=True)
    label = Content(required=True, longest=LABEL_LENGTH)
    retired = fields.Boolean(load_default=False)


class ConditionSchema(Schema):
    question = QuestionKey(required=True)
    answers = several(QuestionKey(), MOST_OPTIONS)


class QuestionSchema(Schema):
    """Without a key it is a new question, and gets one."""

    key = QuestionKey(load_default=None, allow_none=True)
    kind = Choice(QUESTION_KINDS, required=True)
    label = Content(required=True, longest=LABEL_LENGTH)
    help = Content(blank=True, multiline=True, longest=2_000, load_default=dict)
    options = several(fields.Nested(OptionSchema), MOST_OPTIONS)
    required = fields.Boolean(load_default=False)
    shown_if = fields.Nested(ConditionSchema, allow_none=True, load_default=None)
    purpose = Content(blank=True, longest=LABEL_LENGTH, load_default=dict)
    retention = Choice(RETENTION_CLASSES, load_default="contact")
    sensitive = fields.Boolean(load_default=False)
    retired = fields.Boolean(load_default=False)
