"""A person's own page behind their link, and where the link can be asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration import changes, my
from services.registration.attendance_list import newest_certificates
from services.registration.certificate_rules import Standing, is_earned
from services.registration.door_codes import door_picture
from services.registration.feedback import awaited
from services.registration.joining import is_open, leads_to_meeting, opens_at
from services.registration.links import person_behind, request_link
from services.registration.models import Certificate, Enrolment, Event, EventSession, Person, Registration
from services.registration.seats import registration_not_found
from services.registration.series_list import own_series
from services.registration.states import ENDED, State
from services.registration.web.certificate_words import missing
from services.registration.web.schemas import AddressSchema, LanguageSchema
from services.registration.web.senders import limit_link_requests
from services.registration.web.settings import link_keys
from shared.errors import InvalidError, NotFoundError
from shared.languages import Text
from shared.links import Link, Purpose, certificate_token, make_token
from shared.web import language
from shared.web.app import keep_private
from shared.web.cookies import set_cookie
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

bp = Blueprint("my", __name__, url_prefix="/my")


@dataclass(frozen=True, slots=True)
class Entry:
    """One registration as its owner sees it. ``certificate_url`` is empty while there is none."""

    id: UUID
    name: str
    """Of the person, where others may have the same address: in a party."""
    state: str
    event: Event
    position: int | None
    position_at: datetime | None
    meetings: Sequence["Meeting"]
    """Of sessions that can be joined online by this person."""
    rooms: Sequence[EventSession]
    """Sessions at a place that go on, in whose room this person can say that they are there."""
    certificate_url: str
    standing: Standing
    """How far the person is on the way to the certificate; empty before the event, or where there is none to earn."""
    door_picture: str
    """What to show at the door, as an image's address; empty where there is no door, or no seat."""
    deadline: datetime | None
    """Until when an offer can be answered, or the address confirmed."""
    time_zone: str
    """In which the deadline is told."""
    may_accept: bool
    may_confirm: bool
    may_cancel: bool
    may_transfer: bool
    organisation: str
    organisation_id: UUID | None
    locale: str
    may_tell: bool
    """Whether feedback on the event is awaited."""
    has_details: bool
    """Whether name, organisation, answers and needs can still be changed."""
    lies_ahead: bool
    is_over: bool
    """The event, whatever became of the registration."""
    enrolment_id: UUID | None
    waits_for_series: bool
    is_set_aside: bool
    """Whether it is passed over in line for now, and the person can end that."""

    @property
    def has_earned(self) -> bool:
        return is_earned(self.standing)

    @property
    def missing(self) -> list[Text]:
        """What is missing for the certificate, in words."""
        return missing(self.standing, self.event.sessions)


@dataclass(frozen=True, slots=True)
class Meeting:
    """``through_us``: it is joined by a page of ours, which opens at ``opens_at``."""

    session: EventSession
    through_us: bool
    opens_at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class Together:
    """The registrations of one enrolment, some of which lie ahead, by the events' beginning."""

    enrolment: Enrolment
    entries: Sequence[Entry]

    @property
    def may_cancel(self) -> bool:
        """Whether more than one of them can be cancelled, and so all at once."""
        return sum(entry.may_cancel for entry in self.entries) > 1

    @property
    def may_choose(self) -> bool:
        """Whether other modules can be taken instead of these, or beside them."""
        return not self.waits and any(entry.may_cancel for entry in self.entries)

    @property
    def waits(self) -> bool:
        """Whether some of them get their seats only together."""
        return any(entry.waits_for_series for entry in self.entries)


@bp.get("")
def ask() -> ResponseReturnValue:
    return render_template("registration/my_ask.html", errors={}, values={}, unknown=False)


@bp.post("")
def send_link() -> ResponseReturnValue:
    keep_private()
    sent = {"email": request.form.get("email", "")}
    try:
        email = load(AddressSchema(), sent)["email"]
    except InvalidError as error:
        return render_template(
            "registration/my_ask.html", errors=said(error.errors), values=sent, unknown=False
        ), error.status
    limit_link_requests()
    with this_service().database.unit_of_work(now()) as uow:
        request_link(uow, email)
        uow.commit()
    return redirect(url_for(".asked"), 303)


