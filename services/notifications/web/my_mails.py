"""A person takes away what notifications keeps of them, with the link to their page, which registration owns."""

from collections.abc import Mapping

from flask import Blueprint, Response

from services.notifications.own_data import note_taken, own_data, person_behind
from services.notifications.web.parts import settings
from shared.languages import Text
from shared.languages import text as _
from shared.web import language
from shared.web.app import keep_private
from shared.web.own_data import zip_answer
from shared.web.service import now, this_service

bp = Blueprint("my_mails", __name__, url_prefix="/my/<token>/mails")

TITLES: Mapping[str, Text] = {
    "people": _("You"),
    "registrations": _("Your registrations"),
    "invitations": _("Invitations for your calendar"),
    "mails": _("E-mails that we sent you"),
    "replies": _("What your calendar answered"),
    "undeliverable_addresses": _("Where e-mails did not reach you"),
    "presences": _("Sessions at which you were"),
    "earned_certificates": _("Certificates that you earned"),
    "certificates": _("Your certificates"),
    "audit_log": _("What was done, and when"),
}


@bp.get("/data.zip")
def take(token: str) -> Response:
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = person_behind(uow.session, settings(), token)
        language.use(person.locale)
        data = own_data(uow.session, person)
        note_taken(uow, person)
        uow.commit()
    return zip_answer(data, TITLES, "mails.zip")
