"""An organiser has everything about a person deleted who asked for it, after a look at what goes and what stays."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.registration.erasure import erase, fates
from services.registration.events import event_with_sessions
from services.registration.models import organiser
from services.registration.web.organise_room import guard, registration_at, room_of
from services.registration.web.settings import settings
from shared.audit import by_account
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("erasure", __name__, url_prefix="/people/<uuid:registration_id>/erasure")
bp.before_request(guard(readers=("organiser",), writers=("organiser",)))


@bp.get("")
def ask(event_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        registration = registration_at(session, event_id, registration_id)
        planned = fates(session, registration.person, settings(), now())
    return render_template("registration/erasure.html", room=room_of(event), registration=registration, fates=planned)


@bp.post("")
def carry_out(event_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    account_id = required_staff().account_id
    with this_service().database.unit_of_work(now()) as uow:
        person = registration_at(uow.session, event_id, registration_id).person
        erase(uow, person, settings(), organiser(account_id), by_account(account_id))
        uow.commit()
    return redirect(url_for("organise.person.person", event_id=event_id, registration_id=registration_id), 303)
