"""A person joins a session's meeting from their page: a button that records that they are there and leads on."""

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.registration.joining import is_open, join, session_to_join
from services.registration.web.my import owner, unknown_link
from shared.errors import ConflictError, NotFoundError
from shared.web.app import keep_private
from shared.web.edge import CONTENT_SECURITY_POLICY
from shared.web.service import now, this_service

LEADS_AWAY = CONTENT_SECURITY_POLICY.replace("form-action 'self'", "form-action 'self' https:")
"""Browsers hold the address that a form leads on to, and where that leads in turn, against the page's own policy."""

bp = Blueprint("my_joining", __name__, url_prefix="/my/<token>/registrations/<uuid:registration_id>/join")
bp.register_error_handler(NotFoundError, unknown_link)


@bp.get("/<uuid:session_id>")
def page(token: str, registration_id: UUID, session_id: UUID) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        held = session_to_join(session, owner(session, token), registration_id, session_id)
    if not is_open(held, now()):
        return redirect(url_for("my.page", token=token), 303)
    response = make_response(render_template("registration/my_join.html", token=token, held=held))
    response.headers["Content-Security-Policy"] = LEADS_AWAY
    return response


@bp.post("/<uuid:session_id>")
def enter(token: str, registration_id: UUID, session_id: UUID) -> ResponseReturnValue:
    keep_private()
    try:
        with this_service().database.unit_of_work(now()) as uow:
            address = join(uow, owner(uow.session, token), registration_id, session_id)
            uow.commit()
    except ConflictError:
        # The page that it leads to says when the meeting can be joined.
        return redirect(url_for("my.page", token=token), 303)
    return redirect(address, 303)
