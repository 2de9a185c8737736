"""What an organiser does to one registration, for a reason: cancel it, give or offer it a seat, change its turn."""

from collections.abc import Callable, Mapping
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration import changes, setting_aside, waitlist
from services.registration.events import seats_of
from services.registration.models import Registration
from services.registration.places import position_of
from services.registration.web.organise_room import acting, known_event, registration_at, room_of
from services.registration.web.schemas import MoveFormSchema, ReasonSchema
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.web.problems import said
from shared.web.schemas import Schema, load
from shared.web.service import now, this_service
from shared.web.sign_in import requires

Act = Literal["cancel", "promote", "offer", "move", "aside", "resume"]

USE_CASES: Mapping[Act, Callable[..., Registration]] = {
    "cancel": changes.cancel,
    "promote": waitlist.promote,
    "offer": waitlist.offer,
    "move": waitlist.move,
    "aside": setting_aside.set_aside,
    "resume": setting_aside.resume,
}
"""Each takes the unit of work, the registration's id, who acts, and what the act's schema loads."""
SCHEMAS: Mapping[Act, type[Schema]] = {
    "cancel": ReasonSchema,
    "promote": ReasonSchema,
    "offer": ReasonSchema,
    "move": MoveFormSchema,
    "aside": ReasonSchema,
    "resume": ReasonSchema,
}
IN_LINE = ("move", "aside", "resume")
"""Done on the page of the waitlist."""

bp = Blueprint("act", __name__, url_prefix="/people/<uuid:registration_id>")


@bp.get("/<any(cancel, promote, offer, move, aside, resume):act>")
@requires("organiser")
def ask(event_id: UUID, registration_id: UUID, act: Act) -> ResponseReturnValue:
    return _question(event_id, registration_id, act)


@bp.post("/<any(cancel, promote, offer, move, aside, resume):act>")
@requires("organiser")
def carry_out(event_id: UUID, registration_id: UUID, act: Act) -> ResponseReturnValue:
    try:
        values = load(SCHEMAS[act](), _sent(act))
        with this_service().database.unit_of_work(now()) as uow:
            registration_at(uow.session, event_id, registration_id)
            USE_CASES[act](uow, registration_id, acting(), **values)
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _question(event_id, registration_id, act, error)
    if act in IN_LINE:
        return redirect(url_for("organise.waitlist.waitlist", event_id=event_id), 303)
    return redirect(url_for("organise.person.person", event_id=event_id, registration_id=registration_id), 303)


def _sent(act: Act) -> dict[str, Any]:
    return {name: request.form.get(name, "") for name in SCHEMAS[act]().fields}


def _question(event_id: UUID, registration_id: UUID, act: Act, error: ReiheError | None = None) -> ResponseReturnValue:
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        registration = registration_at(session, event_id, registration_id)
        position = position_of(session, registration)
        waiting = seats_of(session, event_id).waiting
    page = render_template(
        "registration/act.html",
        room=room_of(event),
        registration=registration,
        act=act,
        in_line=act in IN_LINE,
        position=position,
        waiting=waiting,
        values=_sent(act),
        errors=said(error.errors or {"": [error.text]}) if error else {},
    )
    return page, error.status if error else 200
