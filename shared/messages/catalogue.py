"""What catalogue tells: its events, as whole snapshots, and staff accounts."""

from marshmallow import fields
from marshmallow.validate import Range

from shared.messages.base import Message, Part, content, count, instant, one_of

EVENT_KINDS = ("training", "jubilee", "conference", "meeting")
FORMATS = ("in_person", "online", "hybrid")
INVITES = ("request", "attachment", "none")
POLICIES = ("promote", "offer")
GROUPS_BY = ("membership", "question", "code")
PARTIES = ("wait", "skip")
TRANSFERS = ("allowed", "queue")
ON_DECLINED = ("note", "ask", "cancel")
QUESTION_KINDS = (
    "text",
    "long_text",
    "number",
    "date",
    "yes_no",
    "choice",
    "several",
    "file",
    "email",
    "phone",
    "organisation",
    "info",
)
RETENTION_CLASSES = ("needs", "contact", "evidence")
NEEDS = ("interpretation", "sign_language", "wheelchair", "hearing_loop", "childcare", "diet", "other")
PROGRAMME_KINDS = ("opening", "keynote", "panel", "workshop", "talk", "break", "reception", "other")


class VenuePart(Part):
    name = fields.String(required=True)
    street = fields.String(required=True)
    postcode = fields.String(required=True)
    city = fields.String(required=True)
    country = fields.String(required=True)
    room = fields.String(required=True)
    accessibility = content(required=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)


class SessionPart(Part):
    """``venue`` is where people go, null if it is only online.

    ``sequence`` counts the published changes of what a calendar shows of this session. Without a ``required`` one
    nobody earns the event's certificate.
    """

    session_id = fields.UUID(required=True)
    starts_at = instant(required=True)
    ends_at = instant(required=True)
    time_zone = fields.String(required=True)
    teaching_units = fields.Float(required=True, allow_none=True)
    meeting_url = fields.String(required=True, allow_none=True)
    venue = fields.Nested(VenuePart, required=True, allow_none=True)
    required = fields.Boolean(required=True)
    sequence = count(required=True)
    cancelled = fields.Boolean(required=True)
    changed_at = instant(required=True)


class SpeakerPart(Part):
    name = fields.String(required=True)
    role = fields.String(required=True)
    organisation = fields.String(required=True)


class ProgrammeItemPart(Part):
    starts_at = instant(required=True)
    ends_at = instant(required=True, allow_none=True)
    kind = one_of(*PROGRAMME_KINDS, required=True)
    title = content(required=True)
    speakers = fields.List(fields.Nested(SpeakerPart), required=True)


class SeriesPart(Part):
    series_id = fields.UUID(required=True)
    slug = fields.String(required=True)
    title = content(required=True)


class GroupPart(Part):
    """Who belongs to it: people of member organisations, whoever gave one of these answers, or whoever has the code."""

    name = content(required=True)
    by = one_of(*GROUPS_BY, required=True)
    question = fields.String(required=True, allow_none=True)
    answers = fields.List(fields.String(), required=True)
    code = fields.String(required=True, allow_none=True)


class PoolPart(GroupPart):
    """Seats for one group alone, until they are released."""

    seats = count(required=True)
    released_at = instant(required=True, allow_none=True)


class WaitlistPart(Part):
    """How the line moves. Times of day are ``HH:MM`` in the zone of the event's first session.

    No offer is made in quiet hours (none if both times are the same), at weekends (unless ``weekends``) and
    on holidays, nor one that would leave less than two hours before ``cutoff_hours`` ahead of the start. The line stops
    ``closes_hours_before_start``.
    ``parties``: whether seats wait for a party at the head of the line that they do not suffice for, or skip it.
    """

    enabled = fields.Boolean(required=True)
    policy = one_of(*POLICIES, required=True)
    offer_hours = count(required=True)
    cutoff_hours = count(required=True)
    closes_hours_before_start = count(required=True)
    quiet_from = fields.String(required=True)
    quiet_until = fields.String(required=True)
    weekends = fields.Boolean(required=True)
    parties = one_of(*PARTIES, required=True)
    transfers = one_of(*TRANSFERS, required=True)
    priority_classes = fields.List(fields.Nested(GroupPart), required=True)
    pools = fields.List(fields.Nested(PoolPart), required=True)


class CertificateRulePart(Part):
    """What attendance earns a certificate: all of it must be met, what is null is not asked for.

    ``share_of_hours`` is from 0 to 1, ``sessions`` a number of them. Beyond this some of the hours must be attended.
    """

    share_of_hours = fields.Float(required=True, allow_none=True)
    sessions = fields.Integer(strict=True, required=True, allow_none=True, validate=Range(min=1))


class SeriesCertificateRulePart(CertificateRulePart):
    """The same over all modules of a series.

    ``modules`` is how many of them must be attended, ``required_modules`` holds the numbers of some.
    """

    modules = fields.Integer(strict=True, required=True, allow_none=True, validate=Range(min=1))
    required_modules = fields.List(fields.Integer(strict=True), required=True)


class IssuerPart(Part):
    """Who invites and signs: the installation's organiser as it stands on mails and certificates."""

    name = fields.String(required=True)
    association = fields.String(required=True)
    logo_line = fields.String(required=True)
    signatory = fields.String(required=True)
    signatory_role = fields.String(required=True)


class OptionPart(Part):
    """One of the answers to choose from. A retired one is not offered any more."""

    key = fields.String(required=True)
    label = content(required=True)
    retired = fields.Boolean(required=True)


