"""The shapes in which the API answers, and how what it answers is found in the models."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from services.registration.attendance import Answer
from services.registration.attendance_list import Attendee
from services.registration.booking import Registered
from services.registration.enrolled import Enrolled
from services.registration.models import Event, EventSession, Person, Registration, SeatCounter
from services.registration.my import OwnRegistration
from services.registration.outlook import NextSeat, Place
from services.registration.people import Entrant
from services.registration.states import State
from services.registration.statistics import Statistics
from services.registration.web import certificate_words
from shared.messages.registration import ENROLMENT_MODES
from shared.web.language import say


def _content() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.String())


def _state() -> fields.String:
    return fields.String(metadata={"enum": list(State)})


class SeatsAnswer(Schema):
    """``closes_at`` is when registration closes; ``open`` says whether somebody can register or wait now."""

    capacity = fields.Integer()
    taken = fields.Integer()
    waiting = fields.Integer()
    open = fields.Boolean()
    opens_at = fields.AwareDateTime(allow_none=True)
    closes_at = fields.AwareDateTime()


def seats_answer(event: Event, counter: SeatCounter, now: datetime) -> dict[str, Any]:
    return {
        "capacity": counter.capacity,
        "taken": counter.confirmed,
        "waiting": counter.waiting,
        "open": event.rule.refusal(now) is None,
        "opens_at": event.registration_opens_at,
        "closes_at": event.closes_at,
    }


class RegisteredAnswer(Schema):
    """``position`` counts from 1, and is there only while the person waits."""

    id = fields.UUID()
    state = _state()
    position = fields.Integer()


def registered_answer(registered: Registered) -> dict[str, Any]:
    answer = {"id": registered.registration_id, "state": registered.state}
    return answer if registered.position is None else {**answer, "position": registered.position}


class PartyAnswer(Schema):
    """What became of each of the party's people, in the order in which they were sent."""

    people = fields.List(fields.Nested(RegisteredAnswer))


def party_answer(registered: Sequence[Registered]) -> dict[str, Any]:
    return {"people": [registered_answer(one) for one in registered]}


class EnrolledModuleAnswer(Schema):
    """What became of one module. Without a registration ``refused`` is the code of why, and the others are null."""

    event_id = fields.UUID()
    registration_id = fields.UUID(allow_none=True)
    state = fields.String(metadata={"enum": [*State, None]}, allow_none=True)
    position = fields.Integer(allow_none=True)
    refused = fields.String(allow_none=True)
    waits_for_series = fields.Boolean()


class EnrolmentAnswer(Schema):
    """What became of each module, by their beginning."""

    id = fields.UUID()
    series_id = fields.UUID()
    mode = fields.String(metadata={"enum": list(ENROLMENT_MODES)})
    modules = fields.List(fields.Nested(EnrolledModuleAnswer))


def enrolment_answer(enrolled: Enrolled) -> dict[str, Any]:
    modules = [asdict(module) for module in enrolled.modules]
    return {"id": enrolled.enrolment_id, "series_id": enrolled.series_id, "mode": enrolled.mode, "modules": modules}


class RegistrationAnswer(Schema):
    """One registration, for organisers."""

    id = fields.UUID()
    first_name = fields.String()
    last_name = fields.String()
    email = fields.String()
    organisation = fields.String()
    locale = fields.String()
    state = _state()
    seq = fields.Integer()
    position = fields.Integer()
    created_at = fields.AwareDateTime()


def registration_answer(registration: Registration, position: int | None = None) -> dict[str, Any]:
    names = ("id", "first_name", "last_name", "email", "organisation", "locale", "state", "seq")
    answer = {name: getattr(registration, name) for name in names}
    answer["created_at"] = registration.submitted_at
    return answer if position is None else {**answer, "position": position}


class PeopleAnswer(Schema):
    items = fields.List(fields.Nested(RegistrationAnswer))
    next_cursor = fields.String(allow_none=True)


def people_answer(entrants: Sequence[Entrant], next_cursor: str | None) -> dict[str, Any]:
    items = [registration_answer(entrant.registration, entrant.position) for entrant in entrants]
    return {"items": items, "next_cursor": next_cursor}


