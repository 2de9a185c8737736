"""Correcting the address on the page after sending the form, in the same browser."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.addresses import correct_address, may_correct_address
from services.registration.events import event_with_slug
from services.registration.models import Event, Registration
from services.registration.web.cookie import no_registration_here, own_registration, remember
from services.registration.web.schemas import AddressSchema
from services.registration.web.senders import limit_registrations
from shared.errors import ConflictError, InvalidError, ReiheError, TooManyError
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

bp = Blueprint("address", __name__, url_prefix="/register/events/<slug>/address")


@bp.get("")
def form(slug: str) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        event, registration = _own(session, slug)
    if registration is None:
        return no_registration_here(event)
    if not may_correct_address(registration, event, now()):
        return redirect(url_for("register.done", slug=slug), 303)
    return _form(event, registration.email)


@bp.post("")
def correct(slug: str) -> ResponseReturnValue:
    keep_private()
    typed = request.form.get("email", "")
    with this_service().database.read() as session:
        event, registration = _own(session, slug)
    if registration is None:
        return no_registration_here(event)
    try:
        return _correct(event, registration, load(AddressSchema(), {"email": typed})["email"])
    except (InvalidError, TooManyError, ConflictError) as error:
        return _form(event, typed, error)


def _own(session: Session, slug: str) -> tuple[Event, Registration | None]:
    """The event, and what this browser registered for it."""
    event = event_with_slug(session, slug)
    return event, own_registration(session, event)


def _correct(event: Event, registration: Registration, email: str) -> ResponseReturnValue:
    limit_registrations(email)
    with this_service().database.unit_of_work(now()) as uow:
        is_corrected = correct_address(uow, registration.id, email)
        uow.commit()
    if not is_corrected:
        return render_template("registration/already.html", event=event, email=email), 409
    with this_service().database.read() as session:
        corrected = session.get_one(Registration, registration.id)
    return remember(redirect(url_for("register.done", slug=event.slug, corrected=1), 303), event, corrected)


def _form(event: Event, email: str, error: ReiheError | None = None) -> ResponseReturnValue:
    keep_private()
    errors = said(error.errors or {"": [error.text]}) if error else {}
    page = render_template("registration/correct_address.html", event=event, email=email, errors=errors)
    return page, error.status if error else 200
