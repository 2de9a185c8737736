"""A person gives their seat to a colleague, on their page."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration import my
from services.registration.refusals import already_registered
from services.registration.transfers import Successor
from services.registration.web.my import Entry, entries_of, entry_of, owner, unknown_link
from services.registration.web.schemas import TransferSchema
from services.registration.web.senders import limit_registrations
from shared.errors import ConflictError, InvalidError, NotFoundError, ReiheError, TooManyError
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

FIELDS = ("first_name", "last_name", "email", "organisation", "organisation_id", "locale")

bp = Blueprint("my_transfer", __name__, url_prefix="/my/<token>/registrations/<uuid:registration_id>/transfer")
bp.register_error_handler(NotFoundError, unknown_link)


@bp.get("")
def form(token: str, registration_id: UUID) -> ResponseReturnValue:
    keep_private()
    entry = _entry(token, registration_id)
    if not entry.may_transfer:
        return redirect(url_for("my.page", token=token), 303)
    return _form(token, entry, {name: getattr(entry, name) for name in ("organisation", "organisation_id", "locale")})


@bp.post("")
def send(token: str, registration_id: UUID) -> ResponseReturnValue:
    keep_private()
    sent = {name: request.form.get(name, "") for name in FIELDS}
    try:
        successor = Successor(**load(TransferSchema(), sent))
        give(token, registration_id, successor)
    except (InvalidError, ConflictError, TooManyError) as error:
        return _form(token, _entry(token, registration_id), sent, error)
    return redirect(url_for("my.page", token=token, given=registration_id), 303)


def give(token: str, registration_id: UUID, successor: Successor) -> None:
    """Hand the seat over; raises what :func:`services.registration.transfers.transfer` says."""
    limit_registrations(successor.email)
    with this_service().database.unit_of_work(now()) as uow:
        given = my.transfer_own(uow, owner(uow.session, token), registration_id, successor)
        uow.commit()
    if given is None:
        raise already_registered()


def _entry(token: str, registration_id: UUID) -> Entry:
    with this_service().database.read() as session:
        return entry_of(entries_of(session, owner(session, token)), registration_id)


def _form(token: str, entry: Entry, values: dict[str, Any], error: ReiheError | None = None) -> ResponseReturnValue:
    errors = said(error.errors or {"": [error.text]}) if error else {}
    page = render_template("registration/my_transfer.html", token=token, entry=entry, values=values, errors=errors)
    return page, error.status if error else 200
