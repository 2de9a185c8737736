"""registration's JSON API, ``/api/registration/v1``: registrations, the waitlist, a person's own, attendance."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Flask

from services.registration import changes, my, setting_aside, waitlist
from services.registration.acts import note_read
from services.registration.attendance import Entry, Recorder, record
from services.registration.attendance_list import attendance_of
from services.registration.booking import Wish
from services.registration.decisions import decisions_of
from services.registration.events import event_with_sessions, seats_of
from services.registration.links import person_behind
from services.registration.models import AUDIT, Actor, Person, Registration, organiser
from services.registration.outlook import at_next_free_seat, waitlist_of
from services.registration.people import Filter, people_of
from services.registration.places import position_of
from services.registration.statistics import statistics_of
from services.registration.transfers import Successor
from services.registration.web import answers, api_enrolments, api_organisations, api_statistics, api_webhooks
from services.registration.web.adding import add_by_hand
from services.registration.web.desks import desks
from services.registration.web.my_transfer import give
from services.registration.web.schemas import (
    AttendanceQuery,
    CorrectionSchema,
    DecisionQuery,
    EntrySchema,
    IdempotencySchema,
    LanguageSchema,
    MoveSchema,
    PageQuery,
    PartySchema,
    PeopleQuery,
    PersonSchema,
    ReasonSchema,
    TransferSchema,
    WishSchema,
)
from services.registration.web.senders import limit_parties, limit_registrations
from services.registration.web.sent_needs import with_sealed_needs
from services.registration.web.sent_parties import wishes_of_party
from services.registration.web.settings import link_keys, vault
from shared.database import UnitOfWork
from shared.errors import InvalidError
from shared.idempotency import body_digest
from shared.languages import text as _
from shared.web.api import Api, Blueprint, request_digest_source
from shared.web.app import keep_private
from shared.web.audit_api import make_audit_api
from shared.web.language import locale, use
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

MOST_ROWS = 500
READERS = ("organiser", "auditor")

bp = Blueprint("api", __name__, url_prefix="/api/registration/v1")


def register_api(app: Flask) -> None:
    api = Api(app, "registration", "Reihe: registration")
    api.register_blueprint(bp)
    api.register_blueprint(api_enrolments.bp)
    api.register_blueprint(api_organisations.bp)
    api.register_blueprint(api_statistics.bp)
    api.register_blueprint(api_webhooks.bp)
    api.register_blueprint(make_audit_api("registration", AUDIT))


@bp.route("/events/<uuid:event_id>")
@bp.response(200, answers.SeatsAnswer)
def seats(event_id: UUID) -> Any:
    """The seats of an event."""
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        return answers.seats_answer(event, seats_of(session, event_id), now())


@bp.route("/events/<uuid:event_id>/registrations", methods=["POST"])
@bp.arguments(IdempotencySchema, location="headers")
@bp.arguments(WishSchema)
@bp.response(201, answers.RegisteredAnswer)
def register(headers: dict[str, Any], values: dict[str, Any], event_id: UUID) -> Any:
    """Register for an event: a seat, or a place on its waitlist."""
    keep_private()
    limit_registrations(values["email"])
    digest = body_digest(request_digest_source())
    wish = Wish(**{"locale": locale(), **with_sealed_needs(values)}, **headers, body_digest=digest)
    return answers.registered_answer(desks().register(event_id, wish))


@bp.route("/events/<uuid:event_id>/parties", methods=["POST"])
@bp.arguments(IdempotencySchema, location="headers")
@bp.arguments(PartySchema)
@bp.response(201, answers.PartyAnswer)
def register_party(headers: dict[str, Any], values: dict[str, Any], event_id: UUID) -> Any:
    """Register several people at once, each with a registration of their own; they wait together."""
    keep_private()
    digest = body_digest(request_digest_source())
    wishes = wishes_of_party(values, idempotency_key=headers["idempotency_key"], body_digest=digest)
    limit_parties([wish.email for wish in wishes])
    return answers.party_answer(desks().register_party(event_id, wishes))


@bp.route("/events/<uuid:event_id>/registrations")
@bp.staff(*READERS)
@bp.arguments(PeopleQuery, location="query")
@bp.response(200, answers.PeopleAnswer)
def people(query: dict[str, Any], event_id: UUID) -> Any:
    """The registrations of an event, by their place in line."""
    keep_private()
    wanted = Filter(query["state"], query["organisation"], query["q"])
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        found = people_of(session, event.id, wanted, order="seq", limit=query["limit"], cursor=query["cursor"])
    filters = {"state": wanted.state, "organisation": wanted.organisation, "searched": bool(wanted.q)}
    _note_read("people.read", event_id, people=len(found.items), **filters)
    return answers.people_answer(found.items, found.next_cursor)


@bp.route("/events/<uuid:event_id>/people", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(IdempotencySchema, location="headers")
@bp.arguments(PersonSchema)
@bp.response(201, answers.RegisteredAnswer)
def add_person(headers: dict[str, Any], values: dict[str, Any], event_id: UUID) -> Any:
    """Add somebody by hand, at any time until the event ends; with a reason also beyond the capacity."""
    keep_private()
    digest = body_digest(request_digest_source())
    actor = organiser(required_staff().account_id)
    return answers.registered_answer(add_by_hand(event_id, values, actor, **headers, body_digest=digest))


@bp.route("/events/<uuid:event_id>/waitlist")
@bp.staff(*READERS)
@bp.arguments(PageQuery, location="query")
@bp.response(200, answers.WaitlistAnswer)
def waiting(query: dict[str, Any], event_id: UUID) -> Any:
    """Who waits, in order, why, and what happens at the next free seat."""
    keep_private()
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        counter = seats_of(session, event_id)
        found = waitlist_of(session, event, counter, now(), **query)
        next_seat = at_next_free_seat(session, event, counter, now())
    _note_read("waitlist.read", event_id, people=len(found.items))
    return answers.waitlist_answer(found.items, found.next_cursor, next_seat)


@bp.route("/registrations/<uuid:registration_id>/cancel", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(ReasonSchema)
@bp.response(200, answers.RegistrationAnswer)
def cancel(values: dict[str, Any], registration_id: UUID) -> Any:
    """Cancel somebody's registration; the seat goes to whoever is next."""
    keep_private()
    actor = organiser(required_staff().account_id)
    with this_service().database.unit_of_work(now()) as uow:
        registration = changes.cancel(uow, registration_id, actor, values["reason"])
        uow.commit()
    return answers.registration_answer(registration)


