"""What organisers write, in forms and JSON alike, and what the API answers."""

from marshmallow import fields

from services.catalogue.web.fields import (
    LARGEST_CAPACITY,
    Country,
    LanguageCode,
    Number,
    Slug,
    WholeNumber,
    several,
)
from services.catalogue.web.question_schemas import MOST_QUESTIONS, QuestionSchema
from services.catalogue.web.rule_schemas import WaitlistSchema
from shared.messages.catalogue import EVENT_KINDS, FORMATS, INVITES, NEEDS, ON_DECLINED, PROGRAMME_KINDS
from shared.web.schemas import Choice, Content, EmailAddress, Instant, Line, Schema, TimeZone, WebAddress

TITLE_LENGTH = 300
MOST_SESSIONS = 100
MOST_PROGRAMME_ITEMS = 200
MOST_SPEAKERS = 50
MOST_LANGUAGES = 20
LONGEST_CONFIRMATION = 7 * 24 * 60
"""Minutes in which an address can be confirmed."""
LARGEST_MODULE_NUMBER = 999
LARGEST_PARTY = 50


class VenueSchema(Schema):
    name = Line(required=True)
    street = Line(blank=True, load_default="")
    postcode = Line(blank=True, longest=20, load_default="")
    city = Line(blank=True, load_default="")
    country = Country(load_default="DE")
    room = Line(blank=True, load_default="")
    accessibility = Content(blank=True, multiline=True, longest=2_000, load_default=dict)
    latitude = Number(least=-90, most=90, allow_none=True, load_default=None)
    longitude = Number(least=-180, most=180, allow_none=True, load_default=None)


class SessionSchema(Schema):
    """``venue`` is null where the session is held at the event's venue; ``required`` ones the certificate asks for."""

    id = fields.UUID(load_default=None, allow_none=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    time_zone = TimeZone(required=True)
    teaching_units = Number(least=0, most=1_000, allow_none=True, load_default=None)
    meeting_url = WebAddress(allow_none=True, load_default=None)
    venue = fields.Nested(VenueSchema, allow_none=True, load_default=None)
    required = fields.Boolean(load_default=False)


class SpeakerSchema(Schema):
    name = Line(required=True)
    role = Line(blank=True, load_default="")
    organisation = Line(blank=True, load_default="")


class ProgrammeItemSchema(Schema):
    starts_at = Instant(required=True)
    ends_at = Instant(allow_none=True, load_default=None)
    kind = Choice(PROGRAMME_KINDS, required=True)
    title = Content(required=True, longest=TITLE_LENGTH)
    speakers = several(fields.Nested(SpeakerSchema), MOST_SPEAKERS)


class CertificateRuleSchema(Schema):
    """All that is not null must be met."""

    share_of_hours = Number(least=0, most=1, allow_none=True, load_default=None)
    sessions = WholeNumber(least=1, most=MOST_SESSIONS, allow_none=True, load_default=None)


class SeriesCertificateRuleSchema(CertificateRuleSchema):
    """Of the whole series: hours and sessions count over all modules."""

    modules = WholeNumber(least=1, most=LARGEST_MODULE_NUMBER, allow_none=True, load_default=None)
    required_modules = several(WholeNumber(least=1, most=LARGEST_MODULE_NUMBER), LARGEST_MODULE_NUMBER)


class EventSchema(Schema):
    """An event as it is written."""

    slug = Slug()
    title = Content(required=True, longest=TITLE_LENGTH)
    description = Content(blank=True, multiline=True, load_default=dict)
    motto = Content(blank=True, multiline=True, longest=1_000, load_default=dict)
    audience = Content(blank=True, longest=TITLE_LENGTH, load_default=dict)
    languages = several(LanguageCode(), MOST_LANGUAGES)
    kind = Choice(EVENT_KINDS, load_default="training")
    format = Choice(FORMATS, load_default="in_person")
    invite = Choice(INVITES, load_default="request")
    series_id = fields.UUID(allow_none=True, load_default=None)
    module_number = WholeNumber(least=1, most=LARGEST_MODULE_NUMBER, allow_none=True, load_default=None)
    venue = fields.Nested(VenueSchema, allow_none=True, load_default=None)
    sessions = several(fields.Nested(SessionSchema), MOST_SESSIONS)
    capacity = WholeNumber(least=0, most=LARGEST_CAPACITY, required=True)
    registration_opens_at = Instant(allow_none=True, load_default=None)
    registration_closes_at = Instant(allow_none=True, load_default=None)
    waitlist = fields.Nested(WaitlistSchema, load_default=lambda: WaitlistSchema().load({}))
    max_per_organisation = WholeNumber(least=1, most=LARGEST_CAPACITY, allow_none=True, load_default=None)
    max_per_organisation_until = Instant(allow_none=True, load_default=None)
    largest_party = WholeNumber(least=1, most=LARGEST_PARTY, load_default=1)
    confirm_address_minutes = WholeNumber(least=5, most=LONGEST_CONFIRMATION, allow_none=True, load_default=None)
    on_declined = Choice(ON_DECLINED, load_default="ask")
    reply_to = EmailAddress(allow_none=True, load_default=None)
    programme = several(fields.Nested(ProgrammeItemSchema), MOST_PROGRAMME_ITEMS)
    certificate_rule = fields.Nested(CertificateRuleSchema, allow_none=True, load_default=None)
    questions = several(fields.Nested(QuestionSchema), MOST_QUESTIONS)
    needs = several(Choice(NEEDS), len(NEEDS))


class SeriesSchema(Schema):
    """A series as it is written."""

    slug = Slug()
    title = Content(required=True, longest=TITLE_LENGTH)
    description = Content(blank=True, multiline=True, load_default=dict)
    certificate_rule = fields.Nested(SeriesCertificateRuleSchema, allow_none=True, load_default=None)


class EventChangeSchema(EventSchema):
    """What changes of an event; a class of its own, for it has a name of its own in the API's description."""

    def __init__(self) -> None:
        super().__init__(partial=EVENT_FIELDS)


class SeriesChangeSchema(SeriesSchema):
    """What changes of a series."""

    def __init__(self) -> None:
        super().__init__(partial=SERIES_FIELDS)


class ReasonSchema(Schema):
    reason = Content(required=True, multiline=True, longest=2_000)


class CopySchema(Schema):
    starts_on = fields.Date(required=True)


# ``partial=True`` would make the fields of nested schemas optional too.
EVENT_FIELDS = tuple(EventSchema().fields)
SERIES_FIELDS = tuple(SeriesSchema().fields)
