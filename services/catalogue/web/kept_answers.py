"""What everybody asks for at once, an event's page in a rush or a feed, is answered from memory for a second.

A layer of plain WSGI before the application. It keeps whole answers of which a view says that they may be kept
(:func:`let_keep`), by all that such an answer depends on. A write in this process makes it forget all of them; what
other processes write is seen after a second. Every answer has its own request id and is counted, as
:mod:`shared.web.edge` does it for all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import g, request
from werkzeug.http import parse_cookie

from services.catalogue.cache import Cache
from shared.clock import Clock
from shared.web import language, sign_in
from shared.web.edge import ENDPOINT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEPT_FOR = timedelta(seconds=1)
MOST_KEPT = 500
"""Answers, most of them of some 10 KB."""

_MAY_BE_KEPT = "reihe.may_be_kept"
"""In the environment of a request: the name of the route that has said so."""
_DEPENDS_ON = (
    "HTTP_HOST",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
)
"""Of a request without a member of staff; and its cookie for the language."""

Key = tuple[str | None, ...]


def let_keep() -> None:
    """Called by a view or after it: the answer is the same for all who ask the same and are not signed in.

    Unless the page holds the reader's own token against CSRF.
    """
    if "csrf" not in g:
        request.environ[_MAY_BE_KEPT] = request.endpoint


@dataclass(frozen=True, slots=True)
class _Answer:
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    endpoint: str
    until: datetime


class KeptAnswers:
    def __init__(self, app: "WSGIApplication", clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        # A new one: an answer that is on its way, and rests on what was read before the write, goes into the old one.
        self._kept: Cache[_Answer] = Cache(MOST_KEPT)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = _key(environ)
        if key is None:
            return self._app(environ, start_response)
        kept = self._kept
        answer = kept.get(key)
        if answer is None or answer.until <= self._clock():
            return self._asked(environ, start_response, kept, key)
        environ[ENDPOINT] = answer.endpoint
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _asked(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", kept: Cache[_Answer], key: Key
    ) -> Iterable[bytes]:
        until = self._clock() + KEPT_FOR
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            said.append((status, headers))
            return start_response(status, headers, *error)

        parts = self._app(environ, note)
        status, headers = said[-1]
        if _MAY_BE_KEPT not in environ or any(name == "Set-Cookie" for name, _value in headers):
            return parts
        body = b"".join(parts)
        _close(parts)
        kept.keep(key, _Answer(status, headers, body, environ[_MAY_BE_KEPT], until))
        return [body]


def _close(parts: Iterable[bytes]) -> None:
    close = getattr(parts, "close", None)
    if close is not None:
        close()


def _key(environ: "WSGIEnvironment") -> Key | None:
    """None where the answer is made for this request alone."""
    cookies = environ.get("HTTP_COOKIE", "")
    if environ["REQUEST_METHOD"] != "GET" or sign_in.COOKIE in cookies:
        return None
    chosen = parse_cookie(cookies).get(language.COOKIE) if language.COOKIE in cookies else None
    return (chosen, *map(environ.get, _DEPENDS_ON))
