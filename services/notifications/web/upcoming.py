"""How many mails will lose their words soon: a part of the organisers' overview, which catalogue owns."""

from datetime import timedelta

from flask import Blueprint, render_template

from services.notifications import retention
from services.notifications.web.parts import settings
from shared.retention import due
from shared.web.app import keep_private
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

AHEAD = timedelta(days=30)

bp = Blueprint("upcoming", __name__, url_prefix="/organise/mails/fragments")


@bp.get("/due")
def card() -> str:
    keep_private()
    required_staff("organiser", "auditor")
    counts = due(this_service().database, retention.rules(settings()), now() + AHEAD)
    return render_template("notifications/upcoming_card.html", mails=counts["mails"], replies=counts["replies"])
