"""Feeds behind a secret address, over HTTP: conditional, compressed, and kept by nobody else."""

import gzip
from collections.abc import Callable
from datetime import datetime

from flask import Response, request

from shared.web.app import keep_private


def private_feed(revision: str, changed_at: datetime | None, content: Callable[[], bytes]) -> Response:
    """``revision`` differs whenever a byte of the content may; ``content`` is asked for only if it is wanted."""
    keep_private()
    response = Response(content_type="text/calendar; charset=utf-8")
    zipped = request.accept_encodings["gzip"] > 0
    # A strong tag names the bytes, and those of the compressed form are others.
    response.set_etag(f"{revision}-gzip" if zipped else revision)
    response.last_modified = changed_at
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Accept-Encoding")
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(gzip.compress(content(), mtime=0) if zipped else content())
        if zipped:
            response.content_encoding = "gzip"
    return response
