"""The administrators' list of those who process data on the organiser's behalf."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.models import PROCESSOR_NAME_LENGTH, Processor
from services.registration.privacy.notices import keep_notices
from services.registration.privacy.processors import (
    Entered,
    add_processor,
    all_processors,
    change_processor,
    delete_processor,
    processor_of,
)
from services.registration.web.organise_room import guard
from services.registration.web.settings import settings
from shared.database import UnitOfWork
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.schemas import Line, Paragraphs, Schema, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("processors", __name__, url_prefix="/organise/privacy/processors")
bp.before_request(keep_private)
bp.before_request(guard(readers=("auditor",), writers=("admin",)))

FIELDS = ("name", "task", "place")


class ProcessorSchema(Schema):
    name = Line(required=True, longest=PROCESSOR_NAME_LENGTH)
    task = Paragraphs(required=True, longest=1_000)
    place = Line(required=True, longest=PROCESSOR_NAME_LENGTH)


@bp.get("")
def everyone() -> str:
    with this_service().database.read() as session:
        return render_template("registration/processors.html", processors=all_processors(session))


@bp.get("/new")
def new() -> str:
    required_staff("admin")
    return _form({}, None)


@bp.post("/new")
def add() -> ResponseReturnValue:
    return _carry_out(lambda uow: add_processor(uow, _entered(), _account()), None)


@bp.get("/<uuid:processor_id>")
def one(processor_id: UUID) -> str:
    required_staff("admin")
    found = _found(processor_id)
    return _form({"name": found.name, "task": found.task, "place": found.place}, found)


@bp.post("/<uuid:processor_id>")
def change(processor_id: UUID) -> ResponseReturnValue:
    return _carry_out(lambda uow: change_processor(uow, processor_id, _entered(), _account()), _found(processor_id))


@bp.post("/<uuid:processor_id>/delete")
def delete(processor_id: UUID) -> ResponseReturnValue:
    return _carry_out(lambda uow: delete_processor(uow, processor_id, _account()), None)


def _carry_out(act: Callable[[UnitOfWork], Any], processor: Processor | None) -> ResponseReturnValue:
    """Do it, and let the notices of all events that lie ahead say so."""
    try:
        with this_service().database.unit_of_work(now()) as uow:
            act(uow)
            uow.session.flush()
            keep_notices(uow, settings())
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _form({name: request.form.get(name, "") for name in FIELDS}, processor, error), error.status
    return redirect(url_for(".everyone"), 303)


def _found(processor_id: UUID) -> Processor:
    with this_service().database.read() as session:
        return processor_of(session, processor_id)


def _entered() -> Entered:
    return Entered(**load(ProcessorSchema, {name: request.form.get(name, "") for name in FIELDS}))


def _form(values: dict[str, Any], processor: Processor | None, error: ReiheError | None = None) -> str:
    errors = said(error.errors or {"": [error.text]}) if error else {}
    return render_template("registration/processor.html", values=values, processor=processor, errors=errors)


def _account() -> UUID:
    return required_staff().account_id
