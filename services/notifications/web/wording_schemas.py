"""Words of mails as the API and forms take them, and as the API answers them."""

from marshmallow import Schema as AnswerSchema
from marshmallow import fields

from shared.web.schemas import Content, Schema

LINE_LENGTH = 200
TEXT_LENGTH = 5_000


class WordsSchema(Schema):
    """Each part by language, with placeholders such as ``{title}``; what is left out or empty stays as it would be."""

    subject = Content(blank=True, longest=LINE_LENGTH, load_default=dict)
    heading = Content(blank=True, longest=LINE_LENGTH, load_default=dict)
    text = Content(blank=True, multiline=True, longest=TEXT_LENGTH, load_default=dict)
    closing = Content(blank=True, multiline=True, longest=TEXT_LENGTH, load_default=dict)


class PartsAnswer(AnswerSchema):
    subject = fields.Dict(keys=fields.String(), values=fields.String())
    heading = fields.Dict(keys=fields.String(), values=fields.String())
    text = fields.Dict(keys=fields.String(), values=fields.String())
    closing = fields.Dict(keys=fields.String(), values=fields.String())


class WordingAnswer(AnswerSchema):
    """One kind of mail: what was ``entered`` here, and the ``words`` that people get with it.

    Of ``placeholders`` some are ``needed`` in the text.
    """

    template = fields.String(required=True)
    name = fields.String(required=True)
    placeholders = fields.List(fields.String(), required=True)
    needed = fields.List(fields.String(), required=True)
    entered = fields.Nested(PartsAnswer, required=True)
    words = fields.Nested(PartsAnswer, required=True)


class WordingList(AnswerSchema):
    items = fields.List(fields.Nested(WordingAnswer), required=True)
