"""The cookie of the browser that sent a form: it shows that registration, or its enrolment, for a day."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.addresses import CORRECTABLE_FOR
from services.registration.links import browser_token, registration_behind
from services.registration.models import Enrolment, Event, Registration
from services.registration.series import Series
from services.registration.web.settings import link_keys
from shared.web.cookies import set_cookie

COOKIE = "reihe_registration"


def own_registration(session: Session, event: Event) -> Registration | None:
    """What this browser registered at the event."""
    registration = _registration_here(session)
    return registration if registration and registration.event_id == event.id else None


def own_enrolment(session: Session, series: Series) -> tuple[Enrolment, Registration] | None:
    """What this browser registered for the series, and one registration of it."""
    registration = _registration_here(session)
    enrolment = (
        session.get(Enrolment, registration.enrolment_id) if registration and registration.enrolment_id else None
    )
    return (enrolment, registration) if registration and enrolment and enrolment.series_id == series.id else None


def _registration_here(session: Session) -> Registration | None:
    return registration_behind(session, link_keys(), request.cookies.get(COOKIE, ""))


def no_registration_here(event: Event) -> ResponseReturnValue:
    """The page for a browser that sent nothing, or long ago."""
    back_url = f"/events/{event.slug}"
    return render_template("registration/no_registration_here.html", title=event.title, back_url=back_url), 404


def no_enrolment_here(series: Series) -> ResponseReturnValue:
    """The same for a series."""
    back_url = f"/series/{series.slug}"
    return render_template("registration/no_registration_here.html", title=series.title, back_url=back_url), 404


def remember(response: Response, event: Event, registration: Registration) -> Response:
    """Let the browser see this registration from now on."""
    return _remember(response, registration, url_for("register.form", slug=event.slug))


def remember_enrolment(response: Response, series: Series, registration: Registration) -> Response:
    """Let the browser see the enrolment of this registration from now on."""
    return _remember(response, registration, url_for("register_series.form", slug=series.slug))


def _remember(response: Response, registration: Registration, path: str) -> Response:
    set_cookie(response, COOKIE, browser_token(link_keys(), registration), lasts=CORRECTABLE_FOR, path=path)
    return response
