"""What the forms for one event, for a party and for a series have in common."""

from typing import Any
from uuid import UUID

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.bots import check_form, form_stamp
from services.registration.events import event_with_slug, seats_of
from services.registration.models import Event, Registration, SeatCounter
from services.registration.series import Series
from shared.database import new_id
from shared.errors import BusyError, ReiheError
from shared.languages import text as _
from shared.text import normalised_email
from shared.web.problems import said
from shared.web.service import now, this_service

OWN_FIELDS = ("first_name", "last_name", "email", "organisation", "organisation_id", "locale")
"""What somebody says of themselves."""
FIELDS = (*OWN_FIELDS, "code")

NOBODY_CAN_REGISTER = ("event_cancelled", "not_open_yet", "closed", "event_full")
"""The refusals that concern everybody, and so have a page instead of the form."""


def event_and_seats(slug: str) -> tuple[Event, SeatCounter]:
    with this_service().database.read() as session:
        event = event_with_slug(session, slug)
        return event, seats_of(session, event.id)


def obstacle_to(event: Event, seats: SeatCounter) -> str:
    """Why nobody can register now, as the code of the refusal; empty if somebody can."""
    if reason := event.rule.refusal(now()):
        return reason
    return "event_full" if is_full(seats) and not event.waitlist_enabled else ""


def is_full(seats: SeatCounter) -> bool:
    return seats.confirmed >= seats.capacity


def sent_fields() -> dict[str, Any]:
    return {name: request.form.get(name, "") for name in FIELDS}


def form_key() -> str:
    """The key of this form, so that sending it twice registers once; a new one for a new form."""
    try:
        return str(UUID(request.form["idempotency_key"]))
    except (KeyError, ValueError):
        return str(new_id())


def check_sender() -> None:
    """Refuse what a program filled in."""
    stamp, honeypot = request.form.get("opened_at", ""), request.form.get("website", "")
    check_form(this_service().settings.secret_keys, stamp, honeypot, now())


def form_page(
    template: str, *, values: dict[str, Any], errors: dict[str, list[str]], error: ReiheError | None, **parts: Any
) -> ResponseReturnValue:
    """The form, and what was wrong with it. It keeps its key and the time of its first showing."""
    page = render_template(
        template,
        values=values,
        errors=errors,
        idempotency_key=form_key(),
        opened_at=_opened_at(error),
        **parts,
    )
    response = make_response(page, error.status if error else 200)
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = "2"
    return response


def sentences_of(error: ReiheError | None) -> dict[str, list[str]]:
    return said(error.errors or {"": [error.text]}) if error else {}


def _opened_at(error: ReiheError | None) -> str:
    sent = request.form.get("opened_at")
    if sent is None or (error and error.code == "form_expired"):
        return form_stamp(this_service().settings.secret_keys, now())
    return sent


def already_page(event: Event, email: str) -> ResponseReturnValue:
    """Instead of a second registration: no more than that the address is registered."""
    paths = {"register_url": f"/register/events/{event.slug}", "back_url": f"/events/{event.slug}"}
    back = _("Back to the event")
    return render_template("registration/already.html", title=event.title, email=email, back=back, **paths), 409


def already_for_series(series: Series, email: str) -> ResponseReturnValue:
    """The same for one of the events of a series."""
    paths = {"register_url": f"/register/series/{series.slug}", "back_url": f"/series/{series.slug}"}
    back = _("Back to the series")
    return render_template("registration/already.html", title=series.title, email=email, back=back, **paths), 409


def registered_now(registration_id: UUID) -> Registration:
    with this_service().database.read() as session:
        return session.get_one(Registration, registration_id)


def again(registration: Registration, sent: dict[str, Any]) -> int | None:
    """For the next page's address: somebody went back and wrote another person into a form that had been sent.

    They must not believe that both are registered.
    """
    return 1 if registration.email != normalised_email(sent["email"]) else None
