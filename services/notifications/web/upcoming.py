"""Parts of the organisers' overview, which catalogue owns: what came back by mail, what loses its words soon."""

from datetime import timedelta

from flask import Blueprint, render_template

from services.notifications import retention, undeliverable
from services.notifications.replies import deciding
from services.notifications.web.parts import settings
from shared.retention import due
from shared.web.app import keep_private
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

AHEAD = timedelta(days=30)

bp = Blueprint("upcoming", __name__, url_prefix="/organise/mails/fragments")


@bp.get("/returned")
def returned() -> str:
    keep_private()
    required_staff("organiser")
    with this_service().database.read() as session:
        return render_template(
            "notifications/returned_card.html",
            waiting=deciding.all_waiting(session),
            undeliverable=undeliverable.numbers_by_event(session, now()),
        )


@bp.get("/due")
def card() -> str:
    keep_private()
    required_staff("organiser", "auditor")
    counts = due(this_service().database, retention.rules(settings()), now() + AHEAD)
    return render_template("notifications/upcoming_card.html", mails=counts["mails"], replies=counts["replies"])
