"""Who is asking: the staff cookie that catalogue writes, or an API token; and what a route requires of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from flask import g, redirect, request
from werkzeug.wrappers import Response

from shared.errors import BusyError, ForbiddenError, NotSignedInError
from shared.languages import text as _
from shared.staff import Staff, token_digest
from shared.web.cookies import epoch_seconds, set_cookie, signed, verified
from shared.web.service import now, this_service

COOKIE = "reihe_staff"
LASTS = timedelta(minutes=10)
RENEWED = "reihe_renewed"
"""Marks a browser that catalogue has just sent back, so that no service sends it there again at once."""
RENEWED_LASTS = timedelta(seconds=10)

View = TypeVar("View", bound=Callable[..., Any])


def write_cookie(response: Response, staff: Staff, sign_in_id: UUID, moment: datetime) -> None:
    """Only catalogue calls this."""
    value = {
        "id": str(staff.account_id),
        "sign_in": str(sign_in_id),
        "epoch": staff.epoch,
        "until": epoch_seconds(moment + LASTS),
    }
    set_cookie(response, COOKIE, signed(COOKIE, value), lasts=LASTS)


def mark_as_renewed(response: Response) -> None:
    """Only catalogue calls this, with a new staff cookie."""
    set_cookie(response, RENEWED, "1", lasts=RENEWED_LASTS)


def clear_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE)


def cookie_staff() -> Staff | None:
    """Whom the browser's cookie names, if it still holds."""
    if "cookie_staff" not in g:
        g.cookie_staff = _read_cookie()
    found: Staff | None = g.cookie_staff
    return found


def cookie_sign_in() -> UUID | None:
    """By which sign-in the browser got its cookie."""
    value = _valid_value()
    return UUID(value["sign_in"]) if value else None


def _read_cookie() -> Staff | None:
    value = _valid_value()
    if value is None:
        return None
    staff = this_service().staff.by_id(UUID(value["id"]))
    return staff if staff and staff.epoch == value["epoch"] else None


def _valid_value() -> Any:
    """What the cookie holds; None if there is none, or it is not ours, or its time is up."""
    value = verified(COOKIE, request.cookies.get(COOKIE))
    return value if value and value["until"] >= epoch_seconds(now()) else None


def token_staff() -> Staff | None:
    """Who holds the API token of this request; raises NotSignedInError for one that is not valid."""
    if "token_staff" not in g:
        g.token_staff = _read_token()
    found: Staff | None = g.token_staff
    return found


def _read_token() -> Staff | None:
    authorization = request.authorization
    if authorization is None and "Authorization" not in request.headers:
        return None
    if authorization is not None and authorization.type == "bearer" and authorization.token:
        staff = this_service().staff.by_token_digest(token_digest(authorization.token))
        if staff is not None:
            return staff
    raise NotSignedInError("token_invalid", _("The API token is not valid."))


def current_staff() -> Staff | None:
    """Whoever is signed in: by cookie on pages, by token in the API. The API never looks at cookies."""
    return token_staff() if request.path.startswith("/api/") else cookie_staff()


def required_staff(*roles: str) -> Staff:
    """The signed-in member of staff; raises if there is none, or none with one of the roles."""
    staff = current_staff()
    if staff is None:
        raise NotSignedInError("sign_in_required", _("Please sign in."))
    if roles and not staff.may(*roles):
        raise ForbiddenError("role_required", _("Your account may not do this."))
    return staff


def requires(*roles: str) -> Callable[[View], View]:
    """Decorate a view: only for staff with one of these roles (``admin`` may everything)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            required_staff(*roles)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


def to_sign_in() -> Response:
    """Send the browser to catalogue, which renews the cookie or asks for the password, and comes back.

    307 keeps method and body, so that a form sent a minute too late is not lost. Whoever comes back with a cookie that
    names nobody has an account of which no message has arrived here yet; raises :class:`BusyError` for them.
    """
    if RENEWED in request.cookies and _valid_value() is not None:
        raise BusyError("account_not_known_yet", _("Your account is not known here yet. Please try again in a moment."))
    target = request.full_path.rstrip("?")
    return redirect(f"/login/renew?next={quote(target, safe='')}", 307)
