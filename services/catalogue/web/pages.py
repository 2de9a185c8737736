"""The public pages: what comes next, series, events, privacy and accessibility."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from services.catalogue.cache import Cache
from services.catalogue.entries import selection_name
from services.catalogue.listing import (
    PUBLIC,
    Wanted,
    event_by_slug,
    events_page,
    past_events,
    published_events,
    series_by_slug,
    series_page,
)
from services.catalogue.models import Event, Series
from services.catalogue.page_stamps import page_stamp
from services.catalogue.web import words
from services.catalogue.web.door import door_of
from services.catalogue.web.kept_answers import let_keep
from services.catalogue.web.queries import asked_selection
from services.catalogue.web.selections import Choices
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.web import language
from shared.web.cookies import epoch_seconds
from shared.web.service import now, this_service
from shared.web.sign_in import cookie_staff

bp = Blueprint("pages", __name__)
words.add_filters(bp)

SHARED_CACHE_SECONDS = 10
MOST_EVENT_PAGES = 500
"""Kept in memory, about 20 KB each."""
EVENT_PAGES = "reihe-event-pages"


@dataclass(frozen=True, slots=True)
class Group:
    """Events that stand under one heading: those of a series, or those of one kind without a series."""

    series: Series | None
    kind: str
    events: list[Event]


@bp.after_request
def _let_gateways_cache(response: Response) -> Response:
    """Shared caches hold for a moment what signed-out readers see; what sets a cookie is not held."""
    if response.status_code == 200 and cookie_staff() is None and "lang" not in request.args:
        response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={SHARED_CACHE_SECONDS}"
        response.vary.update(("Cookie", "Accept-Language"))
        let_keep()
    return response


@bp.get("/")
def home() -> str:
    selection = asked_selection()
    with this_service().database.read() as session:
        coming = published_events(session, now())
        events = published_events(session, now(), selection=selection) if selection else coming
    jubilees = [event for event in events if event.kind == "jubilee"]
    others = [event for event in events if event.kind != "jubilee"]
    return render_template(
        "catalogue/home.html",
        jubilees=jubilees,
        groups=grouped(others),
        selection=selection,
        selected=selection_name(selection, language.locale()),
        choices=Choices.among(coming, selection),
    )


def grouped(events: list[Event]) -> list[Group]:
    """By series and, where there is none, by kind; each group where its first event stands."""
    groups: dict[object, Group] = {}
    for event in events:
        key = event.series_id or event.kind
        groups.setdefault(key, Group(event.series, event.kind, [])).events.append(event)
    return list(groups.values())


@bp.get("/events")
def events() -> str:
    past = request.args.get("when") == "past"
    with this_service().database.read() as session:
        if past:
            return render_template("catalogue/events.html", past=True, events=past_events(session, now()))
        wanted = Wanted(states=PUBLIC, from_=now())
        found = events_page(session, wanted, cursor=request.args.get("cursor"))
    next_url = url_for("pages.events", cursor=found.next_cursor) if found.next_cursor else ""
    return render_template("catalogue/events.html", past=False, events=found.items, next_url=next_url)


@bp.record
def _make_room(state: BlueprintSetupState) -> None:
    rendered: Cache[str] = Cache(MOST_EVENT_PAGES)
    state.app.extensions[EVENT_PAGES] = rendered


@bp.get("/events/<slug>")
def event(slug: str) -> str:
    """Rendered once for each state of the catalogue and of the seats, language and ten seconds."""
    if request.query_string or cookie_staff() is not None:
        return _event_page(slug)
    stamp = page_stamp(this_service().database, slug)
    rendered: Cache[str] = current_app.extensions[EVENT_PAGES]
    key = (slug, stamp, language.locale(), epoch_seconds(now()) // SHARED_CACHE_SECONDS)
    return rendered.get_or_make(key, lambda: _event_page(slug))


def _event_page(slug: str) -> str:
    with this_service().database.read() as session:
        found = event_by_slug(session, slug)
    if found.state not in PUBLIC:
        raise NotFoundError("event_unknown", _("There is no such event."))
    return render_template("catalogue/event.html", event=found, door=door_of(found, now()))


@bp.get("/series")
def series_list() -> str:
    with this_service().database.read() as session:
        found = series_page(session, Wanted(states=PUBLIC), cursor=request.args.get("cursor"))
    next_url = url_for("pages.series_list", cursor=found.next_cursor) if found.next_cursor else ""
    entries = [(series, announced(series)) for series in found.items]
    return render_template("catalogue/series_list.html", entries=entries, next_url=next_url)


@bp.get("/series/<slug>")
def series(slug: str) -> str:
    with this_service().database.read() as session:
        found = series_by_slug(session, slug)
    if found.state not in PUBLIC:
        raise NotFoundError("series_unknown", _("There is no such series."))
    events = announced(found)
    takes_people = any(door_of(event, now()).is_open for event in events)
    return render_template(
        "catalogue/series.html", series=found, events=events, span=span_of(events), takes_people=takes_people
    )


def announced(series: Series) -> list[Event]:
    """The events of the series that the public may see."""
    return [event for event in series.events if event.state in PUBLIC]


def span_of(events: list[Event]) -> tuple[datetime, datetime] | None:
    """When the first of those that take place begins and the last of them ends."""
    held = [event for event in events if event.state == "published"] or events
    ends = [event.last_ends_at for event in held if event.last_ends_at]
    return (min(event.listed_at for event in held), max(ends)) if ends else None


@bp.get("/privacy")
def privacy() -> str:
    return render_template("catalogue/privacy.html")


@bp.get("/accessibility")
def accessibility() -> str:
    return render_template("catalogue/accessibility.html")
