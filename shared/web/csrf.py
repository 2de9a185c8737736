"""CSRF: a signed double-submit cookie. The JSON APIs need none, for they never look at cookies."""

import hmac
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from markupsafe import Markup

from shared.errors import ForbiddenError
from shared.languages import text as _
from shared.web.cookies import set_cookie, signed, verified

COOKIE = "reihe_csrf"
FIELD = "csrf_token"
View = TypeVar("View", bound=Callable[..., Any])
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def token() -> str:
    """This browser's token; the response will set the cookie if it is new."""
    if "csrf" not in g:
        existing = request.cookies.get(COOKIE)
        g.csrf = existing if verified(COOKIE, existing) else signed(COOKIE, secrets.token_urlsafe(16))
    return str(g.csrf)


def field() -> Markup:
    """The hidden input that every POST form holds."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token())


def needs_none(view: View) -> View:
    """Marks a view that may be posted to from anywhere: its address proves who may, and cookies mean nothing to it."""
    _WITHOUT.add(view)
    return view


_WITHOUT: set[Callable[..., Any]] = set()


def protect(app: Flask) -> None:
    app.before_request(_check)
    app.after_request(_set)


def _check() -> None:
    if request.method in _SAFE or request.path.startswith("/api/"):
        return
    if request.routing_exception is not None:
        return  # no view will run; the answer is that there is none
    if current_app.view_functions[request.endpoint or ""] in _WITHOUT:
        return
    cookie = request.cookies.get(COOKIE, "")
    sent = request.form.get(FIELD) or request.headers.get("X-CSRF-Token", "")
    if not verified(COOKIE, cookie) or not hmac.compare_digest(cookie.encode(), sent.encode()):
        raise ForbiddenError(
            "csrf",
            _("The form was open for too long or came from elsewhere. Please load the page again and resend it."),
        )


def _set(response: Response) -> Response:
    if "csrf" in g and request.cookies.get(COOKIE) != g.csrf:
        set_cookie(response, COOKIE, g.csrf)
    return response
