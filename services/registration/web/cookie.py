"""The cookie of the browser that sent a form: it shows that one registration, for a day."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.addresses import CORRECTABLE_FOR
from services.registration.links import browser_token, registration_behind
from services.registration.models import Event, Registration
from services.registration.web.settings import link_key
from shared.web.cookies import set_cookie

COOKIE = "reihe_registration"


def own_registration(session: Session, event: Event) -> Registration | None:
    """What this browser registered at the event."""
    registration = registration_behind(session, link_key(), request.cookies.get(COOKIE, ""))
    return registration if registration and registration.event_id == event.id else None


def no_registration_here(event: Event) -> ResponseReturnValue:
    """The page for a browser that sent nothing, or long ago."""
    return render_template("registration/no_registration_here.html", event=event), 404


def remember(response: Response, event: Event, registration: Registration) -> Response:
    """Let the browser see this registration from now on."""
    own_path = url_for("register.form", slug=event.slug)
    set_cookie(response, COOKIE, browser_token(link_key(), registration), lasts=CORRECTABLE_FOR, path=own_path)
    return response
