"""Who comes: the table of an event's people, and the same as a file."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from services.registration.events import seats_of
from services.registration.exports import STATE_NAMES, people_csv
from services.registration.people import Filter, everybody, people_of
from services.registration.states import State
from services.registration.web.organise_room import guard, known_event, may, may_give_seats, room_of
from services.registration.web.schemas import PeopleQuery
from shared.languages import text as _
from shared.logs import get_logger
from shared.web.language import say, translator
from shared.web.schemas import load
from shared.web.service import this_service
from shared.web.sign_in import required_staff

log = get_logger(__name__)

ALL_STATES = _("all states")

bp = Blueprint("people", __name__, url_prefix="/people")
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


@bp.get("")
def people(event_id: UUID) -> ResponseReturnValue:
    query = _query()
    wanted = _filter(query)
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        seats = seats_of(session, event_id)
        found = people_of(session, event_id, wanted, cursor=query["cursor"])
    return render_template(
        "registration/people.html",
        room=room_of(event),
        seats=seats,
        people=found.items,
        filters=wanted,
        states=_state_options(),
        first_url=_url(".people", event_id, wanted) if query["cursor"] else "",
        next_url=_url(".people", event_id, wanted, cursor=found.next_cursor) if found.next_cursor else "",
        export_url=_url(".export", event_id, wanted),
        may_act=may("organiser"),
        may_give_seats=may_give_seats(event, seats),
    )


@bp.get("/export.csv")
def export(event_id: UUID) -> ResponseReturnValue:
    wanted = _filter(_query())
    with this_service().database.read() as session:
        event = known_event(session, event_id)
    log.info("people_exported", event_id=str(event_id), account_id=str(required_staff().account_id))
    response = Response(stream_with_context(_rows(event_id, wanted)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}.csv"'
    return response


def _rows(event_id: UUID, wanted: Filter) -> Iterator[bytes]:
    service = this_service()
    with service.database.read() as session:
        yield from people_csv(everybody(session, event_id, wanted), translator(), service.settings.time_zone)


def _query() -> dict[str, Any]:
    sent = {name: value for name, value in request.args.items() if name != "lang" and (name != "cursor" or value)}
    return load(PeopleQuery(), sent)


def _filter(query: dict[str, Any]) -> Filter:
    return Filter(query["state"], query["organisation"], query["q"])


def _url(endpoint: str, event_id: UUID, wanted: Filter, cursor: str | None = None) -> str:
    return url_for(
        endpoint,
        event_id=event_id,
        q=wanted.q or None,
        state=wanted.state or None,
        organisation=wanted.organisation or None,
        cursor=cursor,
    )


def _state_options() -> list[tuple[str, str]]:
    return [("", say(ALL_STATES)), *((state.value, say(STATE_NAMES[state])) for state in State)]