class ConditionPart(Part):
    """The question is asked of whoever gave one of these answers to an earlier one; yes and no are ``yes``, ``no``."""

    question = fields.String(required=True)
    answers = fields.List(fields.String(), required=True)


class QuestionPart(Part):
    """What an event asks of those who register. ``key`` never changes, for answers are kept by it.

    ``info`` is text that is shown and asks nothing. A retired question is not asked any more; its answers stay
    readable. ``purpose`` says what the answer is for, ``retention`` how long it is kept: as long as needs, as the
    contact data or as the evidence.
    """

    key = fields.String(required=True)
    kind = one_of(*QUESTION_KINDS, required=True)
    label = content(required=True)
    help = content(required=True)
    options = fields.List(fields.Nested(OptionPart), required=True)
    required = fields.Boolean(required=True)
    shown_if = fields.Nested(ConditionPart, required=True, allow_none=True)
    purpose = content(required=True)
    retention = one_of(*RETENTION_CLASSES, required=True)
    sensitive = fields.Boolean(required=True)
    retired = fields.Boolean(required=True)


class EventSnapshot(Message):
    """Everything that the other services may know of a published event.

    ``max_per_organisation`` holds until ``max_per_organisation_until``, without which it holds for good. One contact
    may register ``largest_party`` people; 1 means that everybody registers alone. The seat of whoever has not confirmed
    their address within ``confirm_address_minutes`` comes free; null means that nobody is asked to.
    ``on_declined`` is what becomes of a place whose calendar entry the person declines: it is noted, they are asked
    whether to cancel it, or it is cancelled.
    """

    publisher = "catalogue"
    aggregate = "event"
    consumers = ("registration", "notifications")

    event_id = fields.UUID(required=True)
    slug = fields.String(required=True)
    title = content(required=True)
    description = content(required=True)
    motto = content(required=True)
    kind = one_of(*EVENT_KINDS, required=True)
    format = one_of(*FORMATS, required=True)
    invite = one_of(*INVITES, required=True)
    """How sessions get into the calendars of those who come: by invitations, as a file, or not by mail."""
    series = fields.Nested(SeriesPart, required=True, allow_none=True)
    module_number = fields.Integer(required=True, allow_none=True)
    venue = fields.Nested(VenuePart, required=True, allow_none=True)
    """Where the sessions are that name no other."""
    sessions = fields.List(fields.Nested(SessionPart), required=True)
    programme = fields.List(fields.Nested(ProgrammeItemPart), required=True)
    capacity = count(required=True)
    registration_opens_at = instant(required=True, allow_none=True)
    registration_closes_at = instant(required=True, allow_none=True)
    waitlist = fields.Nested(WaitlistPart, required=True)
    max_per_organisation = fields.Integer(required=True, allow_none=True)
    max_per_organisation_until = instant(required=True, allow_none=True)
    largest_party = fields.Integer(strict=True, required=True, validate=Range(min=1))
    confirm_address_minutes = fields.Integer(strict=True, required=True, allow_none=True, validate=Range(min=1))
    on_declined = one_of(*ON_DECLINED, required=True)
    reply_to = fields.String(required=True, allow_none=True)
    """Where answers to mails about it go; without one, to the house."""
    certificate_rule = fields.Nested(CertificateRulePart, required=True, allow_none=True)
    questions = fields.List(fields.Nested(QuestionPart), required=True)
    needs = fields.List(one_of(*NEEDS), required=True)
    issuer = fields.Nested(IssuerPart, required=True)


class EventPublishedV1(EventSnapshot):
    """The event can be found and registered for from now on."""

    topic = "event.published.v1"


class EventChangedV1(EventSnapshot):
    """A pending revision was published. ``changes`` names the fields of the snapshot that differ from before."""

    topic = "event.changed.v1"

    changes = fields.List(fields.String(), required=True)


class EventCancelledV1(EventSnapshot):
    """The event will not take place. Registrations keep their states; everything freezes."""

    topic = "event.cancelled.v1"

    reason = content(required=True)
    cancelled_at = instant(required=True)


class SeriesChangedV1(Message):
    """A series that is public, as it stands: what the certificate for the whole of it asks for, null if there is none.

    ``event_ids`` are the modules that are to take place; those that are not published yet are among them.
    """

    topic = "series.changed.v1"
    publisher = "catalogue"
    aggregate = "series"
    consumers = ("registration",)

    series_id = fields.UUID(required=True)
    slug = fields.String(required=True)
    title = content(required=True)
    certificate_rule = fields.Nested(SeriesCertificateRulePart, required=True, allow_none=True)
    event_ids = fields.List(fields.UUID(), required=True)


class ApiTokenPart(Part):
    """``digest`` is the SHA-256 of the token, in hex."""

    digest = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)


class AccountChangedV1(Message):
    """A member of staff: what the other services need to check a cookie or an API token.

    ``epoch`` rises when every cookie of the account must end; a locked account has ``active`` false.
    """

    topic = "account.changed.v1"
    publisher = "catalogue"
    aggregate = "account"
    consumers = ("registration", "notifications")

    account_id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    epoch = count(required=True)
    tokens = fields.List(fields.Nested(ApiTokenPart), required=True)


MESSAGES: tuple[type[Message], ...] = (
    EventPublishedV1,
    EventChangedV1,
    EventCancelledV1,
    SeriesChangedV1,
    AccountChangedV1,
)
