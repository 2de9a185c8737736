"""The organisers' pages of an event's room that registration owns: people, waitlist, attendance."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.web import (
    organise_act,
    organise_add,
    organise_attendance,
    organise_bulk,
    organise_details,
    organise_door,
    organise_erasure,
    organise_feedback,
    organise_import,
    organise_lists,
    organise_needs,
    organise_people,
    organise_person,
    organise_report,
    organise_scans,
    organise_screen,
    organise_statistics,
    organise_waitlist,
)
from shared.errors import NotFoundError
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.problems import error_page

bp = Blueprint("organise", __name__, url_prefix="/organise/events/<uuid:event_id>")
bp.before_request(keep_private)
for part in (
    organise_people,
    organise_bulk,
    organise_person,
    organise_details,
    organise_erasure,
    organise_act,
    organise_add,
    organise_import,
    organise_waitlist,
    organise_attendance,
    organise_lists,
    organise_scans,
    organise_door,
    organise_screen,
    organise_report,
    organise_needs,
    organise_feedback,
):
    bp.register_blueprint(part.bp)
bp.register_blueprint(organise_statistics.reports)


@bp.errorhandler(NotFoundError)
def not_here(error: NotFoundError) -> ResponseReturnValue:
    """Registration hears of an event when it is published, so for a draft there is nothing to show yet."""
    if error.code != "event_not_found":
        return error_page(error.status, say(error.text))
    event_id = (request.view_args or {})["event_id"]
    return render_template("registration/not_published.html", event_id=event_id), error.status
