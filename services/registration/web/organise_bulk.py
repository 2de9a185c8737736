"""One act on many people of an event at once: those who were ticked, or everybody whom the filter fits."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from services.registration import bulk
from services.registration.models import Actor, Event
from services.registration.web.organise_filters import filter_from, in_address, sent_filter
from services.registration.web.organise_room import acting, guard, known_event, room_of
from services.registration.web.schemas import BulkQuery, ReasonSchema
from shared.errors import InvalidError
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

NAMES_SHOWN = 50

bp = Blueprint("bulk", __name__, url_prefix="/people/bulk")
bp.before_request(guard(readers=("organiser",), writers=("organiser",)))


USE_CASES: Mapping[bulk.Act, Callable[[Actor, str], bulk.UseCase]] = {
    "cancel": bulk.cancelling,
    "promote": bulk.promoting,
}


@bp.get("/<any(cancel, promote):act>")
def ask(event_id: UUID, act: bulk.Act) -> ResponseReturnValue:
    return _question(event_id, act, _sent(request.args))


@bp.post("/<any(cancel, promote):act>")
def carry_out(event_id: UUID, act: bulk.Act) -> ResponseReturnValue:
    sent = _sent(request.form)
    try:
        reason = load(ReasonSchema(), {"reason": request.form.get("reason", "")})["reason"]
    except InvalidError as error:
        return _question(event_id, act, sent, error), error.status
    return _done(event_id, act, sent, USE_CASES[act](acting(), reason))


@bp.get("/write")
def choose_whom_to_write_to(event_id: UUID) -> str:
    """Shows who was chosen; what is written to them is notifications' business."""
    sent = _sent(request.args)
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        whom = _whom(event, sent)
        number, people = bulk.concerned(session, whom, "write")
        return render_template(
            "registration/bulk_write.html",
            room=room_of(event),
            number=number,
            people=people[:NAMES_SHOWN],
            registration_ids=bulk.ids_of_concerned(session, whom, "write"),
        )


def _done(event_id: UUID, act: bulk.Act, sent: dict[str, Any], use_case: bulk.UseCase) -> str:
    service = this_service()
    with service.database.read() as session:
        event = known_event(session, event_id)
        number, people = bulk.concerned(session, _whom(event, sent), act)
    return render_template(
        "registration/bulk_result.html",
        room=room_of(event),
        act=act,
        result=bulk.carry_out(service.database, now, people, use_case),
        rest=number - len(people),
        go_on_url=address_of(event_id, act, **_in_address(event, sent)),
    )


def _question(event_id: UUID, act: bulk.Act, sent: dict[str, Any], error: InvalidError | None = None) -> str:
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        number, people = bulk.concerned(session, _whom(event, sent), act)
    return render_template(
        "registration/bulk.html",
        room=room_of(event),
        act=act,
        number=number,
        most=bulk.MOST_AT_ONCE,
        people=people[:NAMES_SHOWN],
        sent=_in_address(event, sent),
        values={"reason": request.form.get("reason", "")},
        errors=said(error.errors) if error else {},
    )


def address_of(event_id: UUID, act: bulk.Act, **whom: Any) -> str:
    """Where the act is asked for."""
    if act == "write":
        return url_for("organise.bulk.choose_whom_to_write_to", event_id=event_id, **whom)
    return url_for("organise.bulk.ask", event_id=event_id, act=act, **whom)


def _sent(values: MultiDict[str, str]) -> dict[str, Any]:
    """Whom it is for, as the address or the form says."""
    everybody = {"everybody": values["everybody"]} if values.get("everybody") else {}
    return load(BulkQuery(), {**sent_filter(values), **everybody, "selected": values.getlist("selected")})


def _in_address(event: Event, sent: dict[str, Any]) -> dict[str, Any]:
    """The same for an address or a form."""
    if sent["everybody"]:
        return {"everybody": "true", **in_address(filter_from(event, sent))}
    return {"selected": [str(one) for one in sent["selected"]]}


def _whom(event: Event, sent: dict[str, Any]) -> bulk.Whom:
    if sent["everybody"]:
        return bulk.Whom(event.id, (), filter_from(event, sent))
    return bulk.Whom(event.id, sent["selected"])
