"""The page at the door: it works without a network once it was opened, and sends what was recorded when there is one.

What a browser keeps, and how it goes on by itself, is in ``shared/web/static/check-in*.js``.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.attendance import Entry, Recorder
from services.registration.door import (
    Expected,
    WalkIn,
    events_at_the_door,
    expected_at,
    let_in,
    record_at_door,
)
from services.registration.door_links import link_behind
from services.registration.events import event_with_sessions, seats_of
from services.registration.web import answers
from services.registration.web.organise_room import may
from services.registration.web.schemas import DoorEntrySchema, WalkInSchema
from services.registration.web.settings import link_keys
from shared.audit import Subject
from shared.errors import ConflictError, InvalidError, NotFoundError, ReiheError
from shared.languages import text as _
from shared.web import assets, csrf
from shared.web.app import keep_private
from shared.web.cookies import set_cookie
from shared.web.language import locale, say
from shared.web.problems import problem, said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

AT_THE_DOOR = ("organiser", "door")
MOST_ROWS = 200
CAMERA = "camera=(self), microphone=(), geolocation=()"

COOKIE = "reihe_door"

bp = Blueprint("check_in", __name__, url_prefix="/check-in")


@bp.before_request
def _let_helpers_in() -> None:
    """Staff of the door, or whoever has a link for this event."""
    if request.endpoint != f"{bp.name}.with_link":
        _recorder()


def _recorder() -> Recorder:
    if "recorder" not in g:
        g.recorder = _by_link() or Recorder(required_staff(*AT_THE_DOOR).account_id)
    found: Recorder = g.recorder
    return found


def _by_link() -> Recorder | None:
    """Whoever has a link for the event of this request; staff who opened one are themselves."""
    token = request.cookies.get(COOKIE)
    if not token or may(*AT_THE_DOOR):
        return None
    with this_service().database.read() as session:
        link = link_behind(session, link_keys(), token, now())
    wanted = (request.view_args or {}).get("event_id")
    return Recorder(link.account_id, link) if link and wanted in (None, link.event_id) else None


@bp.get("/with/<token>")
def with_link(token: str) -> ResponseReturnValue:
    """The address that a helper was sent: this browser opens the door of its event from now on."""
    keep_private()
    with this_service().database.read() as session:
        link = link_behind(session, link_keys(), token, now())
    if link is None:
        raise NotFoundError("link_unknown", _("This link is no longer valid. Please ask for a new one."))
    response = make_response(redirect(url_for(".door", event_id=link.event_id), 303))
    set_cookie(response, COOKIE, token, lasts=link.expires_at - now(), path="/check-in")
    return response


@bp.get("")
def events() -> ResponseReturnValue:
    if link := _recorder().link:
        return redirect(url_for(".door", event_id=link.event_id))
    with this_service().database.read() as session:
        found = events_at_the_door(session, now())
    return render_template("registration/check_in_events.html", events=found)


@bp.get("/worker.js")
def worker() -> Response:
    """The service worker, at an address whose folder holds the pages that it serves without a network."""
    response = make_response(assets.content("check-in-worker.js"))
    response.content_type = "text/javascript; charset=utf-8"
    response.headers["Service-Worker-Allowed"] = "/check-in"
    return response


@bp.get("/<uuid:event_id>")
def door(event_id: UUID) -> ResponseReturnValue:
    with this_service().database.unit_of_work(now()) as uow:
        event = event_with_sessions(uow.session, event_id)
        # Once for each device, not each time that it looks who has come meanwhile.
        uow.audit("attendance.door_opened", _recorder().author, Subject("event", event_id), event_id=event_id)
        uow.commit()
    held = [one for one in event.sessions if not one.cancelled]
    current = next((one for one in held if one.ends_at > now()), held[-1]) if held else None
    page = render_template(
        "registration/check_in.html",
        event=event,
        sessions=held,
        current=current,
        may_see_room=may("organiser", "auditor"),
    )
    response = make_response(page)
    response.headers["Permissions-Policy"] = CAMERA
    return response


@bp.get("/<uuid:event_id>/people")
def people(event_id: UUID) -> ResponseReturnValue:
    """Everybody who registered, for a device to keep while the event goes on."""
    keep_private()
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        expected = expected_at(session, event.id)
        seats = seats_of(session, event.id)
    return jsonify(
        people=[_person(one) for one in expected],
        free=max(0, seats.capacity - seats.confirmed),
        at=now().isoformat(),
        csrf=csrf.token(),
    )


def _person(one: Expected) -> dict[str, Any]:
    registration = one.registration
    return {
        "id": str(registration.id),
        "name": f"{registration.first_name} {registration.last_name}",
        "organisation": registration.organisation,
        "state": registration.state,
        "here": {
            str(session_id): {"row": str(arrival.row_id), "at": arrival.at.isoformat()}
            for session_id, arrival in one.arrivals.items()
        },
    }


@bp.post("/<uuid:event_id>/rows")
def rows(event_id: UUID) -> ResponseReturnValue:
    """Record what a device sends; what becomes of each row is answered, and a row that came before does no harm."""
    keep_private()
    try:
        sent = [load(DoorEntrySchema(), row) for row in _sent_rows()]
        entries = [(one.pop("session_id"), Entry(**one)) for one in sent]
        service = this_service()
        recorded = record_at_door(service.database, now, event_id, entries, _recorder())
    except ReiheError as error:
        return _problem(error)
    return jsonify([answers.row_answer(answer) for answer in recorded])


def _sent_rows() -> Any:
    sent = request.get_json(silent=True)
    if not isinstance(sent, list) or len(sent) > MOST_ROWS:
        sentence = _("Please send a list of at most %(most)d rows.", most=MOST_ROWS)
        raise InvalidError("invalid", sentence)
    return sent


@bp.post("/<uuid:event_id>/walk-ins")
def walk_in(event_id: UUID) -> ResponseReturnValue:
    """Give a free seat to somebody who is not registered, and record that they are there."""
    keep_private()
    try:
        values = load(WalkInSchema(), request.get_json(silent=True) or {})
        session_id = values.pop("session_id")
        with this_service().database.unit_of_work(now()) as uow:
            let_in(uow, event_id, session_id, WalkIn(**values, locale=locale()), _recorder())
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _problem(error)
    return jsonify(id=str(values["id"]), status="recorded")


def _problem(error: ReiheError) -> Response:
    return problem(error.status, error.code, say(error.text), said(error.errors))
