"""Every error has two forms: a page for people and problem+json (RFC 9457) for programs."""

import json
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, InternalServerError

from shared.database import passes
from shared.errors import BusyError, NotSignedInError, ReiheError
from shared.languages import text as _
from shared.logs import get_logger, request_id
from shared.web import sign_in
from shared.web.language import say

log = get_logger(__name__)

RETRY_AFTER_SECONDS = "2"

TITLES = {
    400: _("The request could not be read."),
    401: _("Please sign in."),
    403: _("This is not allowed."),
    404: _("This page does not exist."),
    405: _("This cannot be done here."),
    409: _("This does not fit the present state."),
    412: _("Somebody else changed this in the meantime."),
    413: _("This is too large."),
    415: _("This content type is not understood. Please send JSON."),
    422: _("Some of the input cannot be accepted."),
    428: _("The request must say which version it means (If-Match)."),
    429: _("Too many requests. Please wait a little."),
    500: _("Something went wrong on our side."),
    503: _("Please try again in a moment."),
}

_CODES = {413: "content_too_large"}
"""Where werkzeug still has a name that RFC 9110 has changed."""


def register_errors(app: Flask) -> None:
    app.register_error_handler(ReiheError, _own_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(PoolTimeoutError, _database_busy)
    app.register_error_handler(Exception, _unexpected)


def is_api() -> bool:
    return request.path.startswith("/api/")


def problem(status: int, code: str, detail: str = "", errors: dict[str, list[str]] | None = None) -> Response:
    """A problem+json answer; ``code`` is stable, ``title`` and ``detail`` are in the reader's language."""
    body: dict[str, Any] = {"type": "about:blank", "title": title(status), "status": status, "code": code}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    if request_id.get():
        body["request_id"] = request_id.get()
    response = Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")
    if status == BusyError.status:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    if status == NotSignedInError.status:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def title(status: int) -> str:
    return say(TITLES.get(status) or TITLES[500 if status >= 500 else 400])


def error_page(status: int, detail: str = "", errors: dict[str, list[str]] | None = None) -> Response:
    listed = [message for messages in (errors or {}).values() for message in messages]
    page = render_template(
        "error.html", status=status, title=title(status), text=detail, details=listed, request_id=request_id.get()
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    if status == BusyError.status:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def said(errors: Any) -> dict[str, list[str]]:
    """Field errors in the reader's language."""
    return {field: [say(message) for message in messages] for field, messages in errors.items()}


def _own_error(error: ReiheError) -> Any:
    detail, errors = say(error.text), said(error.errors)
    if is_api():
        return problem(error.status, error.code, detail, errors)
    if isinstance(error, NotSignedInError):
        return _to_sign_in()
    return error_page(error.status, detail, errors)


def _to_sign_in() -> Any:
    try:
        return sign_in.to_sign_in()
    except BusyError as error:
        return _own_error(error)


def _http_error(error: HTTPException) -> Any:
    if error.response is not None:
        return error.response
    status = error.code or 500
    code = _CODES.get(status) or error.name.lower().replace(" ", "_")
    answer = problem(status, code) if is_api() else error_page(status)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _database_busy(error: SQLAlchemyError) -> Any:
    if not passes(error):
        return _unexpected(error)
    log.warning("database_busy", error=type(getattr(error, "orig", None) or error).__name__)
    return _own_error(BusyError("busy", TITLES[BusyError.status]))


def _unexpected(error: Exception) -> Any:
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return _http_error(InternalServerError())
