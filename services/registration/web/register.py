"""The registration form, and what the browser that sent it sees afterwards."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.addresses import may_correct_address
from services.registration.answers import check_answers
from services.registration.booking import Registered, Wish
from services.registration.events import event_with_slug
from services.registration.models import Event, SeatCounter
from services.registration.places import position_of
from services.registration.uploads import LARGEST_FILE, MOST_FILES
from services.registration.web.asking import all_of, form_parts, sent_answers, sent_needs
from services.registration.web.consent_fields import keep_ticked, offered_consents, ticked
from services.registration.web.cookie import no_registration_here, own_registration, remember
from services.registration.web.desks import desks
from services.registration.web.registering import (
    FIELDS,
    NOBODY_CAN_REGISTER,
    again,
    already_page,
    check_sender,
    event_and_seats,
    form_key,
    form_page,
    is_full,
    obstacle_to,
    registered_now,
    sent_fields,
    sentences_of,
)
from services.registration.web.schemas import WishSchema
from services.registration.web.senders import limit_registrations
from services.registration.web.sent_needs import with_sealed_needs
from shared.errors import BusyError, ConflictError, InvalidError, ReiheError, TooManyError
from shared.web import language
from shared.web.app import keep_private, takes_files
from shared.web.schemas import load
from shared.web.service import now, this_service

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
    sent = {**sent_fields(), "answers": sent_answers(event), "needs": sent_needs(event)}
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


def _form(
    event: Event, seats: SeatCounter, values: dict[str, Any], error: ReiheError | None = None
) -> ResponseReturnValue:
    return form_page(
        "registration/register.html",
        event=event,
        seats=seats,
        will_wait=is_full(seats),
        values=values,
        errors=sentences_of(error),
        error=error,
        consents=offered_consents([event]),
        ticked=ticked(),
        **form_parts(event, values.get("answers", {}), values.get("needs", {})),
    )


def _register(event: Event, sent: dict[str, Any]) -> Registered:
    own = {name: sent[name] for name in FIELDS}
    values, answers, needs = all_of(
        lambda: load(WishSchema, own),
        lambda: check_answers(event, sent["answers"]),
        lambda: with_sealed_needs({"needs": sent["needs"]}),
    )
    check_sender()
    limit_registrations(values["email"])
    return desks().register(event.id, Wish(**values, **needs, answers=answers, idempotency_key=form_key()))


def _refusal(event: Event, seats: SeatCounter, sent: dict[str, Any], error: ConflictError) -> ResponseReturnValue:
    if error.code == "already_registered":
        keep_private()
        return already_page(event, sent["email"])
    if error.code in NOBODY_CAN_REGISTER:
        return render_template("registration/not_open.html", event=event, why=error.code), error.status
    return _form(event, seats, sent, ConflictError(error.code, error.text, errors={"organisation": [error.text]}))


def _to_done(event: Event, registered: Registered, sent: dict[str, Any]) -> ResponseReturnValue:
    registration = registered_now(registered.registration_id)
    keep_ticked(registration.person, event)
    url = url_for(".done", slug=event.slug, again=again(registration, sent))
    return remember(redirect(url, 303), event, registration)
