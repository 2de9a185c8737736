"""Who comes: the table of an event's people, and the same as a file."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, send_file, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.acts import note_export
from services.registration.events import seats_of
from services.registration.exports import CHOSEN_COLUMNS, STATE_NAMES, Reading, chosen, people_table
from services.registration.models import Event
from services.registration.people import Filter, Order, everybody, people_of
from services.registration.states import State
from services.registration.web.organise_room import guard, known_event, may, may_give_seats, room_of
from services.registration.web.schemas import TableQuery
from shared.languages import text as _
from shared.spreadsheets import Table, csv_lines, xlsx_file
from shared.web.language import say, translator
from shared.web.pages import localised_text
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

ALL_STATES = _("all states")
COLUMNS_AT_FIRST = ("email", "organisation", "state", "submitted_at")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

bp = Blueprint("people", __name__, url_prefix="/people")
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


@dataclass(frozen=True, slots=True)
class View:
    """What of the table is looked at, as it stands in the address."""

    wanted: Filter
    order: Order
    columns: Collection[str]
    cursor: str | None

    def url(self, endpoint: str, event_id: UUID, cursor: str | None = None) -> str:
        return url_for(
            endpoint,
            event_id=event_id,
            q=self.wanted.q or None,
            state=self.wanted.state or None,
            organisation=self.wanted.organisation or None,
            order=None if self.order == "name" else self.order,
            columns=list(self.columns) or None,
            cursor=cursor,
        )

    def bulk_url(self, act: str, event_id: UUID) -> str:
        """Where an act on everybody whom the filter fits is asked for."""
        return url_for(
            "organise.bulk.ask",
            event_id=event_id,
            act=act,
            everybody="true",
            q=self.wanted.q or None,
            state=self.wanted.state or None,
            organisation=self.wanted.organisation or None,
        )


@bp.get("")
def people(event_id: UUID) -> ResponseReturnValue:
    view = _view()
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        seats = seats_of(session, event_id)
        found = people_of(session, event_id, view.wanted, order=view.order, cursor=view.cursor)
    return render_template(
        "registration/people.html",
        room=room_of(event),
        seats=seats,
        people=found.items,
        filters=view.wanted,
        order=view.order,
        columns=view.columns or COLUMNS_AT_FIRST,
        column_options=[(column.key, say(column.heading)) for column in CHOSEN_COLUMNS],
        states=_state_options(),
        first_url=view.url(".people", event_id) if view.cursor else "",
        next_url=view.url(".people", event_id, cursor=found.next_cursor) if found.next_cursor else "",
        csv_url=view.url(".export_csv", event_id),
        xlsx_url=view.url(".export_xlsx", event_id),
        cancel_all_url=view.bulk_url("cancel", event_id),
        may_act=may("organiser"),
        may_give_seats=may_give_seats(event, seats),
    )


@bp.get("/export.csv")
def export_csv(event_id: UUID) -> ResponseReturnValue:
    view = _view()
    event = _exported(event_id, view.wanted)
    response = Response(stream_with_context(_csv(event, view)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}.csv"'
    return response


def _csv(event: Event, view: View) -> Iterator[bytes]:
    with this_service().database.read() as session:
        yield from csv_lines(_table(session, event, view))


@bp.get("/export.xlsx")
def export_xlsx(event_id: UUID) -> ResponseReturnValue:
    view = _view()
    event = _exported(event_id, view.wanted)
    with this_service().database.read() as session:
        file = xlsx_file(_table(session, event, view))
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{event.slug}.xlsx")


def _exported(event_id: UUID, wanted: Filter) -> Event:
    with this_service().database.unit_of_work(now()) as uow:
        event = known_event(uow.session, event_id)
        note_export(uow, event_id, required_staff().account_id, wanted)
        uow.commit()
    return event


def _table(session: Session, event: Event, view: View) -> Table:
    reading = Reading(translator(), ZoneInfo(event.time_zone))
    everyone = everybody(session, event.id, view.wanted, order=view.order)
    return people_table(localised_text(event.title), everyone, reading, chosen(view.columns))


def _view() -> View:
    sent: dict[str, Any] = {
        name: value for name, value in request.args.items() if name != "lang" and (name != "cursor" or value)
    }
    if "columns" in sent:
        sent["columns"] = request.args.getlist("columns")
    query = load(TableQuery(), sent)
    wanted = Filter(query["state"], query["organisation"], query["q"])
    return View(wanted, query["order"], query["columns"], query["cursor"])


def _state_options() -> list[tuple[str, str]]:
    return [("", say(ALL_STATES)), *((state.value, say(STATE_NAMES[state])) for state in State)]
