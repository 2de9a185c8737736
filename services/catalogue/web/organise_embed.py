"""For organisers: what they copy into the association's own site, and how it will look there."""

from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request
from markupsafe import Markup

from services.catalogue.listing import all_series, published_events
from services.catalogue.models import Event, Series
from services.catalogue.web.organise import guard, settings
from services.catalogue.web.queries import asked_selection
from services.catalogue.web.selections import Choices
from shared.languages import NAMES, Text, localised
from shared.languages import text as _
from shared.web import language
from shared.web.edge import CONTENT_SECURITY_POLICY
from shared.web.service import now, this_service

bp = Blueprint("organise_embed", __name__)
bp.before_request(guard)

HEIGHT = 600
"""Pixels, where the script that fits the height does not run."""

_FRAME = Markup(
    '<iframe data-reihe src="{}" title="{}" width="100%" height="{}" loading="lazy" style="border: 0"></iframe>\n'
    '<script src="{}/embed.js" async></script>'
)


@bp.get("/organise/embed")
def snippet() -> Response:
    selection, shown_language = asked_selection(), _shown_language()
    with this_service().database.read() as session:
        series, events = all_series(session), published_events(session, now())
    options = _options([one for one in series if one.state == "published"], events)
    what = next((value for value, _name in options if value == request.args.get("what")), "")
    path = _path(what, selection.query, shown_language)
    page = render_template(
        "catalogue/organise/embed.html",
        chosen={"what": what, "show_in": shown_language, "selection": selection},
        options=options,
        choices=Choices.among(events, selection),
        languages_shown=[(code, NAMES.get(code, code)) for code in settings().locales],
        path=path,
        height=HEIGHT,
        snippet=_snippet(path),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


def _options(series: list[Series], events: list[Event]) -> list[tuple[str, str]]:
    """What can be shown, as the query of /embed, and its name."""
    locale = language.locale()
    named: list[tuple[str, Text]] = [("", _("All coming events, or a part of them"))]
    named += [(f"series={one.slug}", _("Series: %(title)s", title=localised(one.title, locale))) for one in series]
    named += [(f"event={one.slug}", _("Event: %(title)s", title=localised(one.title, locale))) for one in events]
    return [(value, language.say(name)) for value, name in named]


def _shown_language() -> str:
    wanted = request.args.get("show_in", "")
    return wanted if wanted in settings().locales else language.locale()


def _path(what: str, selection: str, shown_language: str) -> str:
    query = f"?{what}" if what else selection
    return f"/embed{query}{'&' if query else '?'}{urlencode({'lang': shown_language})}"


def _snippet(path: str) -> str:
    """HTML as text; the title is what a screen reader says of the frame."""
    base_url, title = settings().base_url, _("Programme of %(organiser)s", organiser=settings().organiser)
    return str(_FRAME.format(base_url + path, language.say(title), HEIGHT, base_url))
