"""The base of every service's Flask application."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import BadRequest, NotFound

from shared.logs import request_id
from shared.web import assets, csrf, language
from shared.web.operations import register_operations
from shared.web.pages import set_up_templates
from shared.web.problems import register_errors
from shared.web.service import EXTENSION, Service

MAX_BODY = 1024 * 1024
MAX_FORM_FIELDS = 2_000

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

_DEFAULT_HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
"""Of every answer that does not say otherwise."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def make_app(service: Service) -> Flask:
    """An application with layout, languages, errors, CSRF, headers, health and metrics; the service adds its routes."""
    app = Flask(f"services.{service.name}", root_path=str(service.package), static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=MAX_FORM_FIELDS,
        PREFERRED_URL_SCHEME=service.settings.base_url.split(":")[0],
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    app.extensions[EXTENSION] = service
    app.extensions[assets.EXTENSION] = assets.load_assets(service.settings.accent)
    app.before_request(_follow_request_id)
    app.before_request(_bound_body)
    app.before_request(_refuse_nul)
    app.after_request(_set_headers)
    language.remember_choice(app)
    csrf.protect(app)
    register_operations(app, service.name)
    register_errors(app)
    set_up_templates(app, service)
    app.register_blueprint(assets.bp)
    return app


View = TypeVar("View", bound=Callable[..., Any])


def takes_files(size: int) -> Callable[[View], View]:
    """Mark a view whose form may hold so many bytes of files; other requests are bounded by ``MAX_BODY``."""

    def mark(view: View) -> View:
        view.largest_body = size + MAX_BODY  # type: ignore[attr-defined]  # functions take attributes
        return view

    return mark


def _bound_body() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "largest_body", MAX_BODY)


def _follow_request_id() -> None:
    sent = request.headers.get("X-Request-Id", "")
    request_id.set(sent if _REQUEST_ID.fullmatch(sent) else uuid4().hex)


def _refuse_nul() -> None:
    """No name and no question holds a NUL, and PostgreSQL takes none as text."""
    if "\0" in request.path:
        raise NotFound
    if any("\0" in name or "\0" in value for name, value in request.args.items(multi=True)):
        raise BadRequest


def _set_headers(response: Response) -> Response:
    headers = response.headers
    private = bool(g.get("private"))
    present = {name.lower() for name, _value in headers}
    for name, value in _DEFAULT_HEADERS:
        if name.lower() not in present:
            headers.add(name, value)
    if "cache-control" not in present:
        headers.add("Cache-Control", "no-store" if private else "private, no-cache")
    headers["X-Request-Id"] = request_id.get()
    if private:
        headers["Referrer-Policy"] = "no-referrer"
    return response


def keep_private() -> None:
    """This page stands behind a token or shows people: it is cached nowhere and its address is told to nobody."""
    g.private = True
