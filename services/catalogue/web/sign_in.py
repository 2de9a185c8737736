"""Signing in and out, and the renewal of the short cookie that all services check.

The longer cookie, with which a browser proves that it signed in, is sent to ``/login`` and ``/logout`` alone.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from services.catalogue import sign_ins
from services.catalogue.devices import device_name
from services.catalogue.sign_ins import CodeNeeded, SignedIn
from services.catalogue.web.organise import vault
from shared.errors import TooManyError
from shared.languages import Text
from shared.languages import text as _
from shared.text import has_control_characters
from shared.web.app import keep_private
from shared.web.cookies import epoch_seconds, set_cookie, signed, verified
from shared.web.problems import said
from shared.web.service import now, this_service
from shared.web.sign_in import clear_cookie, cookie_staff, mark_as_renewed, write_cookie

bp = Blueprint("sign_in", __name__)
bp.before_request(keep_private)

LONGER_COOKIE = "reihe_sign_in"
SEEN_BY = ("/login", "/logout")
HOME = "/organise"
SECOND_STEP = "/login/code"
SECOND_STEP_COOKIE = "reihe_second_step"
SECOND_STEP_LASTS = timedelta(minutes=10)
CODE_DOES_NOT_FIT = _("This code does not fit. Please type the one that your device shows now.")
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
        found = sign_ins.sign_in(
            service.database, now(), email, password, device=_device(), limited=service.settings.rate_limits
        )
    except TooManyError as error:
        return _refused(next_path, email, error.text, error.status)
    if found is None:
        return _refused(next_path, email, DO_NOT_FIT, 422)
    if isinstance(found, CodeNeeded):
        return _to_second_step(found, next_path)
    return _signed_in(found, next_path)


@bp.get("/login/code")
def ask_for_code() -> Response | str:
    step = _second_step()
    return _code_page() if step else redirect("/login", 303)


@bp.post("/login/code")
def sign_in_with_code() -> Response | tuple[str, int]:
    step = _second_step()
    if step is None:
        return redirect("/login", 303)
    needed, next_path = step
    service = this_service()
    try:
        found = sign_ins.sign_in_with_code(
            service.database,
            now(),
            needed,
            request.form.get("code", ""),
            vault(),
            device=_device(),
            limited=service.settings.rate_limits,
        )
    except TooManyError as error:
        return _code_page([error.text]), error.status
    if found is None:
        return _code_page([CODE_DOES_NOT_FIT]), 422
    answer = _signed_in(found, next_path)
    answer.delete_cookie(SECOND_STEP_COOKIE, path=SECOND_STEP)
    return answer


@bp.route("/login/renew", methods=["GET", "POST"])
def renew() -> Response:
    """307 keeps method and body, so that a form that was sent a minute too late is not lost."""
    next_path = local_path(request.args.get("next", ""), HOME)
    holder = _holder()
    if holder is None:
        return redirect(f"/login?next={quote(next_path, safe='')}", 303)
    answer = redirect(next_path, 307)
    write_cookie(answer, holder.staff, holder.sign_in_id, now())
    mark_as_renewed(answer)
    return answer


def _holder() -> SignedIn | None:
    token = request.cookies.get(LONGER_COOKIE, "")
    return sign_ins.renew(this_service().database, now(), token) if token else None


def _signed_in(signed_in: SignedIn, next_path: str) -> Response:
    answer = redirect(next_path, 303)
    write_cookie(answer, signed_in.staff, signed_in.sign_in_id, now())
    for path in SEEN_BY:
        set_cookie(answer, LONGER_COOKIE, signed_in.token, lasts=sign_ins.LASTS, path=path)
    return answer


def _to_second_step(needed: CodeNeeded, next_path: str) -> Response:
    """The cookie says that the password was right; without a code it opens nothing."""
    value = {
        "id": str(needed.account_id),
        "epoch": needed.epoch,
        "next": next_path,
        "until": epoch_seconds(now() + SECOND_STEP_LASTS),
    }
    answer = redirect(SECOND_STEP, 303)
    cookie = signed(SECOND_STEP_COOKIE, value)
    set_cookie(answer, SECOND_STEP_COOKIE, cookie, lasts=SECOND_STEP_LASTS, path=SECOND_STEP)
    return answer


def _second_step() -> tuple[CodeNeeded, str] | None:
    value = verified(SECOND_STEP_COOKIE, request.cookies.get(SECOND_STEP_COOKIE))
    if value is None or value["until"] < epoch_seconds(now()):
        return None
    return CodeNeeded(UUID(value["id"]), value["epoch"]), value["next"]


def _code_page(errors: Sequence[Text] = ()) -> str:
    return render_template("catalogue/second_step.html", errors=said({"code": list(errors)}) if errors else {})


def _device() -> str:
    return device_name(request.headers.get("User-Agent", ""))


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
