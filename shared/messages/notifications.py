"""What notifications tells: certificates as they stand, and what people's calendars answered."""

from marshmallow import fields

from shared.messages.base import Message, instant, one_of


class CertificateState(Message):
    """One certificate, of an event, or of a whole series where ``series_id`` says so (see ``certificate.earned``).

    ``code`` opens its public verify page.
    """

    publisher = "notifications"
    aggregate = "certificate"
    consumers = ("registration",)

    certificate_id = fields.UUID(required=True)
    earned_id = fields.UUID(required=True)
    series_id = fields.UUID(required=True, allow_none=True)
    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    number = fields.String(required=True)
    code = fields.String(required=True)
    state = one_of("valid", "revoked", required=True)
    issued_at = instant(required=True)


class CertificateIssuedV1(CertificateState):
    """The certificate can be fetched and verified."""

    topic = "certificate.issued.v1"


class CertificateRevokedV1(CertificateState):
    """The certificate no longer holds; its verify page says so."""

    topic = "certificate.revoked.v1"


ANSWERS = ("accepted", "tentative", "declined")


class InvitationAnsweredV1(Message):
    """What a person's calendar last answered about one session; null once the session has moved and nobody has answered
    since. It stands beside the registration and never changes its state.
    """

    topic = "invitation.answered.v1"
    publisher = "notifications"
    aggregate = "invitation"
    consumers = ("registration",)

    invitation_id = fields.UUID(required=True)
    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    answer = one_of(*ANSWERS, required=True, allow_none=True)
    answered_at = instant(required=True)


class PlaceDeclinedV1(Message):
    """A person's calendar has declined everything that is still to come of an event that cancels their place for it."""

    topic = "place.declined.v1"
    publisher = "notifications"
    aggregate = "registration"
    delivery = "fact"
    consumers = ("registration",)

    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    declined_at = instant(required=True)


MESSAGES: tuple[type[Message], ...] = (
    CertificateIssuedV1,
    CertificateRevokedV1,
    InvitationAnsweredV1,
    PlaceDeclinedV1,
)
