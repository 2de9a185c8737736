"""Who comes: the table of an event's people, and the same as a file."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, send_file, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.acts import note_export
from services.registration.bulk import Act
from services.registration.calendar_answers import WORDS
from services.registration.events import event_and_seats
from services.registration.exports import (
    NAME_COLUMNS,
    OF_ANSWERS,
    STATE_NAMES,
    Column,
    Reading,
    chosen,
    columns_of,
    people_table,
)
from services.registration.models import Event
from services.registration.people import Filter, Order, everybody, people_of
from services.registration.states import State
from services.registration.web.organise_bulk import address_of
from services.registration.web.organise_filters import answer_filters, filter_from, in_address, sent_filter
from services.registration.web.organise_room import guard, known_event, may, may_give_seats, room_of
from services.registration.web.schemas import TableQuery
from shared.languages import text as _
from shared.spreadsheets import XLSX, Table, csv_lines, xlsx_file
from shared.web.language import locale, say, translator
from shared.web.pages import localised_text
from shared.web.schemas import invalid, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

ALL_STATES = _("all states")
COLUMNS_AT_FIRST = ("email", "organisation", "state", "submitted_at")

bp = Blueprint("people", __name__, url_prefix="/people")
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


@dataclass(frozen=True, slots=True)
class View:
    """What of the table is looked at, as it stands in the address."""

    event: Event
    wanted: Filter
    order: Order
    columns: Collection[str]
    cursor: str | None

    def url(self, endpoint: str, cursor: str | None = None) -> str:
        return url_for(
            endpoint,
            event_id=self.event.id,
            order=None if self.order == "name" else self.order,
            columns=list(self.columns) or None,
            cursor=cursor,
            **in_address(self.wanted),
        )

    def bulk_url(self, act: Act) -> str:
        """Where an act on everybody whom the filter fits is asked for."""
        return address_of(self.event.id, act, everybody="true", **in_address(self.wanted))


@bp.get("")
def people(event_id: UUID) -> ResponseReturnValue:
    with this_service().database.read() as session:
        event, seats = event_and_seats(session, event_id)
        view = _view(event)
        columns = _columns(event)
        shown = [column for column in columns if column.key in (view.columns or COLUMNS_AT_FIRST)]
        found = people_of(
            session,
            event_id,
            view.wanted,
            order=view.order,
            cursor=view.cursor,
            with_answers=any(column.question for column in shown),
        )
    return render_template(
        "registration/people.html",
        room=room_of(event),
        seats=seats,
        people=found.items,
        filters=view.wanted,
        answer_filters=answer_filters(event, view.wanted),
        order=view.order,
        columns=[column.key for column in shown],
        answer_columns=[column for column in shown if column.question],
        column_options=[(column.key, column.heading) for column in columns if column.key not in NAME_COLUMNS],
        states=_state_options(),
        calendar_words=WORDS,
        first_url=view.url(".people") if view.cursor else "",
        next_url=view.url(".people", cursor=found.next_cursor) if found.next_cursor else "",
        csv_url=view.url(".export_csv"),
        xlsx_url=view.url(".export_xlsx"),
        cancel_all_url=view.bulk_url("cancel"),
        write_all_url=view.bulk_url("write"),
        has_series=bool(event.series),
        may_act=may("organiser"),
        may_give_seats=may_give_seats(event, seats),
    )


@bp.get("/export.csv")
def export_csv(event_id: UUID) -> ResponseReturnValue:
    view = _exported(event_id)
    response = Response(stream_with_context(_csv(view)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{view.event.slug}.csv"'
    return response


def _csv(view: View) -> Iterator[bytes]:
    with this_service().database.read() as session:
        yield from csv_lines(_table(session, view))


@bp.get("/export.xlsx")
def export_xlsx(event_id: UUID) -> ResponseReturnValue:
    view = _exported(event_id)
    with this_service().database.read() as session:
        file = xlsx_file(_table(session, view))
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{view.event.slug}.xlsx")


def _exported(event_id: UUID) -> View:
    with this_service().database.unit_of_work(now()) as uow:
        view = _view(known_event(uow.session, event_id))
        note_export(uow, event_id, required_staff().account_id, view.wanted)
        uow.commit()
    return view


def _table(session: Session, view: View) -> Table:
    everyone = everybody(session, view.event.id, view.wanted, order=view.order)
    return people_table(localised_text(view.event.title), everyone, chosen(_columns(view.event), view.columns))


def _columns(event: Event) -> list[Column]:
    reading = Reading(translator(), locale(), ZoneInfo(event.time_zone))
    return columns_of(event, reading, sensitive=may("needs"))


def _view(event: Event) -> View:
    sent = {name: value for name, value in request.args.items() if value and name not in ("lang", "columns")}
    plain = {name: value for name, value in sent.items() if not name.startswith(OF_ANSWERS)}
    columns = {"columns": request.args.getlist("columns")}
    query = load(TableQuery(), {**plain, **sent_filter(request.args), **columns})
    known = [column.key for column in _columns(event)]
    if not set(query["columns"]) <= set(known):
        raise invalid({"columns": [_("This must be one of: %(choices)s.", choices=", ".join(known))]})
    return View(event, filter_from(event, query), query["order"], query["columns"], query["cursor"])


def _state_options() -> list[tuple[str, str]]:
    return [("", say(ALL_STATES)), *((state.value, say(STATE_NAMES[state])) for state in State)]
