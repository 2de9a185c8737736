"""What registration tells: each registration as it stands now, the seats of an event, and facts about people."""

from marshmallow import fields

from shared.messages.base import Message, Part, content, count, instant, one_of
from shared.messages.catalogue import SeriesPart

STATES = ("pending", "confirmed", "waitlisted", "offered", "cancelled", "lapsed")
ACTORS = ("person", "organiser", "engine")
ENROLMENT_MODES = ("each", "whole")
ENROLMENT_CHANGES = ("enrolled", "completed", "cancelled")
REPUBLISHED = "republished"
"""The ``reason`` of a state that is only told once more: it is remembered, and nobody is written to."""

ADDED_SILENTLY = "added_silently"
"""The ``reason`` of a registration that an organiser made without wishing the person to be written to."""


DECLINED_IN_CALENDAR = "declined_in_calendar"
"""The ``reason`` of a cancellation that followed from what the person's calendar answered."""


class RegistrationState(Message):
    """One registration. ``previous_state`` is null for a new one; ``position`` counts from 1 while waiting.

    ``link_generation`` is part of every link to the person's page (see :mod:`shared.links`).
    ``actor`` and ``reason`` (a code) say who brought the state about and why.
    ``deadline`` is until when an offer can be accepted, or the address of a pending registration confirmed.
    ``enrolment_id`` is null unless it came about as a module of a series. A change that is ``summarised`` stands in a
    message about the enrolment, so that no mail of its own is due.
    """

    publisher = "registration"
    aggregate = "registration"
    consumers = ("notifications",)

    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    link_generation = count(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    email = fields.String(required=True)
    organisation = fields.String(required=True)
    locale = fields.String(required=True)
    state = one_of(*STATES, required=True)
    previous_state = one_of(*STATES, required=True, allow_none=True)
    position = fields.Integer(required=True, allow_none=True)
    actor = one_of(*ACTORS, required=True)
    reason = fields.String(required=True)
    submitted_at = instant(required=True)
    deadline = instant(required=True, allow_none=True)
    enrolment_id = fields.UUID(required=True, allow_none=True)
    summarised = fields.Boolean(required=True)


class RegistrationPendingV1(RegistrationState):
    """A seat is held until the person has confirmed the address."""

    topic = "registration.pending.v1"


class RegistrationConfirmedV1(RegistrationState):
    """The person has a seat."""

    topic = "registration.confirmed.v1"


class RegistrationWaitlistedV1(RegistrationState):
    """The person waits."""

    topic = "registration.waitlisted.v1"


class RegistrationOfferedV1(RegistrationState):
    """A seat is held for somebody who waited, until the deadline."""

    topic = "registration.offered.v1"


class RegistrationLapsedV1(RegistrationState):
    """An offer or a pending registration ran out."""

    topic = "registration.lapsed.v1"


class RegistrationCancelledV1(RegistrationState):
    """The place, or the wish for one, was given up."""

    topic = "registration.cancelled.v1"


class RegistrationChangedV1(RegistrationState):
    """The state is as before; a name, address, organisation or language was corrected."""

    topic = "registration.changed.v1"


class SeatsChangedV1(Message):
    """The seats of one event, once per transaction that moved them. ``version`` is the counters' own."""

    topic = "seats.changed.v1"
    publisher = "registration"
    aggregate = "seats"
    consumers = ("catalogue",)

    event_id = fields.UUID(required=True)
    capacity = count(required=True)
    confirmed = count(required=True)
    waiting = count(required=True)


class AttendedSessionPart(Part):
    event_id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    minutes = count(required=True)


class CertificateEarnedV1(Message):
    """The person fulfils the certificate rule of an event, or of a whole ``series``.

    ``earned_id`` is what the verdict is on: the registration for the event; for a series an id of its own, and
    ``registration_id`` and ``event_id`` are those of the last module, by which the person is known.
    ``revision`` rises with every verdict on it, so that a late message is recognised.
    ``available_at`` is the end of the last session: from then on the certificate is issued by itself. It is null while
    a module of the series has no date.
    """

    topic = "certificate.earned.v1"
    publisher = "registration"
    aggregate = "registration"
    delivery = "fact"
    consumers = ("notifications",)

    earned_id = fields.UUID(required=True)
    series = fields.Nested(SeriesPart, required=True, allow_none=True)
    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    link_generation = count(required=True)
    revision = count(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    email = fields.String(required=True)
    organisation = fields.String(required=True)
    locale = fields.String(required=True)
    sessions = fields.List(fields.Nested(AttendedSessionPart), required=True)
    available_at = instant(required=True, allow_none=True)


class CertificateLostV1(Message):
    """A correction of attendance took away what the person had earned; ``earned_id`` as it was told then."""

    topic = "certificate.lost.v1"
    publisher = "registration"
    aggregate = "registration"
    delivery = "fact"
    consumers = ("notifications",)

    earned_id = fields.UUID(required=True)
    series_id = fields.UUID(required=True, allow_none=True)
    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    revision = count(required=True)


class AttendanceChangedV1(Message):
    """At which sessions somebody was, as the ledger of attendance says now; ``version`` counts its rows about them."""

    topic = "attendance.changed.v1"
    publisher = "registration"
    aggregate = "attendance"
    consumers = ("notifications",)

    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    session_ids = fields.List(fields.UUID(), required=True)


class PartyMemberPart(Part):
    """One of the people of a party; ``position`` counts from 1 while waiting."""

    registration_id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = one_of(*STATES, required=True)
    position = fields.Integer(required=True, allow_none=True)


class PartyRegisteredV1(Message):
    """Somebody, the contact, has registered several people in one go; each of them is told of by a state of its own."""

    topic = "party.registered.v1"
    publisher = "registration"
    aggregate = "party"
    delivery = "fact"
    consumers = ("notifications",)

    party_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    link_generation = count(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    locale = fields.String(required=True)
    people = fields.List(fields.Nested(PartyMemberPart), required=True)


class EnrolledModulePart(Part):
    """One module that an enrolment wished for, as it stands now.

    Without a registration ``refused`` is the code of why there is none, and ``state`` is null. Of the modules that
    ``wait_for_series`` the person gets all at once or none; ``position`` counts from 1 while waiting.
    """

    event_id = fields.UUID(required=True)
    registration_id = fields.UUID(required=True, allow_none=True)
    state = one_of(*STATES, required=True, allow_none=True)
    position = fields.Integer(required=True, allow_none=True)
    refused = fields.String(required=True, allow_none=True)
    waits_for_series = fields.Boolean(required=True)


class EnrolmentChangedV1(Message):
    """One person's registration for a series: what became of each module, told once for all of them.

    ``each`` module stands alone, or the person waits for the ``whole``. ``change`` says what has happened:
    they ``enrolled``, or chose their modules anew; the whole was ``completed``; or they ``cancelled`` all that was
    left.
    A later change of a single module is told by its registration alone.
    """

    topic = "enrolment.changed.v1"
    publisher = "registration"
    aggregate = "enrolment"
    consumers = ("notifications",)

    enrolment_id = fields.UUID(required=True)
    series = fields.Nested(SeriesPart, required=True)
    person_id = fields.UUID(required=True)
    link_generation = count(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    email = fields.String(required=True)
    locale = fields.String(required=True)
    mode = one_of(*ENROLMENT_MODES, required=True)
    change = one_of(*ENROLMENT_CHANGES, required=True)
    modules = fields.List(fields.Nested(EnrolledModulePart), required=True)


class LinkedEventPart(Part):
    event_id = fields.UUID(required=True)
    title = content(required=True)
    state = one_of(*STATES, required=True)


class LinkRequestedV1(Message):
    """Somebody asked for the link to the page of this person; it goes by mail to the address alone."""

    topic = "link.requested.v1"
    publisher = "registration"
    aggregate = "person"
    delivery = "fact"
    consumers = ("notifications",)

    person_id = fields.UUID(required=True)
    link_generation = count(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    locale = fields.String(required=True)
    events = fields.List(fields.Nested(LinkedEventPart), required=True)


class RegistrationForgottenV1(Message):
    """What is personal about a registration was deleted; whoever holds a copy deletes it as well.

    With ``evidence`` name and organisation stay, and what proves that the person was there.
    """

    topic = "registration.forgotten.v1"
    publisher = "registration"
    aggregate = "registration"
    delivery = "fact"
    consumers = ("notifications",)

    registration_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    evidence = fields.Boolean(required=True)


class PersonErasedV1(Message):
    """Nothing leads to the person any more: no address, no link. What comes later about them is to be discarded.

    ``link_generation`` is one that no link has.
    """

    topic = "person.erased.v1"
    publisher = "registration"
    aggregate = "person"
    delivery = "fact"
    consumers = ("notifications",)

    person_id = fields.UUID(required=True)
    link_generation = count(required=True)


MESSAGES: tuple[type[Message], ...] = (
    RegistrationPendingV1,
    RegistrationConfirmedV1,
    RegistrationWaitlistedV1,
    RegistrationOfferedV1,
    RegistrationLapsedV1,
    RegistrationCancelledV1,
    RegistrationChangedV1,
    SeatsChangedV1,
    CertificateEarnedV1,
    CertificateLostV1,
    AttendanceChangedV1,
    PartyRegisteredV1,
    EnrolmentChangedV1,
    LinkRequestedV1,
    RegistrationForgottenV1,
    PersonErasedV1,
)
