"""Attendance lists to be signed on paper: chosen by funder's profile and session, and taken away as PDF."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from marshmallow import fields

from services.registration.acts import note_list_printed
from services.registration.events import event_with_sessions
from services.registration.lists.profiles import Profile, all_profiles, profile_with_id, told
from services.registration.lists.signing import Reading, compile_lists, lines_of, sheets_of
from services.registration.web.organise_room import guard, may, room_of
from shared.errors import InvalidError, NotFoundError
from shared.languages import text as _
from shared.web.language import locale, translator
from shared.web.problems import said
from shared.web.schemas import Schema, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("lists", __name__, url_prefix="/attendance/lists")
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


UNCHOSEN = {"profile_id": "none", "session_id": "all"}
"""What the form sends for a list as it looks by itself, and for all sessions."""


class ListQuery(Schema):
    """Without ``profile_id`` the list looks as it does by itself; without ``session_id`` it is for all sessions."""

    profile_id = fields.UUID(load_default=None)
    session_id = fields.UUID(load_default=None)


@bp.get("")
def choice(event_id: UUID) -> ResponseReturnValue:
    return _page(event_id, _sent(), None)


@bp.get("/attendance.pdf")
def printed(event_id: UUID) -> ResponseReturnValue:
    sent = _sent()
    try:
        return _pdf(event_id, load(ListQuery, sent))
    except InvalidError as error:
        return _page(event_id, sent, error), error.status


def _sent() -> dict[str, str]:
    return {name: sent for name, unchosen in UNCHOSEN.items() if (sent := request.args.get(name, unchosen)) != unchosen}


def _pdf(event_id: UUID, wanted: dict[str, Any]) -> Response:
    with this_service().database.unit_of_work(now()) as uow:
        event = event_with_sessions(uow.session, event_id)
        chosen = wanted["profile_id"]
        profile = told(profile_with_id(uow.session, chosen)) if chosen else Profile()
        sheets = sheets_of(event, profile, this_service().settings.base_url, wanted["session_id"])
        if not sheets:
            raise NotFoundError("session_not_found", _("This session does not exist, or does not take place."))
        lines = lines_of(uow.session, event)
        note_list_printed(uow, event_id, required_staff().account_id, profile.name)
        uow.commit()
    pdf = compile_lists(event, sheets, lines, profile, Reading(translator(), locale()), now())
    name = f"{event.slug}-{locale()}.pdf"
    return send_file(BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=name)


def _page(event_id: UUID, values: dict[str, str], error: InvalidError | None) -> str:
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        return render_template(
            "registration/lists.html",
            room=room_of(event),
            event=event,
            sessions=[held for held in event.sessions if not held.cancelled],
            profiles=all_profiles(session),
            values={**UNCHOSEN, **values},
            unchosen=UNCHOSEN,
            errors=said(error.errors or {"": [error.text]}) if error else {},
            may_change_profiles=may("admin"),
        )
