"""What the JSON interface tells: what is published for everybody, drafts for staff."""

from typing import Any
from uuid import UUID

from flask import Response, request

from services.catalogue import listing
from services.catalogue.listing import PUBLIC, Wanted
from services.catalogue.models import Event, Series
from services.catalogue.models.base import Facts
from services.catalogue.selection import Selection
from services.catalogue.web.answers import (
    AccountAnswer,
    EventAnswer,
    EventPage,
    SeriesAnswer,
    SeriesPage,
    account_answer,
    event_for_reader,
    is_for_staff,
    series_for_reader,
    tagged,
)
from services.catalogue.web.queries import EventQuery, ListQuery, RevisionQuery
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.web.api import Blueprint
from shared.web.service import this_service
from shared.web.sign_in import required_staff

bp = Blueprint("reading", __name__, url_prefix="/api/catalogue/v1", description="What is offered, and who is asking")


@bp.route("/series", methods=["GET"])
@bp.arguments(ListQuery, location="query")
@bp.response(200, SeriesPage)
def list_series(query: Facts) -> Facts:
    """Published series, in the order in which they were made; for staff drafts too."""
    with this_service().database.read() as session:
        found = listing.series_page(session, _wanted(query), limit=query["limit"], cursor=query["cursor"])
        return {"items": [series_for_reader(series) for series in found.items], "next_cursor": found.next_cursor}


@bp.route("/series/<uuid:series_id>", methods=["GET"])
@bp.response(200, SeriesAnswer)
def get_series(series_id: UUID) -> Any:
    """One series with its events."""
    with this_service().database.read() as session:
        series = listing.find_series(session, series_id)
        _hide_draft(series)
        return tagged(SeriesAnswer, series_for_reader(series))


@bp.route("/events", methods=["GET"])
@bp.arguments(EventQuery, location="query")
@bp.response(200, EventPage)
def list_events(query: Facts) -> Facts:
    """Published events by time; for staff drafts too."""
    with this_service().database.read() as session:
        found = listing.events_page(session, _wanted(query), limit=query["limit"], cursor=query["cursor"])
        return {"items": [event_for_reader(event) for event in found.items], "next_cursor": found.next_cursor}


@bp.route("/events/<uuid:event_id>", methods=["GET"])
@bp.arguments(RevisionQuery, location="query")
@bp.response(200, EventAnswer)
def get_event(query: Facts, event_id: UUID) -> Any:
    """One event. ``?revision=pending``, for staff, is the event as it will be once its changes are published."""
    with this_service().database.read() as session:
        event = listing.find_event(session, event_id)
        _hide_draft(event)
        if query["revision"] == "pending":
            required_staff()
            event = listing.pending_revision(session, event)
        return tagged(EventAnswer, event_for_reader(event))


@bp.route("/me", methods=["GET"])
@bp.staff()
@bp.response(200, AccountAnswer)
def me() -> Facts:
    """Whose API token this is."""
    return account_answer(required_staff())


def _hide_draft(thing: Event | Series) -> None:
    if thing.state == "draft" and not is_for_staff():
        raise NotFoundError("not_published", _("There is nothing published here."))


def _wanted(query: Facts) -> Wanted:
    """Everybody may ask for what was cancelled, only staff for drafts."""
    states = [query["state"]] if query["state"] else []
    if not is_for_staff():
        states = [state for state in states or ["published"] if state in PUBLIC] or ["none"]
    return Wanted(
        text=query["q"],
        states=states,
        selection=Selection(kind=query.get("kind") or ""),
        series_id=query.get("series_id"),
        from_=query.get("from_"),
        until=query.get("until"),
    )


def _leave_out_what_is_known(response: Response) -> Response:
    """304 for a reader who has this very answer."""
    return response.make_conditional(request)  # type: ignore[return-value]  # the same object


bp.after_request(_leave_out_what_is_known)
