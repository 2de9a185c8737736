"""``/embed``: the programme, a series or an event inside a page of the association's own site.

It is the one page that others may frame: it holds links and nothing that could be pressed by mistake, sets no cookie
and knows nobody.
"""

from flask import Blueprint, Response, render_template, request

from services.catalogue.listing import PUBLIC, event_by_slug, published_events, series_by_slug
from services.catalogue.models import Event, Series
from services.catalogue.web.door import door_of
from services.catalogue.web.kept_answers import let_keep
from services.catalogue.web.pages import SHARED_CACHE_SECONDS, announced
from services.catalogue.web.queries import asked_selection
from shared.errors import InvalidError, NotFoundError
from shared.languages import text as _
from shared.web import assets, language
from shared.web.edge import CONTENT_SECURITY_POLICY
from shared.web.service import now, this_service

bp = Blueprint("embed", __name__)

MOST_EVENTS = 50
SCRIPT_KEPT_SECONDS = 3_600

POLICY = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")


@bp.get("/embed")
def widget() -> Response:
    language.keep_no_choice()
    try:
        response = Response(_page())
    except (NotFoundError, InvalidError) as error:
        # The page of an error could not be framed, and a broken frame would say nothing.
        page = render_template("catalogue/embed.html", events=(), trouble=error.text, more="/")
        response = Response(page, error.status)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={SHARED_CACHE_SECONDS}"
    response.vary.update(("Cookie", "Accept-Language"))
    let_keep()
    return response


@bp.get("/embed.js")
def script() -> Response:
    """For the page around the frame; under one address for ever, as it stands in other people's pages."""
    response = Response(assets.content("embed.js"), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_KEPT_SECONDS}"
    return response


def _page() -> str:
    if slug := request.args.get("event"):
        return _event(slug)
    if slug := request.args.get("series"):
        return _series(slug)
    return _programme()


def _programme() -> str:
    selection = asked_selection()
    with this_service().database.read() as session:
        events = published_events(session, now(), selection=selection, limit=MOST_EVENTS)
    return render_template("catalogue/embed.html", events=events, more=f"/{selection.query}")


def _series(slug: str) -> str:
    with this_service().database.read() as session:
        series = series_by_slug(session, slug)
    _require_public(series)
    events = [event for event in announced(series) if not event.is_over(now())]
    takes_people = any(door_of(event, now()).is_open for event in events)
    return render_template(
        "catalogue/embed_series.html", series=series, events=events, takes_people=takes_people, more=f"/series/{slug}"
    )


def _event(slug: str) -> str:
    with this_service().database.read() as session:
        event = event_by_slug(session, slug)
    _require_public(event)
    return render_template(
        "catalogue/embed_event.html", event=event, door=door_of(event, now()), more=f"/events/{slug}"
    )


def _require_public(shown: Series | Event) -> None:
    if shown.state not in PUBLIC:
        raise NotFoundError("not_public", _("This is not in our programme any more."))
