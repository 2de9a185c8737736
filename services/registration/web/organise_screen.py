"""The page for the room's screen: a code that changes every minute, with which people say that they are there."""

from datetime import timedelta
from uuid import UUID

import segno
from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from services.registration.door_codes import QUIET_ZONE
from services.registration.joining import is_open, opens_at
from services.registration.models import EventSession
from services.registration.room_codes import room_code, seconds_left
from services.registration.self_check_in import room
from services.registration.web.organise_room import guard
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.web.service import now, this_service

AT_THE_DOOR = ("organiser", "door")
LONGEST_WAIT = timedelta(minutes=10)
"""After which the page looks anew while it waits for the session."""

bp = Blueprint("screen", __name__, url_prefix="/attendance/<uuid:session_id>/screen")
bp.before_request(guard(readers=AT_THE_DOOR, writers=AT_THE_DOOR))


@bp.get("")
def screen(event_id: UUID, session_id: UUID) -> ResponseReturnValue:
    with this_service().database.read() as session:
        held = room(session, session_id)
    if held.event_id != event_id:
        raise NotFoundError("session_not_found", _("This session does not exist."))
    goes_on = is_open(held, now())
    address = this_service().settings.base_url + url_for("my_here.way", session_id=session_id)
    page = render_template(
        "registration/screen.html",
        held=held,
        code=room_code(this_service().settings.secret_keys, session_id, now()) if goes_on else "",
        picture=segno.make_qr(address, error="m").svg_data_uri(border=QUIET_ZONE, dark="#000", light="#fff", scale=4),
        opens_at=opens_at(held),
        is_over=now() >= held.ends_at,
        back_url=url_for("organise.attendance.of_session", event_id=event_id, session_id=session_id),
    )
    response = make_response(page)
    if seconds := _seconds_until_anew(held):
        # The browser itself asks again, so that the screen needs no script.
        response.headers["Refresh"] = str(seconds)
    return response


def _seconds_until_anew(held: EventSession) -> int:
    """0 once the session is over."""
    if now() >= held.ends_at:
        return 0
    if is_open(held, now()):
        return seconds_left(now())
    return max(1, int(min(opens_at(held) - now(), LONGEST_WAIT).total_seconds()))
