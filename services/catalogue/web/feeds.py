"""The feeds that calendars subscribe to. Their ETag is known before anything is built (calendar-and-mail: feeds)."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from flask import Blueprint, Response, request
from werkzeug.http import http_date, is_resource_modified, parse_accept_header

from services.catalogue.calendars import Calendars, Feed
from services.catalogue.feed_stamps import FeedStamp, catalogue_stamp, event_stamp, series_stamp
from services.catalogue.web.kept_answers import let_keep
from services.catalogue.web.queries import asked_selection
from shared.database import Database
from shared.languages import language_tag
from shared.web.service import now, this_service

SHARED_CACHE_SECONDS = 10

Headers = tuple[tuple[str, str], ...]
Stamping = Callable[[Database, datetime], FeedStamp]


def make_feeds(calendars: Calendars) -> Blueprint:
    """The routes, over one cache of what was built."""
    bp = Blueprint("feeds", __name__)

    @bp.get("/calendar.ics")
    def catalogue() -> Response:
        selection = asked_selection()
        return _answer(calendars, lambda database, moment: catalogue_stamp(database, moment, selection))

    @bp.get("/series/<slug>.ics")
    def series(slug: str) -> Response:
        return _answer(calendars, lambda database, moment: series_stamp(database, slug, moment))

    @bp.get("/events/<slug>.ics")
    def event(slug: str) -> Response:
        return _answer(calendars, lambda database, moment: event_stamp(database, slug, moment))

    return bp


def _answer(calendars: Calendars, stamping: Stamping) -> Response:
    language, compressed = _language(), _takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING", ""))
    stamp = stamping(this_service().database, now())
    # Compressed bytes are other bytes, and a strong ETag says so (RFC 9110, 8.8.3.3).
    etag = calendars.etag(stamp, language) + ("-gzip" if compressed else "")
    let_keep()
    headers = _headers(etag, stamp.changed_at, language)
    if not _is_modified(etag, stamp.changed_at):
        return Response(status=304, headers=headers)
    with this_service().database.read() as session:
        feed = calendars.feed(session, stamp, language, now())
    return _whole(feed, headers, compressed=compressed)


def _language() -> str:
    """As the address says, whatever the calendar's server prefers: one address is one file."""
    locales = this_service().settings.locales
    wanted = request.args.get("lang", "") if request.query_string else ""
    return wanted if wanted in locales else locales[0]


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted)["gzip"] > 0


@lru_cache(maxsize=256)
def _headers(etag: str, changed_at: datetime | None, language: str) -> Headers:
    """The same for a whole feed and one that has not changed; put together once, for calendars ask again and again."""
    headers = [
        ("ETag", f'"{etag}"'),
        ("Vary", "Accept-Encoding"),
        ("Cache-Control", f"public, max-age=0, s-maxage={SHARED_CACHE_SECONDS}"),
        ("Content-Language", language_tag(language)),
    ]
    return (*headers, ("Last-Modified", http_date(changed_at))) if changed_at else tuple(headers)


def _is_modified(etag: str, changed_at: datetime | None) -> bool:
    """Most calendars send back the tag as it was, and it need not be taken apart."""
    if request.environ.get("HTTP_IF_NONE_MATCH") == f'"{etag}"':
        return False
    return is_resource_modified(request.environ, etag=etag, last_modified=changed_at)


def _whole(feed: Feed, headers: Headers, *, compressed: bool) -> Response:
    if compressed:
        headers = (*headers, ("Content-Encoding", "gzip"))
    content = feed.compressed if compressed else feed.content
    return Response(content, headers=headers, content_type="text/calendar; charset=utf-8")