class SuggestionAnswer(Schema):
    """What everybody may see of an entry of the directory."""

    id = fields.UUID()
    name = fields.String()
    municipality = fields.String()


class SuggestionsAnswer(Schema):
    items = fields.List(fields.Nested(SuggestionAnswer))


WAITING_FOR = [
    "event_full",
    "organisation_full",
    "seats_reserved",
    "party_waits",
    "party_too_large",
    "series_incomplete",
    "set_aside",
    "quiet_hours",
    "too_late_to_offer",
    "waitlist_closed",
]


class PlaceAnswer(RegistrationAnswer):
    """``reason`` says what keeps this person from a seat now."""

    reason = fields.String(metadata={"enum": WAITING_FOR})


class NextSeatAnswer(Schema):
    """Who would get a seat that comes free now; if nobody, ``reason`` says why.

    With another reason than ``seat_free`` the registration is whom the seat would be kept for, until ``not_before`` at
    least where that is known. ``offer_expires_at``: the seat would be offered until then. ``passed_by``: how many who
    are set aside stand ahead.
    """

    registration_id = fields.UUID(allow_none=True)
    reason = fields.String()
    offer_expires_at = fields.AwareDateTime(allow_none=True)
    not_before = fields.AwareDateTime(allow_none=True)
    passed_by = fields.Integer()


class WaitlistAnswer(PeopleAnswer):
    items = fields.List(fields.Nested(PlaceAnswer))
    next_free_seat = fields.Nested(NextSeatAnswer)


def waitlist_answer(places: Sequence[Place], next_cursor: str | None, next_seat: NextSeat) -> dict[str, Any]:
    items = [{**registration_answer(p.registration, p.position), "reason": p.reason} for p in places]
    promoted = next_seat.registration
    return {
        "items": items,
        "next_cursor": next_cursor,
        "next_free_seat": {
            "registration_id": promoted and promoted.id,
            "reason": next_seat.reason,
            "offer_expires_at": next_seat.deadline,
            "not_before": next_seat.not_before,
            "passed_by": next_seat.passed_by,
        },
    }


class EventAnswer(Schema):
    id = fields.UUID()
    slug = fields.String()
    title = _content()
    state = fields.String(metadata={"enum": ["published", "cancelled"]})
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()


class OwnRegistrationAnswer(Schema):
    """``position`` was counted at ``position_at``. ``offer_expires_at`` is the deadline of an offer.

    ``confirm_until`` is until when the seat is held for an address that is not confirmed yet. ``enrolment_id`` belongs
    to a module that was registered for with others of its series.
    """

    id = fields.UUID()
    event = fields.Nested(EventAnswer)
    state = _state()
    position = fields.Integer(allow_none=True)
    position_at = fields.AwareDateTime(allow_none=True)
    offer_expires_at = fields.AwareDateTime(allow_none=True)
    confirm_until = fields.AwareDateTime(allow_none=True)
    enrolment_id = fields.UUID(allow_none=True)


class MyAnswer(Schema):
    locale = fields.String()
    registrations = fields.List(fields.Nested(OwnRegistrationAnswer))


def my_answer(person: Person, registrations: Sequence[OwnRegistration]) -> dict[str, Any]:
    return {"locale": person.locale, "registrations": [own_answer(own) for own in registrations]}


def own_answer(own: OwnRegistration) -> dict[str, Any]:
    return {
        "id": own.registration.id,
        "event": own.event,
        "state": own.registration.state,
        "position": own.position,
        "position_at": own.position_at,
        "offer_expires_at": own.registration.deadline if own.registration.state == State.OFFERED else None,
        "confirm_until": own.registration.deadline if own.registration.state == State.PENDING else None,
        "enrolment_id": own.registration.enrolment_id,
    }


class RowAnswer(Schema):
    """What became of one row: ``known`` if it came before. ``code`` and ``detail`` say why it was refused."""

    id = fields.UUID()
    status = fields.String(metadata={"enum": ["recorded", "known", "refused"]})
    code = fields.String()
    detail = fields.String()


def row_answer(answer: Answer) -> dict[str, Any]:
    row: dict[str, Any] = {"id": answer.id, "status": answer.status}
    return {**row, "code": answer.code, "detail": say(answer.text)} if answer.text else row


