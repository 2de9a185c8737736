"""What will be deleted soon: as a page, and as a card for the overview, which catalogue owns."""

from collections.abc import Mapping

from flask import Blueprint, render_template

from services.registration.privacy.requests import how_many_open
from services.registration.privacy.upcoming import held_events, totals, upcoming
from services.registration.web.organise_room import guard
from services.registration.web.settings import settings
from shared.languages import Text
from shared.languages import text as _
from shared.web.app import keep_private
from shared.web.service import now, this_service

bp = Blueprint("upcoming", __name__, url_prefix="/organise/privacy")
bp.before_request(keep_private)
bp.before_request(guard(readers=("organiser", "auditor"), writers=()))

WHAT: Mapping[str, Text] = {
    "needs": _("What people need"),
    "needs_answers": _("Answers that are kept only as long as needs"),
    "unconfirmed": _("Registrations whose address was never confirmed"),
    "waitlist": _("Registrations without a seat"),
    "contact": _("E-mail addresses, answers and notes"),
    "evidence": _("Names and organisations of those who were there"),
}


@bp.get("/due")
def due() -> str:
    with this_service().database.read() as session:
        return render_template(
            "registration/upcoming.html",
            upcoming=upcoming(session, settings(), now()),
            held=held_events(session, settings()),
            what=WHAT,
        )


@bp.get("/fragments/due")
def card() -> str:
    with this_service().database.read() as session:
        found = totals(upcoming(session, settings(), now()))
        requests = how_many_open(session)
    return render_template("registration/upcoming_card.html", totals=found, what=WHAT, requests=requests)
