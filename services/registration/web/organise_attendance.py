"""Attendance: one session's list with ticks, and who has earned a certificate so far."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.attendance_list import attendance_of, earners
from services.registration.attendance_sheet import Sheet, lines_of, save
from services.registration.calendar_answers import WORDS, calendar_answers_of, count_answers
from services.registration.events import event_with_sessions
from services.registration.lists.scans import scans_of
from services.registration.models import Event, EventSession
from services.registration.web.certificate_words import missing
from services.registration.web.organise_room import guard, may, room_of
from services.registration.web.schemas import AttendanceQuery, SheetSchema
from shared.errors import InvalidError, NotFoundError
from shared.languages import text as _
from shared.paging import LARGEST_LIMIT
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

TICKERS = ("organiser", "door")


bp = Blueprint("attendance", __name__, url_prefix="/attendance")
bp.before_request(guard(readers=("organiser", "auditor", "door"), writers=TICKERS))


@bp.get("")
def attendance(event_id: UUID) -> ResponseReturnValue:
    event = _event(event_id)
    return _page(event, _chosen(event))


@bp.get("/<uuid:session_id>")
def of_session(event_id: UUID, session_id: UUID) -> ResponseReturnValue:
    event = _event(event_id)
    return _page(event, _held(event, session_id))


@bp.post("/<uuid:session_id>")
def tick(event_id: UUID, session_id: UUID) -> ResponseReturnValue:
    event = _event(event_id)
    held, sheet = _held(event, session_id), _sheet()
    try:
        with this_service().database.unit_of_work(now()) as uow:
            save(uow, held, sheet, required_staff().account_id)
            uow.commit()
    except InvalidError as error:
        return _page(event, held, sheet, error)
    return redirect(_url(event, held, **_query_of_list()), 303)


def _event(event_id: UUID) -> Event:
    with this_service().database.read() as session:
        return event_with_sessions(session, event_id)


def _chosen(event: Event) -> EventSession:
    """The session that goes on or comes next; the last one when all are over."""
    takes_place = [held for held in event.sessions if not held.cancelled] or event.sessions
    return next((held for held in takes_place if held.ends_at > now()), takes_place[-1])


def _held(event: Event, session_id: UUID) -> EventSession:
    found = next((held for held in event.sessions if held.id == session_id), None)
    if found is None:
        raise NotFoundError("session_not_found", _("This session does not exist."))
    return found


def _sheet() -> Sheet:
    """As it was sent; with ``only``, as a script sends a single tick, the others are left alone."""
    sent = {name: request.form.getlist(name) for name in ("shown", "ticked", "only")}
    values = load(SheetSchema(), {**sent, "reason": request.form.get("reason", "")})
    shown, ticked, only = (frozenset(values[name]) for name in ("shown", "ticked", "these"))
    return Sheet(shown, ticked, only, values["reason"])


def _page(
    event: Event, held: EventSession, sheet: Sheet | None = None, error: InvalidError | None = None
) -> ResponseReturnValue:
    query = load(AttendanceQuery(only=("q", "cursor")), _query_of_list())
    with this_service().database.read() as session:
        found = attendance_of(session, event, **query, limit=LARGEST_LIMIT)
        lines = lines_of(session, held, found.items, sheet)
        earned = earners(session, event.id)
        calendars = calendar_answers_of(session, [line.registration.id for line in lines])
        counts = count_answers(session, held.id)
        scans = [scan for scan in scans_of(session, event.id) if str(held.id) in scan.session_ids]
    page = render_template(
        "registration/attendance.html",
        room=room_of(event),
        event=event,
        held=held,
        sessions=[one for one in event.sessions if not one.cancelled or one is held],
        lines=lines,
        scans=scans,
        earned=earned,
        calendars={who: answers for who, answers in calendars.items() if held.id in answers},
        calendar_counts=counts,
        calendar_words=WORDS,
        certificate_missing=missing,
        query=query,
        values={"reason": sheet.reason if sheet else ""},
        errors=said(error.errors) if error else {},
        own_url=_url(event, held, **_query_of_list()),
        first_url=_url(event, held, q=query["q"]) if query["cursor"] else "",
        next_url=_url(event, held, q=query["q"], cursor=found.next_cursor) if found.next_cursor else "",
        may_tick=may(*TICKERS) and not event.is_cancelled and not held.cancelled,
        may_open_door=may(*TICKERS) and not event.is_cancelled,
        may_see_people=may("organiser", "auditor"),
    )
    return page, error.status if error else 200


def _query_of_list() -> dict[str, str]:
    return {name: request.args[name] for name in ("q", "cursor") if request.args.get(name)}


def _url(event: Event, held: EventSession, q: str = "", cursor: str | None = None) -> str:
    return url_for(".of_session", event_id=event.id, session_id=held.id, q=q or None, cursor=cursor)
