"""The administrators' pages about staff accounts: who may do what, passwords, locks and API tokens."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import fields
from werkzeug.wrappers import Response

from services.catalogue import accounts, second_factor
from services.catalogue.models.base import Facts
from services.catalogue.web.organise import actor
from shared.database import UnitOfWork
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.languages import text as _
from shared.staff import ROLES
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.problems import said
from shared.web.schemas import EmailAddress, Line, Schema, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("organise_accounts", __name__)

ROLE_NAMES = {
    "admin": _("Administrator"),
    "organiser": _("Organiser"),
    "needs": _("Needs"),
    "door": _("Door"),
    "auditor": _("Auditor"),
}
ROLE_MEANINGS = {
    "admin": _("may do everything, also manage accounts"),
    "organiser": _("writes and publishes events and works with registrations"),
    "needs": _("sees which support participants have asked for"),
    "door": _("checks people in"),
    "auditor": _("sees everything that organisers see and changes nothing"),
}


class NewAccount(Schema):
    name = Line(required=True)
    email = EmailAddress(required=True)
    password = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class NewToken(Schema):
    name = Line(required=True)


@bp.before_request
def _guard() -> None:
    required_staff("admin")
    keep_private()


@bp.get("/organise/accounts")
def account_list() -> str:
    with this_service().database.read() as session:
        found = accounts.all_accounts(session)
    return render_template("catalogue/organise/accounts.html", accounts=found, role_names=ROLE_NAMES)


@bp.get("/organise/accounts/new")
def new() -> str:
    return _new_page({}, {})


@bp.post("/organise/accounts/new")
def add() -> Response | tuple[str, int]:
    sent = {name: request.form.get(name, "") for name in ("name", "email", "password")}
    values = {**sent, "roles": request.form.getlist("roles")}
    try:
        account_id = _add(load(NewAccount(), values))
    except InvalidError as error:
        return _new_page({**values, "password": ""}, said(error.errors)), 422
    return redirect(_url(account_id), 303)


def _add(given: Facts) -> UUID:
    password_hash = accounts.hashed(given["password"])
    person = {name: given[name] for name in ("name", "email", "roles")}
    with _unit_of_work() as uow:
        account = accounts.add_account(uow, **person, password_hash=password_hash, actor=actor())
        uow.commit()
    return account.id


@bp.get("/organise/accounts/<uuid:account_id>")
def account(account_id: UUID) -> str:
    return _page(account_id)


@bp.post("/organise/accounts/<uuid:account_id>/roles")
def set_roles(account_id: UUID) -> Response | tuple[str, int]:
    try:
        with _unit_of_work() as uow:
            accounts.set_roles(uow, account_id, request.form.getlist("roles"), actor())
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _refused(account_id, error, "roles")
    return redirect(_url(account_id), 303)


@bp.post("/organise/accounts/<uuid:account_id>/password")
def set_password(account_id: UUID) -> Response | tuple[str, int]:
    try:
        password_hash = accounts.hashed(request.form.get("password", ""))
    except InvalidError as error:
        return _refused(account_id, error, "password")
    with _unit_of_work() as uow:
        accounts.set_password(uow, account_id, password_hash, actor())
        uow.commit()
    return redirect(_url(account_id), 303)


@bp.post("/organise/accounts/<uuid:account_id>/lock")
def lock(account_id: UUID) -> Response | tuple[str, int]:
    try:
        with _unit_of_work() as uow:
            accounts.lock(uow, account_id, actor())
            uow.commit()
    except ConflictError as error:
        return _refused(account_id, error, "")
    return redirect(_url(account_id), 303)


@bp.post("/organise/accounts/<uuid:account_id>/unlock")
def unlock(account_id: UUID) -> Response:
    with _unit_of_work() as uow:
        accounts.unlock(uow, account_id, actor())
        uow.commit()
    return redirect(_url(account_id), 303)


@bp.post("/organise/accounts/<uuid:account_id>/second-factor/remove")
def remove_second_factor(account_id: UUID) -> Response:
    with _unit_of_work() as uow:
        second_factor.remove(uow, account_id, actor())
        uow.commit()
    return redirect(_url(account_id), 303)


@bp.post("/organise/accounts/<uuid:account_id>/tokens")
def add_token(account_id: UUID) -> str | tuple[str, int]:
    """Answers with the page itself, for the token is shown this once and stands in no address."""
    try:
        name = load(NewToken(), {"name": request.form.get("token_name", "")})["name"]
        with _unit_of_work() as uow:
            token = accounts.add_token(uow, account_id, name, request.form.getlist("scopes"), actor())
            uow.commit()
    except InvalidError as error:
        names = {"name": "token_name", "roles": "scopes"}
        return _page(account_id, {names[field]: messages for field, messages in said(error.errors).items()}), 422
    return _page(account_id, token=token)


@bp.post("/organise/accounts/<uuid:account_id>/tokens/<uuid:token_id>/revoke")
def revoke_token(account_id: UUID, token_id: UUID) -> Response:
    with _unit_of_work() as uow:
        accounts.revoke_token(uow, account_id, token_id, actor())
        uow.commit()
    return redirect(_url(account_id), 303)


def _refused(account_id: UUID, error: ReiheError, field: str) -> tuple[str, int]:
    return _page(account_id, said(error.errors or {field: [error.text]})), error.status


def _page(account_id: UUID, errors: dict[str, list[str]] | None = None, token: str = "") -> str:
    with this_service().database.read() as session:
        found = accounts.find_account(session, account_id)
        has_second_factor = second_factor.is_set(session, account_id)
    return render_template(
        "catalogue/organise/account.html",
        account=found,
        has_second_factor=has_second_factor,
        roles=_role_options(),
        errors=errors or {},
        token=token,
    )


def _new_page(values: dict[str, object], errors: dict[str, list[str]]) -> str:
    return render_template("catalogue/organise/new_account.html", values=values, errors=errors, roles=_role_options())


def _role_options() -> list[tuple[str, str, str]]:
    return [(role, say(ROLE_NAMES[role]), say(ROLE_MEANINGS[role])) for role in ROLES]


def _unit_of_work() -> UnitOfWork:
    return this_service().database.unit_of_work(now())


def _url(account_id: UUID) -> str:
    return url_for("organise_accounts.account", account_id=account_id)
