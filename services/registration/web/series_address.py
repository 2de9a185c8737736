"""Correcting the address on the page after registering for a series, in the same browser."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.addresses import correct_address_of_enrolment, may_correct_enrolment
from services.registration.models import Enrolment, Registration
from services.registration.series import Series, series_with_slug
from services.registration.web.cookie import no_enrolment_here, own_enrolment, remember_enrolment
from services.registration.web.registering import already_for_series, registered_now, sentences_of
from services.registration.web.schemas import AddressSchema
from services.registration.web.senders import limit_registrations
from shared.errors import ConflictError, InvalidError, ReiheError, TooManyError
from shared.web.app import keep_private
from shared.web.schemas import load
from shared.web.service import now, this_service

bp = Blueprint("series_address", __name__, url_prefix="/register/series/<slug>/address")


@bp.get("")
def form(slug: str) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        series, own = _own(session, slug)
        is_correctable = own is not None and may_correct_enrolment(session, own[0], now())
    if own is None:
        return no_enrolment_here(series)
    if not is_correctable:
        return redirect(url_for("register_series.done", slug=slug), 303)
    return _form(series, own[0].person.email)


@bp.post("")
def correct(slug: str) -> ResponseReturnValue:
    keep_private()
    typed = request.form.get("email", "")
    with this_service().database.read() as session:
        series, own = _own(session, slug)
    if own is None:
        return no_enrolment_here(series)
    try:
        return _correct(series, own, load(AddressSchema(), {"email": typed})["email"])
    except (InvalidError, TooManyError, ConflictError) as error:
        return _form(series, typed, error)


def _own(session: Session, slug: str) -> tuple[Series, tuple[Enrolment, Registration] | None]:
    """The series, and what this browser registered for it."""
    series = series_with_slug(session, slug)
    return series, own_enrolment(session, series)


def _correct(series: Series, own: tuple[Enrolment, Registration], email: str) -> ResponseReturnValue:
    enrolment, registration = own
    limit_registrations(email)
    with this_service().database.unit_of_work(now()) as uow:
        is_corrected = correct_address_of_enrolment(uow, enrolment.id, email)
        uow.commit()
    if not is_corrected:
        return already_for_series(series, email)
    done = redirect(url_for("register_series.done", slug=series.slug, corrected=1), 303)
    return remember_enrolment(done, series, registered_now(registration.id))


def _form(series: Series, email: str, error: ReiheError | None = None) -> ResponseReturnValue:
    page = render_template(
        "registration/correct_address.html",
        title=series.title,
        action=url_for(".correct", slug=series.slug),
        back_url=url_for("register_series.done", slug=series.slug),
        email=email,
        errors=sentences_of(error),
    )
    return page, error.status if error else 200