@bp.get("/sent")
def asked() -> ResponseReturnValue:
    return render_template("registration/my_asked.html")


@bp.get("/<token>")
def page(token: str) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        person = owner(session, token)
        own = my.own_registrations(session, person, now())
        entries = _entries(session, person, own)
        parties = my.own_parties(session, person)
        in_whole = own_series(session, person)
        enrolments = together(entries, my.own_enrolments(session, person))
    my.note_opening(this_service().database, now(), person, own)
    in_series = {entry.id for one in enrolments for entry in one.entries}
    single = [entry for entry in entries if entry.id not in in_series]
    return render_template(
        "registration/my.html",
        token=token,
        person=person,
        enrolments=enrolments,
        current=[entry for entry in single if entry.lies_ahead],
        earlier=[entry for entry in reversed(single) if not entry.lies_ahead],
        cancelled=_just(entries, "cancelled", State.CANCELLED),
        declined=_just(entries, "declined", State.CANCELLED),
        taken=_just(entries, "taken", State.CONFIRMED),
        resumed=_just(entries, "resumed", State.WAITLISTED),
        in_whole=[
            (one, missing(one.standing), _certificate_url(one.registration, one.certificate)) for one in in_whole
        ],
        parties=[(own_party, _who_may_leave(own_party)) for own_party in parties],
        left="left" in request.args,
        series_left="series_left" in request.args,
        given=_just(entries, "given", State.CANCELLED),
        saved="saved" in request.args,
        modules_saved="modules" in request.args,
        details_saved="details" in request.args,
        **_calendar(person),
    )


@bp.get("/<token>/registrations/<uuid:registration_id>/cancel")
def ask_to_cancel(token: str, registration_id: UUID) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        entry = entry_of(entries_of(session, owner(session, token)), registration_id)
    if not entry.may_cancel:
        return redirect(url_for(".page", token=token), 303)
    return render_template("registration/my_cancel.html", token=token, entry=entry)


@bp.post("/<token>/registrations/<uuid:registration_id>/cancel")
def cancel(token: str, registration_id: UUID) -> ResponseReturnValue:
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = owner(uow.session, token)
        if entry_of(entries_of(uow.session, person), registration_id).state not in ENDED:
            my.cancel_own(uow, person, registration_id)
            uow.commit()
    return redirect(url_for(".page", token=token, cancelled=registration_id), 303)


@bp.post("/<token>/language")
def choose_language(token: str) -> ResponseReturnValue:
    keep_private()
    chosen = load(LanguageSchema(), {"locale": request.form.get("locale", "")})["locale"]
    with this_service().database.unit_of_work(now()) as uow:
        changes.choose_language(uow, owner(uow.session, token), chosen)
        uow.commit()
    response = redirect(url_for(".page", token=token, saved=1), 303)
    set_cookie(response, language.COOKIE, chosen, lasts=language.LASTS)
    return response


@bp.errorhandler(NotFoundError)
def unknown_link(error: NotFoundError) -> ResponseReturnValue:
    """Nothing is behind the link: neither a person nor, with a person, that registration."""
    keep_private()
    return render_template("registration/my_ask.html", errors={}, values={}, unknown=True), error.status


def owner(session: Session, token: str) -> Person:
    """The person whose link this is; the page speaks their language, unless this browser was told another."""
    person = person_behind(session, link_keys(), token)
    if "lang" not in request.args and language.COOKIE not in request.cookies:
        language.use(person.locale)
    return person


def entries_of(session: Session, person: Person) -> list[Entry]:
    return _entries(session, person, my.own_registrations(session, person, now()))


def _entries(session: Session, person: Person, own: Sequence[my.OwnRegistration]) -> list[Entry]:
    certificates = newest_certificates(session, [one.registration.id for one in own])
    standings = my.own_standings(session, own, now())
    waited_for = awaited(session, person, now())
    return [
        _asentry_of(
            one,
            certificates.get(one.registration.id),
            standings.get(one.registration.id, ()),
            may_tell=one.registration.id in waited_for,
        )
        for one in own
    ]