class SessionAnswer(Schema):
    id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    time_zone = fields.String()
    teaching_units = fields.Float(allow_none=True)
    cancelled = fields.Boolean()


class AttendedAnswer(Schema):
    session_id = fields.UUID()
    minutes = fields.Integer()


class ConditionAnswer(Schema):
    """``has`` and ``needs`` are parts of 1 for ``share_of_hours``, else numbers; ``missing`` are ids of sessions."""

    kind = fields.String()
    has = fields.Float()
    needs = fields.Float()
    met = fields.Boolean()
    missing = fields.List(fields.String())


class CertificateAnswer(Schema):
    """``number`` and ``state`` are there once one was issued; ``conditions`` are all that the rule asks for."""

    earned = fields.Boolean()
    conditions = fields.List(fields.Nested(ConditionAnswer))
    number = fields.String(allow_none=True)
    state = fields.String(allow_none=True)


class AttendeeAnswer(RegistrationAnswer):
    """``share`` is the part of the event's hours, 0 to 1."""

    sessions = fields.List(fields.Nested(AttendedAnswer))
    share = fields.Float()
    certificate = fields.Nested(CertificateAnswer)


class AttendanceAnswer(Schema):
    sessions = fields.List(fields.Nested(SessionAnswer))
    items = fields.List(fields.Nested(AttendeeAnswer))
    next_cursor = fields.String(allow_none=True)


def attendance_answer(
    sessions: Sequence[EventSession], attendees: Sequence[Attendee], next_cursor: str | None
) -> dict[str, Any]:
    return {"sessions": sessions, "items": [_attendee(a) for a in attendees], "next_cursor": next_cursor}


def _attendee(attendee: Attendee) -> dict[str, Any]:
    attended = [{"session_id": session_id, "minutes": minutes} for session_id, minutes in attendee.minutes.items()]
    return {
        **registration_answer(attendee.registration),
        "sessions": attended,
        "share": attendee.share,
        "certificate": _certificate(attendee),
    }


def _certificate(attendee: Attendee) -> dict[str, Any]:
    certificate = attendee.certificate
    return {
        "earned": attendee.earned,
        "conditions": list(certificate_words.answers(attendee.standing)),
        "number": certificate.number if certificate else None,
        "state": certificate.state if certificate else None,
    }


class DecisionAnswer(Schema):
    """``inputs`` is what the decision rests on; ``note`` is an organiser's own reason."""

    id = fields.UUID()
    registration_id = fields.UUID()
    outcome = fields.String()
    reason = fields.String()
    note = fields.String()
    actor = fields.String(metadata={"enum": ["person", "organiser", "engine"]})
    account_id = fields.UUID(allow_none=True)
    rule_version = fields.Integer()
    seats_version = fields.Integer()
    inputs = fields.Dict(keys=fields.String())
    decided_at = fields.AwareDateTime()


class DecisionsAnswer(Schema):
    items = fields.List(fields.Nested(DecisionAnswer))
    next_cursor = fields.String(allow_none=True)


class SessionFiguresAnswer(Schema):
    """``minutes`` are those of all who attended, together."""

    session_id = fields.UUID()
    attended = fields.Integer()
    minutes = fields.Integer()


class StatisticsAnswer(Schema):
    """``registered`` counts all who ever registered; ``organisations`` those with at least one seat."""

    capacity = fields.Integer()
    registered = fields.Integer()
    by_state = fields.Dict(keys=fields.String(), values=fields.Integer())
    organisations = fields.Integer()
    attended = fields.Integer()
    sessions = fields.List(fields.Nested(SessionFiguresAnswer))
    certificates_earned = fields.Integer()
    certificates_valid = fields.Integer()


def statistics_answer(statistics: Statistics) -> dict[str, Any]:
    by_state = {state.value: number for state, number in statistics.by_state.items()}
    names = ("capacity", "organisations", "attended", "sessions", "certificates_earned", "certificates_valid")
    figures = {name: getattr(statistics, name) for name in names}
    return {**figures, "registered": sum(by_state.values()), "by_state": by_state}
