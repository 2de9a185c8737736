"""Correcting the address on the page after sending the form, in the same browser."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.addresses import correct_address, may_correct_address
from services.registration.events import event_with_slug
from services.registration.models import Event, Registration
from services.registration.web.cookie import no_registration_here, own_registration, remember
from services.registration.web.registering import already_page, registered_now, sentences_of
from services.registration.web.schemas import AddressSchema
from services.registration.web.senders import limit_registrations
from shared.errors import ConflictError, InvalidError, ReiheError, TooManyError
from shared.web.app import keep_private
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
    """The event, and whom this browser registered for it alone."""
    event = event_with_slug(session, slug)
    registration = own_registration(session, event)
    # The addresses of a group are corrected on a page of their own.
    return event, registration if registration and not registration.party_id else None


def _correct(event: Event, registration: Registration, email: str) -> ResponseReturnValue:
    limit_registrations(email)
    with this_service().database.unit_of_work(now()) as uow:
        is_corrected = correct_address(uow, registration.id, email)
        uow.commit()
    if not is_corrected:
        return already_page(event, email)
    done = redirect(url_for("register.done", slug=event.slug, corrected=1), 303)
    return remember(done, event, registered_now(registration.id))


def _form(event: Event, email: str, error: ReiheError | None = None) -> ResponseReturnValue:
    keep_private()
    page = render_template(
        "registration/correct_address.html",
        title=event.title,
        action=url_for(".correct", slug=event.slug),
        back_url=url_for("register.done", slug=event.slug),
        email=email,
        errors=sentences_of(error),
    )
    return page, error.status if error else 200
