"""The registration form, and what the browser that sent it sees afterwards."""

from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.addresses import may_correct_address
from services.registration.answers import check_answers
from services.registration.booking import Registered, Wish
from services.registration.bots import check_form, form_stamp
from services.registration.events import event_with_slug, seats_of
from services.registration.models import Event, Registration, SeatCounter
from services.registration.places import position_of
from services.registration.uploads import LARGEST_FILE, MOST_FILES
from services.registration.web.asking import all_of, form_parts, sent_answers, sent_needs
from services.registration.web.consent_fields import keep_ticked, offered_consents, ticked
from services.registration.web.cookie import no_registration_here, own_registration, remember
from services.registration.web.desks import desks
from services.registration.web.schemas import WishSchema
from services.registration.web.senders import limit_registrations
from services.registration.web.sent_needs import with_sealed_needs
from shared.database import new_id
from shared.errors import BusyError, ConflictError, InvalidError, ReiheError, TooManyError
from shared.text import normalised_email
from shared.web import language
from shared.web.app import keep_private, takes_files
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

FIELDS = ("first_name", "last_name", "email", "organisation", "organisation_id", "code", "locale")

NOBODY_CAN_REGISTER = ("event_cancelled", "not_open_yet", "closed", "event_full")
"""The refusals that concern everybody, and so have a page instead of the form."""

bp = Blueprint("register", __name__, url_prefix="/register/events/<slug>")


@bp.get("")
def form(slug: str) -> ResponseReturnValue:
    event, seats = event_and_seats(slug)
    obstacle = obstacle_to(event, seats)
    if obstacle:
        return render_template("registration/not_open.html", event=event, why=obstacle)
    return _form(event, seats, {"locale": language.locale()})


@bp.post("")
@takes_files(MOST_FILES * LARGEST_FILE)
def send(slug: str) -> ResponseReturnValue:
    event, seats = event_and_seats(slug)
    sent: dict[str, Any] = {name: request.form.get(name, "") for name in FIELDS}
    sent |= {"answers": sent_answers(event), "needs": sent_needs(event)}
    try:
        registered = _register(event, sent)
    except (InvalidError, TooManyError, BusyError) as error:
        return _form(event, seats, sent, error)
    except ConflictError as error:
        return _refusal(event, seats, sent, error)
    return _to_done(event, registered, sent)


@bp.get("/done")
def done(slug: str) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        event = event_with_slug(session, slug)
        registration = own_registration(session, event)
        if registration is None:
            return no_registration_here(event)
        position = position_of(session, registration)
    return render_template(
        "registration/done.html",
        event=event,
        registration=registration,
        position=position,
        position_at=now(),
        again="again" in request.args,
        corrected="corrected" in request.args,
        may_correct_address=may_correct_address(registration, event, now()),
    )


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


def _form(
    event: Event, seats: SeatCounter, values: dict[str, Any], error: ReiheError | None = None
) -> ResponseReturnValue:
    """The form, and what was wrong with it. It keeps its key and the time of its first showing."""
    page = render_template(
        "registration/register.html",
        event=event,
        seats=seats,
        will_wait=is_full(seats),
        values=values,
        errors=sentences_of(error),
        idempotency_key=form_key(),
        opened_at=form_opened_at(error),
        consents=offered_consents([event]),
        ticked=ticked(),
        **form_parts(event, values.get("answers", {}), values.get("needs", {})),
    )
    response = make_response(page, error.status if error else 200)
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = "2"
    return response


def sentences_of(error: ReiheError | None) -> dict[str, list[str]]:
    return said(error.errors or {"": [error.text]}) if error else {}


def form_key() -> str:
    """The key of this form, so that sending it twice registers once; a new one for a new form."""
    try:
        return str(UUID(request.form["idempotency_key"]))
    except (KeyError, ValueError):
        return str(new_id())


def form_opened_at(error: ReiheError | None) -> str:
    sent = request.form.get("opened_at")
    if sent is None or (error and error.code == "form_expired"):
        return form_stamp(this_service().settings.secret_key, now())
    return sent


def _register(event: Event, sent: dict[str, Any]) -> Registered:
    own = {name: sent[name] for name in FIELDS}
    values, answers, needs = all_of(
        lambda: load(WishSchema, own),
        lambda: check_answers(event, sent["answers"]),
        lambda: with_sealed_needs({"needs": sent["needs"]}),
    )
    stamp, honeypot = request.form.get("opened_at", ""), request.form.get("website", "")
    check_form(this_service().settings.secret_key, stamp, honeypot, now())
    limit_registrations(values["email"])
    return desks().register(event.id, Wish(**values, **needs, answers=answers, idempotency_key=form_key()))


def _refusal(event: Event, seats: SeatCounter, sent: dict[str, Any], error: ConflictError) -> ResponseReturnValue:
    if error.code == "already_registered":
        keep_private()
        return render_template("registration/already.html", event=event, email=sent["email"]), error.status
    if error.code in NOBODY_CAN_REGISTER:
        return render_template("registration/not_open.html", event=event, why=error.code), error.status
    return _form(event, seats, sent, ConflictError(error.code, error.text, errors={"organisation": [error.text]}))


def _to_done(event: Event, registered: Registered, sent: dict[str, Any]) -> ResponseReturnValue:
    with this_service().database.read() as session:
        registration = session.get_one(Registration, registered.registration_id)
    keep_ticked(registration, event)
    # Somebody who went back and wrote another person into the same form must not believe that both have a seat.
    again = 1 if registration.email != normalised_email(sent["email"]) else None
    return remember(redirect(url_for(".done", slug=event.slug, again=again), 303), event, registration)
