"""What every member of staff finds about their own account: password, second factor, where they are signed in."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from services.catalogue import accounts, second_factor, sign_ins
from services.catalogue.rules import refuse
from services.catalogue.web.organise import actor, settings, signed_in, vault
from shared.database import UnitOfWork
from shared.errors import InvalidError
from shared.languages import text as _
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.qr import qr_picture
from shared.web.service import now, this_service
from shared.web.sign_in import cookie_sign_in, required_staff

bp = Blueprint("own_account", __name__)

PAGE = "/organise/account"
NOT_YOUR_PASSWORD = _("This is not your present password.")


@bp.before_request
def _guard() -> None:
    required_staff()
    keep_private()


@bp.get(PAGE)
def account() -> str:
    return _page()


@bp.post(f"{PAGE}/password")
def set_password() -> AnyResponse | tuple[str, int]:
    try:
        _check_present_password()
        password_hash = accounts.hashed(request.form.get("password", ""))
    except InvalidError as error:
        return _page(said(error.errors)), 422
    with _unit_of_work() as uow:
        accounts.set_password(uow, _own(), password_hash, actor(), stay=cookie_sign_in())
        uow.commit()
    return _done("password")


@bp.post(f"{PAGE}/sign-ins/<uuid:sign_in_id>/end")
def end_sign_in(sign_in_id: UUID) -> AnyResponse:
    with _unit_of_work() as uow:
        sign_ins.end(uow, _own(), sign_in_id, actor())
        uow.commit()
    return _done("ended")


@bp.get(f"{PAGE}/second-factor")
def ask_for_second_factor() -> AnyResponse | str:
    with this_service().database.read() as session:
        if second_factor.is_set(session, _own()):
            return redirect(PAGE, 303)
    return _set_up_page()


@bp.get(f"{PAGE}/second-factor.svg")
def second_factor_picture() -> Response:
    """The QR code for the account's device, until it is confirmed."""
    staff = signed_in()
    return qr_picture(second_factor.address_of(_proposed(), staff.email, settings().name))


@bp.post(f"{PAGE}/second-factor")
def set_second_factor() -> str | tuple[str, int]:
    """Answers with the page itself, for the recovery codes are shown this once and stand in no address."""
    try:
        _check_present_password()
        with _unit_of_work() as uow:
            code = request.form.get("code", "")
            codes = second_factor.confirm(uow, _own(), code, vault(), actor(), cookie_sign_in())
            uow.commit()
    except InvalidError as error:
        return _set_up_page(said(error.errors)), 422
    return _codes_page(codes)


@bp.post(f"{PAGE}/second-factor/codes")
def renew_recovery_codes() -> str:
    with _unit_of_work() as uow:
        codes = second_factor.renew_recovery_codes(uow, _own(), actor())
        uow.commit()
    return _codes_page(codes)


@bp.post(f"{PAGE}/second-factor/remove")
def remove_second_factor() -> AnyResponse | tuple[str, int]:
    try:
        _check_present_password("password_for_removal")
    except InvalidError as error:
        return _page(said(error.errors)), 422
    with _unit_of_work() as uow:
        second_factor.remove(uow, _own(), actor())
        uow.commit()
    return _done("removed")


def _own() -> UUID:
    return signed_in().account_id


def _unit_of_work() -> UnitOfWork:
    return this_service().database.unit_of_work(now())


def _done(what: str) -> AnyResponse:
    return redirect(f"{PAGE}?done={what}", 303)


def _check_present_password(field: str = "present_password") -> None:
    """So that a browser left open is not enough to take an account over. Counts as an attempt to sign in.

    Raises :class:`InvalidError`, or :class:`TooManyError` after too many attempts.
    """
    service = this_service()
    given = request.form.get(field, "")
    if not sign_ins.knows_password(service.database, now(), _own(), given, limited=service.settings.rate_limits):
        refuse([(field, NOT_YOUR_PASSWORD)])


def _proposed() -> str:
    with _unit_of_work() as uow:
        secret = second_factor.propose(uow, _own(), vault())
        uow.commit()
    return secret


def _page(errors: dict[str, list[str]] | None = None) -> str:
    with this_service().database.read() as session:
        found = {
            "account": accounts.find_account(session, _own()),
            "sign_ins": sign_ins.sign_ins_of(session, _own(), now()),
            "has_second_factor": second_factor.is_set(session, _own()),
            "recovery_codes_left": second_factor.recovery_codes_left(session, _own()),
        }
    return render_template(
        "catalogue/organise/own_account.html", **found, errors=errors or {}, this_sign_in=cookie_sign_in()
    )


def _set_up_page(errors: dict[str, list[str]] | None = None) -> str:
    return render_template("catalogue/organise/second_factor.html", secret=_proposed(), errors=errors or {})


def _codes_page(codes: list[str]) -> str:
    return render_template("catalogue/organise/recovery_codes.html", codes=codes)
