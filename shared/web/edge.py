"""The edge of an application: what every answer has, whatever made it. A request id, the headers that protect people,
and its place among the numbers.

Plain WSGI, for this is done for each request, and costs a fraction of what it would as hooks of the application.
"""

import re
import time
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from prometheus_client import Counter, Histogram

from shared.logs import request_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUESTS = Counter("reihe_requests_total", "HTTP requests", ["service", "endpoint", "status"])
SECONDS = Histogram("reihe_request_seconds", "Time to answer", ["service", "endpoint"])

PRIVATE = "reihe.private"
"""Set in the environment of a request whose answer nobody may keep (:func:`shared.web.app.keep_private`)."""
ENDPOINT = "reihe.endpoint"
"""The name of the route, for the numbers, where it was not Flask that answered."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_DEFAULTS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "private, no-cache"),
)
"""Of every answer that does not say otherwise."""
_PRIVATE_DEFAULTS = tuple(({**dict(_DEFAULTS), "Cache-Control": "no-store"}).items())
_BY_LOWER_CASE = {name: name.lower() for name, _value in _DEFAULTS}

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

Headers = list[tuple[str, str]]


class Edge:
    """Around the application of one service."""

    def __init__(self, app: "WSGIApplication", service: str) -> None:
        self._app = app
        self._service = service

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began = time.perf_counter()
        request_id.set(_followed(environ.get("HTTP_X_REQUEST_ID", "")))

        def answer(status: str, headers: Headers, *error: Any) -> Any:
            endpoint = _endpoint(environ)
            _requests(self._service, endpoint, status[:3]).inc()
            _seconds(self._service, endpoint).observe(time.perf_counter() - began)
            return start_response(status, _completed(headers, private=PRIVATE in environ), *error)

        return self._app(environ, answer)


def _followed(sent: str) -> str:
    """The id that whoever stands before us gave the request, else a new one."""
    return sent if sent and _REQUEST_ID.fullmatch(sent) else uuid4().hex


def _completed(headers: Headers, *, private: bool) -> Headers:
    present = {name.lower() for name, _value in headers}
    if private:
        # The page's address tells who somebody is: no page that is linked from it hears of it.
        # And a file is kept no more than a page: Flask says of files that a browser may keep them if it asks again.
        headers = [header for header in headers if not _is_too_lenient(*header)]
        headers.append(("Referrer-Policy", "no-referrer"))
        present = {name.lower() for name, _value in headers}
    defaults = _PRIVATE_DEFAULTS if private else _DEFAULTS
    missing = [header for header in defaults if _BY_LOWER_CASE[header[0]] not in present]
    return [*headers, *missing, ("X-Request-Id", request_id.get())]


def _is_too_lenient(name: str, value: str) -> bool:
    return name.lower() == "referrer-policy" or (name.lower(), value) == ("cache-control", "no-cache")


def _endpoint(environ: "WSGIEnvironment") -> str:
    named: str | None = environ.get(ENDPOINT)
    request = environ.get("werkzeug.request")  # werkzeug's own place for it
    return named or getattr(request, "endpoint", None) or "none"


@cache
def _requests(service: str, endpoint: str, status: str) -> Counter:
    return REQUESTS.labels(service, endpoint, status)


@cache
def _seconds(service: str, endpoint: str) -> Histogram:
    return SECONDS.labels(service, endpoint)
