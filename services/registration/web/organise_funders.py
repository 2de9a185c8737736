"""Funders' profiles: what each funder asks attendance lists to show."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from services.registration.lists.profiles import (
    COLUMNS,
    MOST_BLANK_LINES,
    Profile,
    add_profile,
    all_profiles,
    change_profile,
    delete_profile,
    profile_with_id,
    told,
)
from services.registration.models import FUNDER_LINE_LENGTH, FUNDER_NAME_LENGTH, FunderProfile
from services.registration.web.organise_room import guard
from shared.database import UnitOfWork
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.schemas import Line, Schema, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("funders", __name__, url_prefix="/organise/funders")
bp.before_request(keep_private)
bp.before_request(guard(readers=("organiser", "auditor"), writers=("admin",)))


class ProfileSchema(Schema):
    name = Line(required=True, longest=FUNDER_NAME_LENGTH)
    line = Line(blank=True, longest=FUNDER_LINE_LENGTH, load_default="")
    columns = fields.List(fields.String(validate=validate.OneOf(list(COLUMNS))), load_default=list)
    per_session = fields.Boolean(required=True, truthy={"yes"}, falsy={"no"})
    blank_lines = fields.Integer(required=True, validate=validate.Range(0, MOST_BLANK_LINES))


@bp.get("")
def everyone() -> str:
    with this_service().database.read() as session:
        return render_template("registration/funders.html", profiles=all_profiles(session), columns=COLUMNS)


@bp.get("/new")
def new() -> str:
    required_staff("admin")
    return _form(_as_sent(Profile()), None)


@bp.post("/new")
def add() -> ResponseReturnValue:
    return _carry_out(lambda uow: add_profile(uow, _entered(), _account()), None)


@bp.get("/<uuid:profile_id>")
def one(profile_id: UUID) -> str:
    required_staff("admin")
    found = _found(profile_id)
    return _form(_as_sent(told(found)), found)


@bp.post("/<uuid:profile_id>")
def change(profile_id: UUID) -> ResponseReturnValue:
    return _carry_out(lambda uow: change_profile(uow, profile_id, _entered(), _account()), _found(profile_id))


@bp.post("/<uuid:profile_id>/delete")
def delete(profile_id: UUID) -> ResponseReturnValue:
    return _carry_out(lambda uow: delete_profile(uow, profile_id, _account()), None)


def _carry_out(act: Callable[[UnitOfWork], Any], profile: FunderProfile | None) -> ResponseReturnValue:
    try:
        with this_service().database.unit_of_work(now()) as uow:
            act(uow)
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _form(_sent(), profile, error), error.status
    return redirect(url_for(".everyone"), 303)


def _found(profile_id: UUID) -> FunderProfile:
    with this_service().database.read() as session:
        return profile_with_id(session, profile_id)


def _sent() -> dict[str, Any]:
    texts = {name: request.form.get(name, "") for name in ("name", "line", "per_session", "blank_lines")}
    return {**texts, "columns": request.form.getlist("columns")}


def _entered() -> Profile:
    return Profile(**load(ProfileSchema, _sent()))


def _as_sent(profile: Profile) -> dict[str, Any]:
    """As the form's fields hold it."""
    per_session = "yes" if profile.per_session else "no"
    return {
        "name": profile.name,
        "line": profile.line,
        "columns": profile.columns,
        "per_session": per_session,
        "blank_lines": str(profile.blank_lines),
    }


def _form(values: dict[str, Any], profile: FunderProfile | None, error: ReiheError | None = None) -> str:
    errors = said(error.errors or {"": [error.text]}) if error else {}
    return render_template(
        "registration/funder.html",
        values=values,
        profile=profile,
        errors=errors,
        columns=COLUMNS,
        most_blank_lines=MOST_BLANK_LINES,
    )


def _account() -> UUID:
    return required_staff().account_id
