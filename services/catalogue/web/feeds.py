"""The feeds that calendars subscribe to. Their ETag is known before anything is built (calendar-and-mail: feeds)."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request
from werkzeug.http import is_resource_modified

from services.catalogue.calendars import Calendars, Feed
from services.catalogue.feed_stamps import FeedStamp, catalogue_stamp, event_stamp, series_stamp
from shared.database import Database
from shared.web.service import now, this_service

SHARED_CACHE_SECONDS = 10

Stamping = Callable[[Database, datetime], FeedStamp]


def make_feeds(calendars: Calendars) -> Blueprint:
    """The routes, over one cache of what was built."""
    bp = Blueprint("feeds", __name__)

    @bp.get("/calendar.ics")
    def catalogue() -> Response:
        return _answer(calendars, catalogue_stamp)

    @bp.get("/series/<slug>.ics")
    def series(slug: str) -> Response:
        return _answer(calendars, lambda database, moment: series_stamp(database, slug, moment))

    @bp.get("/events/<slug>.ics")
    def event(slug: str) -> Response:
        return _answer(calendars, lambda database, moment: event_stamp(database, slug, moment))

    return bp


def _answer(calendars: Calendars, stamping: Stamping) -> Response:
    language, compressed = _language(), request.accept_encodings["gzip"] > 0
    stamp = stamping(this_service().database, now())
    # Compressed bytes are other bytes, and a strong ETag says so (RFC 9110, 8.8.3.3).
    etag = calendars.etag(stamp, language) + ("-gzip" if compressed else "")
    if not is_resource_modified(request.environ, etag=etag, last_modified=stamp.changed_at):
        return _with_headers(Response(status=304), stamp, etag, language)
    with this_service().database.read() as session:
        feed = calendars.feed(session, stamp, language, now())
    return _with_headers(_whole(feed, compressed=compressed), stamp, etag, language)


def _language() -> str:
    """As the address says, whatever the calendar's server prefers: one address is one file."""
    locales = this_service().settings.locales
    wanted = request.args.get("lang", "")
    return wanted if wanted in locales else locales[0]


def _whole(feed: Feed, *, compressed: bool) -> Response:
    response = Response(feed.compressed if compressed else feed.content, content_type="text/calendar; charset=utf-8")
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _with_headers(response: Response, stamp: FeedStamp, etag: str, language: str) -> Response:
    response.set_etag(etag)
    response.last_modified = stamp.changed_at
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={SHARED_CACHE_SECONDS}"
    response.headers["Content-Language"] = language
    return response
