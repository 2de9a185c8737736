"""The personal calendar over HTTP: conditional, compressed, and told to nobody."""

import gzip

from flask import Blueprint, Response, request

from services.notifications.personal_calendar import personal_calendar
from services.notifications.web.parts import settings
from shared.web.app import keep_private
from shared.web.service import now, this_service

bp = Blueprint("calendars", __name__)

CONTENT_TYPE = "text/calendar; charset=utf-8"


@bp.get("/calendars/<token>.ics")
def show(token: str) -> Response:
    keep_private()
    with this_service().database.read() as session:
        calendar = personal_calendar(session, token, settings(), now(), request.args.get("lang"))
        response = Response(content_type=CONTENT_TYPE)
        zipped = request.accept_encodings["gzip"] > 0
        # A strong tag names the bytes, and those of the compressed form are others.
        response.set_etag(f"{calendar.revision}-gzip" if zipped else calendar.revision)
        response.last_modified = calendar.changed_at
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.update(("Accept-Encoding",))
        response.make_conditional(request)
        if response.status_code == 200:
            content = calendar.content()
            response.set_data(gzip.compress(content, mtime=0) if zipped else content)
            if zipped:
                response.content_encoding = "gzip"
    return response