@bp.route("/registrations/<uuid:registration_id>/promote", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(ReasonSchema)
@bp.response(200, answers.RegistrationAnswer)
def promote(values: dict[str, Any], registration_id: UUID) -> Any:
    """Give somebody who waits a free seat out of order."""
    keep_private()
    actor = organiser(required_staff().account_id)
    with this_service().database.unit_of_work(now()) as uow:
        registration = waitlist.promote(uow, registration_id, actor, values["reason"])
        uow.commit()
    return answers.registration_answer(registration)


@bp.route("/registrations/<uuid:registration_id>/offer", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(ReasonSchema)
@bp.response(200, answers.RegistrationAnswer)
def offer(values: dict[str, Any], registration_id: UUID) -> Any:
    """Offer somebody who waits a free seat out of order."""
    keep_private()
    actor = organiser(required_staff().account_id)
    with this_service().database.unit_of_work(now()) as uow:
        registration = waitlist.offer(uow, registration_id, actor, values["reason"])
        uow.commit()
    return answers.registration_answer(registration)


@bp.route("/registrations/<uuid:registration_id>/move", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(MoveSchema)
@bp.response(200, answers.RegistrationAnswer)
def move(values: dict[str, Any], registration_id: UUID) -> Any:
    """Put somebody who waits, with their party, to another position in line."""
    keep_private()
    actor = organiser(required_staff().account_id)
    with this_service().database.unit_of_work(now()) as uow:
        registration = waitlist.move(uow, registration_id, actor, values["reason"], position=values["position"])
        position = position_of(uow.session, registration)
        uow.commit()
    return answers.registration_answer(registration, position)


@bp.route("/registrations/<uuid:registration_id>/aside", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(ReasonSchema)
@bp.response(200, answers.RegistrationAnswer)
def set_aside(values: dict[str, Any], registration_id: UUID) -> Any:
    """Pass over somebody who waits, with their party, at free seats; they keep their place in line."""
    return _with_turn_changed(setting_aside.set_aside, registration_id, values["reason"])


@bp.route("/registrations/<uuid:registration_id>/resume", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(ReasonSchema)
@bp.response(200, answers.RegistrationAnswer)
def resume(values: dict[str, Any], registration_id: UUID) -> Any:
    """Count somebody again who was set aside, with their party."""
    return _with_turn_changed(setting_aside.resume, registration_id, values["reason"])


def _with_turn_changed(change: Callable[[UnitOfWork, UUID, Actor, str], Registration], which: UUID, reason: str) -> Any:
    keep_private()
    actor = organiser(required_staff().account_id)
    with this_service().database.unit_of_work(now()) as uow:
        registration = change(uow, which, actor, reason)
        position = position_of(uow.session, registration)
        uow.commit()
    return answers.registration_answer(registration, position)


@bp.route("/my/<token>")
@bp.response(200, answers.MyAnswer)
def my_registrations(token: str) -> Any:
    """Everything of the person whose link this is."""
    keep_private()
    with this_service().database.read() as session:
        person = person_behind(session, link_keys(), token)
        use(person.locale)
        own = my.own_registrations(session, person, now())
    my.note_opening(this_service().database, now(), person, own)
    return answers.my_answer(person, own)


@bp.route("/my/<token>", methods=["PATCH"])
@bp.arguments(LanguageSchema)
@bp.response(200, answers.MyAnswer)
def choose_language(values: dict[str, Any], token: str) -> Any:
    """Choose the language of everything that is sent to the person."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = person_behind(uow.session, link_keys(), token)
        changes.choose_language(uow, person, values["locale"])
        own = my.own_registrations(uow.session, person, now())
        uow.commit()
    return answers.my_answer(person, own)


@bp.route("/my/<token>/registrations/<uuid:registration_id>", methods=["PATCH"])
@bp.arguments(CorrectionSchema)
@bp.response(200, answers.RegistrationAnswer)
def correct_own(values: dict[str, Any], token: str, registration_id: UUID) -> Any:
    """Correct the name, organisation, language, answers or needs of an own registration; the place in line stays."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = person_behind(uow.session, link_keys(), token)
        if "answers" in values:
            my.change_own_answers(uow, person, registration_id, values.pop("answers"))
        if "needs" in values:
            my.change_own_needs(uow, vault(), person, registration_id, values.pop("needs"))
        registration = my.correct_own(uow, person, registration_id, changes.Correction(**values))
        position = position_of(uow.session, registration)
        uow.commit()
    return answers.registration_answer(registration, position)


@bp.route("/my/<token>/registrations/<uuid:registration_id>/accept", methods=["POST"])
@bp.response(200, answers.RegistrationAnswer)
def accept_own(token: str, registration_id: UUID) -> Any:
    """Take the seat that is offered."""
    return _answered(my.accept_own, token, registration_id)


@bp.route("/my/<token>/registrations/<uuid:registration_id>/decline", methods=["POST"])
@bp.response(200, answers.RegistrationAnswer)
def decline_own(token: str, registration_id: UUID) -> Any:
    """Give up the seat that is offered; it goes to whoever is next."""
    return _answered(my.decline_own, token, registration_id)


@bp.route("/my/<token>/registrations/<uuid:registration_id>/confirm", methods=["POST"])
@bp.response(200, answers.RegistrationAnswer)
def confirm_own(token: str, registration_id: UUID) -> Any:
    """Confirm the address, and so keep the seat."""
    return _answered(my.confirm_own, token, registration_id)


def _answered(answer: Callable[[UnitOfWork, Person, UUID], Registration], token: str, registration_id: UUID) -> Any:
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = person_behind(uow.session, link_keys(), token)
        registration = answer(uow, person, registration_id)
        uow.commit()
    return answers.registration_answer(registration)


@bp.route("/my/<token>/registrations/<uuid:registration_id>/resume", methods=["POST"])
@bp.response(200, answers.RegistrationAnswer)
def resume_own(token: str, registration_id: UUID) -> Any:
    """Be counted in line again after an organiser has set the registration aside."""
    return _answered(my.resume_own, token, registration_id)


@bp.route("/my/<token>/registrations/<uuid:registration_id>/transfer", methods=["POST"])
@bp.arguments(TransferSchema)
@bp.response(200, answers.RegistrationAnswer)
def transfer_own(values: dict[str, Any], token: str, registration_id: UUID) -> Any:
    """Give an own seat to a colleague; what is answered is the registration that has ended with it."""
    keep_private()
    give(token, registration_id, Successor(**values))
    with this_service().database.read() as session:
        return answers.registration_answer(session.get_one(Registration, registration_id))


@bp.route("/my/<token>/registrations/<uuid:registration_id>/cancel", methods=["POST"])
@bp.response(200, answers.RegistrationAnswer)
def cancel_own(token: str, registration_id: UUID) -> Any:
    """Give an own place up."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = person_behind(uow.session, link_keys(), token)
        registration = my.cancel_own(uow, person, registration_id)
        uow.commit()
    return answers.registration_answer(registration)


@bp.route("/sessions/<uuid:session_id>/attendance", methods=["POST"])
@bp.staff("door", "organiser")
@bp.arguments(EntrySchema(many=True))
@bp.response(200, answers.RowAnswer(many=True))
def record_attendance(rows: list[dict[str, Any]], session_id: UUID) -> Any:
    """Record who was there, at most 500 rows at once; a row that came before does no harm."""
    keep_private()
    if len(rows) > MOST_ROWS:
        raise InvalidError("too_many_rows", _("Please send at most %(most)d rows at once.", most=MOST_ROWS))
    entries = [Entry(**row) for row in rows]
    with this_service().database.unit_of_work(now()) as uow:
        recorded = record(uow, session_id, entries, Recorder(required_staff().account_id))
        uow.commit()
    return [answers.row_answer(answer) for answer in recorded]


@bp.route("/events/<uuid:event_id>/attendance")
@bp.staff(*READERS)
@bp.arguments(AttendanceQuery, location="query")
@bp.response(200, answers.AttendanceAnswer)
def attendance(query: dict[str, Any], event_id: UUID) -> Any:
    """Who was at which session, for how many minutes, and whether a certificate was earned."""
    keep_private()
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        found = attendance_of(session, event, **query)
        answer = answers.attendance_answer(event.sessions, found.items, found.next_cursor)
    _note_read("attendance.read", event_id, people=len(found.items), searched=bool(query["q"]))
    return answer


def _note_read(action: str, event_id: UUID, **what: Any) -> None:
    """Before anything is handed out, so that nobody reads what does not stand in the log."""
    with this_service().database.unit_of_work(now()) as uow:
        note_read(uow, action, event_id, required_staff().account_id, **what)
        uow.commit()


@bp.route("/events/<uuid:event_id>/decisions")
@bp.staff(*READERS)
@bp.arguments(DecisionQuery, location="query")
@bp.response(200, answers.DecisionsAnswer)
def decisions(query: dict[str, Any], event_id: UUID) -> Any:
    """Who was considered for a seat, in order, with what outcome and why."""
    keep_private()
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        found = decisions_of(session, event.id, **query)
    return {"items": found.items, "next_cursor": found.next_cursor}


@bp.route("/events/<uuid:event_id>/statistics")
@bp.staff(*READERS)
@bp.response(200, answers.StatisticsAnswer)
def statistics(event_id: UUID) -> Any:
    """What an event's registrations and attendance add up to."""
    with this_service().database.read() as session:
        return answers.statistics_answer(statistics_of(session, event_with_sessions(session, event_id)))
