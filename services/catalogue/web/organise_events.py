"""The organisers' pages about events: the list, an event's room, writing, publishing, cancelling."""

from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.catalogue import programme, publishing
from services.catalogue.listing import Wanted, all_series, events_page, find_event, pending_revision
from services.catalogue.models import Event
from services.catalogue.web.door import door_of
from services.catalogue.web.organise import actor, guard, settings
from services.catalogue.web.organise_changes import changes
from services.catalogue.web.schemas import ReasonSchema
from shared.errors import InvalidError
from shared.languages import text as _
from shared.text import has_control_characters, one_line
from shared.web.problems import said
from shared.web.schemas import NAME_LENGTH, invalid, load, nested
from shared.web.service import now, this_service
from shared.web.sign_in import requires

bp = Blueprint("organise_events", __name__)
bp.before_request(guard)

STATES = ("draft", "published", "cancelled")


@bp.get("/organise/events")
def events() -> str:
    chosen = {name: request.args.get(name, "") for name in ("q", "state", "when", "series")}
    with this_service().database.read() as session:
        found = events_page(session, _wanted(chosen), cursor=request.args.get("cursor"))
        series = all_series(session)
    return render_template(
        "catalogue/organise/events.html",
        events=found.items,
        series=series,
        chosen=chosen,
        next_url=_list_url(chosen, found.next_cursor) if found.next_cursor else "",
        first_url=_list_url(chosen) if "cursor" in request.args else "",
    )


def _list_url(chosen: dict[str, str], cursor: str = "") -> str:
    query = {name: value for name, value in {**chosen, "cursor": cursor}.items() if value}
    return f"{url_for('organise_events.events')}?{urlencode(query)}"


def _wanted(chosen: dict[str, str]) -> Wanted:
    return Wanted(
        text=searched(chosen["q"]),
        states=(chosen["state"],) if chosen["state"] in STATES else (),
        series_id=_id(chosen["series"]),
        from_=None if chosen["when"] == "all" else now(),
    )


def searched(typed: str) -> str:
    """What was typed into a search, as a query can take it."""
    return "" if has_control_characters(typed) else one_line(typed)[:NAME_LENGTH]


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


@bp.get("/organise/events/<uuid:event_id>")
def room(event_id: UUID) -> str:
    with this_service().database.read() as session:
        event = find_event(session, event_id)
        revised = pending_revision(session, event)
    return room_page(event, revised)


def room_page(event: Event, revised: Event, errors: dict[str, list[str]] | None = None) -> str:
    """The programme tab of the event's room, with what went wrong when its button was pressed."""
    return render_template(
        "catalogue/organise/event.html",
        room=header_of(event),
        event=event,
        revised=revised,
        changes=changes(event, revised) if event.has_pending_revision else [],
        door=door_of(event, now()),
        errors=errors or {},
    )


def header_of(event: Event) -> dict[str, object]:
    """What the room's header shows, as ``room_layout.html`` takes it."""
    return {
        "id": event.id,
        "title": event.title,
        "state": event.state,
        "starts_at": event.sessions[0].starts_at if event.sessions else None,
        "city": event.venue["city"] if event.venue else "",
        "slug": event.slug,
    }


@bp.get("/organise/events/<uuid:event_id>/preview")
def preview(event_id: UUID) -> str:
    with this_service().database.read() as session:
        event = find_event(session, event_id)
        revised = pending_revision(session, event)
    return render_template(
        "catalogue/event.html", event=revised, door=door_of(revised, now()), preview=True, back_url=_room_url(event_id)
    )


@bp.post("/organise/events/<uuid:event_id>/publish")
def publish(event_id: UUID) -> Response | tuple[str, int]:
    try:
        with this_service().database.unit_of_work(now()) as uow:
            publishing.publish_event(uow, event_id, actor(), settings().issuer, if_version=sent_version())
            uow.commit()
    except InvalidError as error:
        with this_service().database.read() as session:
            event = find_event(session, event_id)
            return room_page(event, pending_revision(session, event), said(error.errors or {"": [error.text]})), 422
    return redirect(_room_url(event_id), 303)


@bp.post("/organise/events/<uuid:event_id>/discard")
def discard(event_id: UUID) -> Response:
    """Give the pending revision up."""
    with this_service().database.unit_of_work(now()) as uow:
        programme.drop_pending(uow, event_id, actor(), if_version=sent_version())
        uow.commit()
    return redirect(_room_url(event_id), 303)


@bp.get("/organise/events/<uuid:event_id>/cancel")
@requires("organiser")
def ask_reason(event_id: UUID) -> Response | str:
    with this_service().database.read() as session:
        if find_event(session, event_id).state != "published":
            return redirect(_room_url(event_id), 303)
    return _cancel_page(event_id, {}, {})


@bp.post("/organise/events/<uuid:event_id>/cancel")
def cancel(event_id: UUID) -> Response | tuple[str, int]:
    values = sent_reason()
    try:
        reason = load(ReasonSchema(), {"reason": values})["reason"]
    except InvalidError as error:
        return _cancel_page(event_id, values, said(error.errors)), 422
    with this_service().database.unit_of_work(now()) as uow:
        publishing.cancel_event(uow, event_id, reason, actor(), settings().issuer, if_version=sent_version())
        uow.commit()
    return redirect(_room_url(event_id), 303)


def _cancel_page(event_id: UUID, values: dict[str, str], errors: dict[str, list[str]]) -> str:
    with this_service().database.read() as session:
        event = find_event(session, event_id)
    return render_template(
        "catalogue/organise/cancel_event.html", room=header_of(event), event=event, values=values, errors=errors
    )


def sent_reason() -> dict[str, str]:
    """The reason as typed, by language."""
    given = nested(request.form).get("reason")
    return {code: text for code, text in given.items() if isinstance(text, str)} if isinstance(given, dict) else {}


def sent_version() -> int:
    """The version that the form was made from; raises :class:`InvalidError` for a form that is not ours."""
    try:
        return int(request.form.get("version", ""))
    except ValueError as error:
        raise invalid({"version": [_("This form is incomplete. Please load the page again.")]}) from error


def _room_url(event_id: UUID) -> str:
    return url_for("organise_events.room", event_id=event_id)