def _asentry_of(
    own: my.OwnRegistration, certificate: Certificate | None, standing: Standing, *, may_tell: bool
) -> Entry:
    registration, event = own.registration, own.event
    live = registration.state not in ENDED and now() < event.ends_at
    answerable = live and not event.is_cancelled and registration.deadline is not None and now() < registration.deadline
    return Entry(
        id=registration.id,
        name=registration.name if registration.party_id else "",
        state=registration.state,
        event=event,
        position=own.position,
        position_at=own.position_at,
        meetings=_meetings(event) if registration.state == State.CONFIRMED else (),
        rooms=_rooms(event) if registration.state == State.CONFIRMED else (),
        certificate_url=_certificate_url(registration, certificate),
        standing=standing,
        door_picture=_door_picture(registration, event) if live else "",
        deadline=registration.deadline,
        time_zone=event.sessions[0].time_zone if event.sessions else "",
        may_accept=answerable and registration.state == State.OFFERED,
        may_confirm=answerable and registration.state == State.PENDING,
        may_cancel=live and not event.is_cancelled and registration.state != State.OFFERED,
        may_transfer=live
        and not event.is_cancelled
        and now() < event.starts_at
        and registration.state == State.CONFIRMED,
        organisation=registration.organisation,
        organisation_id=registration.organisation_id,
        locale=registration.locale,
        lies_ahead=live,
        may_tell=may_tell,
        has_details=live and not event.is_cancelled and now() < event.starts_at,
        is_over=now() >= event.ends_at,
        enrolment_id=registration.enrolment_id,
        waits_for_series=registration.waits_for_series,
        is_set_aside=live and not event.is_cancelled and registration.set_aside,
    )


def _door_picture(registration: Registration, event: Event) -> str:
    has_door = event.format != "online" and not event.is_cancelled
    return door_picture(registration.id) if has_door and registration.state == State.CONFIRMED else ""


def together(entries: Sequence[Entry], enrolments: Sequence[Enrolment]) -> list[Together]:
    """The entries of each enrolment of which something lies ahead."""
    grouped = [Together(one, _newest([e for e in entries if e.enrolment_id == one.id])) for one in enrolments]
    return [one for one in grouped if any(entry.lies_ahead for entry in one.entries)]


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    """Of a module that was given up and taken again only what is new; entries of one event stand in their order."""
    return list({entry.event.id: entry for entry in entries}.values())


def _who_may_leave(own: my.OwnParty) -> list[Registration]:
    """Whom the contact can still cancel."""
    if own.event.is_cancelled or now() >= own.event.ends_at:
        return []
    return [one for one in own.people if one.state not in ENDED]


def _meetings(event: Event) -> list[Meeting]:
    if event.is_cancelled:
        return []
    ahead = [held for held in event.sessions if held.meeting_url and not held.cancelled and now() < held.ends_at]
    return [Meeting(held, leads_to_meeting(held), opens_at(held), is_open(held, now())) for held in ahead]


def _rooms(event: Event) -> list[EventSession]:
    if event.is_cancelled:
        return []
    return [held for held in event.sessions if held.venue and not held.cancelled and is_open(held, now())]


def _certificate_url(registration: Registration, certificate: Certificate | None) -> str:
    if certificate is None or certificate.state != "valid":
        return ""
    token = certificate_token(link_keys(), certificate.id, registration.person.link_generation)
    return f"/certificates/{token}.pdf"


def entry_of(entries: Sequence[Entry], registration_id: UUID) -> Entry:
    found = next((entry for entry in entries if entry.id == registration_id), None)
    if found is None:
        raise registration_not_found()
    return found


def _just(entries: Sequence[Entry], done: str, state: State) -> Entry | None:
    """The registration of which the address says that this was just done to it, if it was."""
    named = request.args.get(done, "")
    return next((entry for entry in entries if str(entry.id) == named and entry.state == state), None)


def _calendar(person: Person) -> dict[str, str]:
    token = make_token(link_keys(), Purpose.CALENDAR, Link(person.id, person.link_generation))
    path = f"/calendars/{token}"
    return {
        "calendar_url": f"{this_service().settings.base_url}{path}.ics",
        "calendar_qr": f"{path}.svg",
        "calendar_page": path,
    }
