"""Signing in and out, and the renewal of the short cookie that all services check.

The longer cookie, with which a browser proves that it signed in, is sent to ``/login`` and ``/logout`` alone.
"""

import re
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from services.catalogue import sign_ins
from shared.errors import TooManyError
from shared.languages import Text
from shared.languages import text as _
from shared.staff import Staff
from shared.text import has_control_characters
from shared.web.app import keep_private
from shared.web.cookies import set_cookie
from shared.web.problems import said
from shared.web.service import now, this_service
from shared.web.sign_in import clear_cookie, cookie_staff, mark_as_renewed, write_cookie

bp = Blueprint("sign_in", __name__)
bp.before_request(keep_private)

LONGER_COOKIE = "reihe_sign_in"
SEEN_BY = ("/login", "/logout")
HOME = "/organise"
DO_NOT_FIT = _("E-mail and password do not fit together. Please check both.")

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""A path of this site. Browsers leave out tabs and line breaks and read a backslash as a slash."""


def local_path(wanted: str, otherwise: str) -> str:
    """Where to go next, if that is on this site and not elsewhere."""
    return wanted if _LOCAL.fullmatch(wanted) else otherwise


@bp.get("/login")
def ask() -> Response | str:
    next_path = local_path(request.args.get("next", ""), HOME)
    if cookie_staff() is not None:
        return redirect(next_path, 303)
    return _page(next_path)


@bp.post("/login")
def sign_in() -> Response | tuple[str, int]:
    next_path = local_path(request.form.get("next", ""), HOME)
    email, password = request.form.get("email", ""), request.form.get("password", "")
    service = this_service()
    if has_control_characters(email):
        return _refused(next_path, email, DO_NOT_FIT, 422)
    try:
        signed_in = sign_ins.sign_in(service.database, now(), email, password, limited=service.settings.rate_limits)
    except TooManyError as error:
        return _refused(next_path, email, error.text, error.status)
    if signed_in is None:
        return _refused(next_path, email, DO_NOT_FIT, 422)
    answer = redirect(next_path, 303)
    write_cookie(answer, signed_in.staff, now())
    for path in SEEN_BY:
        set_cookie(answer, LONGER_COOKIE, signed_in.token, lasts=sign_ins.LASTS, path=path)
    return answer


@bp.route("/login/renew", methods=["GET", "POST"])
def renew() -> Response:
    """307 keeps method and body, so that a form that was sent a minute too late is not lost."""
    next_path = local_path(request.args.get("next", ""), HOME)
    staff = _holder()
    if staff is None:
        return redirect(f"/login?next={quote(next_path, safe='')}", 303)
    answer = redirect(next_path, 307)
    write_cookie(answer, staff, now())
    mark_as_renewed(answer)
    return answer


def _holder() -> Staff | None:
    token = request.cookies.get(LONGER_COOKIE, "")
    return sign_ins.renew(this_service().database, now(), token) if token else None


@bp.post("/logout")
def sign_out() -> Response:
    with this_service().database.unit_of_work(now()) as uow:
        sign_ins.sign_out(uow, request.cookies.get(LONGER_COOKIE, ""))
        uow.commit()
    answer = redirect("/", 303)
    clear_cookie(answer)
    for path in SEEN_BY:
        answer.delete_cookie(LONGER_COOKIE, path=path)
    return answer


def _refused(next_path: str, email: str, reason: Text, status: int) -> tuple[str, int]:
    return _page(next_path, email, said({"": [reason]})), status


def _page(next_path: str, email: str = "", errors: dict[str, list[str]] | None = None) -> str:
    return render_template("catalogue/sign_in.html", next_path=next_path, values={"email": email}, errors=errors or {})
