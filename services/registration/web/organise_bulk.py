"""One act on many people of an event at once: those who were ticked, or everybody whom the filter fits."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration import bulk
from services.registration.people import Filter
from services.registration.web.organise_room import acting, guard, known_event, room_of
from services.registration.web.schemas import BulkQuery, ReasonSchema
from shared.errors import InvalidError
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

NAMES_SHOWN = 50

bp = Blueprint("bulk", __name__, url_prefix="/people/bulk/<any(cancel, promote):act>")
bp.before_request(guard(readers=("organiser",), writers=("organiser",)))


@bp.get("")
def ask(event_id: UUID, act: bulk.Act) -> ResponseReturnValue:
    return _question(event_id, act, _sent(request.args))


@bp.post("")
def carry_out(event_id: UUID, act: bulk.Act) -> ResponseReturnValue:
    sent = _sent(request.form)
    try:
        reason = load(ReasonSchema(), {"reason": request.form.get("reason", "")})["reason"]
    except InvalidError as error:
        return _question(event_id, act, sent, error), error.status
    service = this_service()
    with service.database.read() as session:
        event = known_event(session, event_id)
        number, people = bulk.concerned(session, _whom(event_id, sent), act)
    result = bulk.carry_out(service.database, now, people, act, acting(), reason)
    return render_template(
        "registration/bulk_result.html",
        room=room_of(event),
        act=act,
        result=result,
        rest=number - len(people),
        go_on_url=url_for(".ask", event_id=event_id, act=act, **sent),
    )


def _question(event_id: UUID, act: bulk.Act, sent: dict[str, Any], error: InvalidError | None = None) -> str:
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        number, people = bulk.concerned(session, _whom(event_id, sent), act)
    return render_template(
        "registration/bulk.html",
        room=room_of(event),
        act=act,
        number=number,
        most=bulk.MOST_AT_ONCE,
        people=people[:NAMES_SHOWN],
        sent=sent,
        values={"reason": request.form.get("reason", "")},
        errors=said(error.errors) if error else {},
    )


def _sent(values: Any) -> dict[str, Any]:
    """Whom it is for, as the address or the form says."""
    named = {name: values[name] for name in ("everybody", "state", "organisation", "q") if values.get(name)}
    return load(BulkQuery(), {**named, "selected": values.getlist("selected")})


def _whom(event_id: UUID, sent: dict[str, Any]) -> bulk.Whom:
    if sent["everybody"]:
        return bulk.Whom(event_id, (), Filter(sent["state"], sent["organisation"], sent["q"]))
    return bulk.Whom(event_id, sent["selected"])
