"""The form for several modules of a series at once, and what the browser that sent it sees afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.addresses import may_correct_enrolment
from services.registration.enrolled import Enrolled, EnrolledModule, enrolled_as_it_stands
from services.registration.events import seats_by_event
from services.registration.models import Event, SeatCounter
from services.registration.refusals import sentence_for
from services.registration.series import Series, series_with_slug
from services.registration.uploads import LARGEST_FILE, MOST_FILES
from services.registration.web.asking import form_parts_of, sent_answers, sent_needs
from services.registration.web.consent_fields import keep_ticked, offered_consents, ticked
from services.registration.web.cookie import no_enrolment_here, own_enrolment, remember_enrolment
from services.registration.web.enrolling import enrol_now
from services.registration.web.registering import (
    again,
    check_sender,
    form_key,
    form_page,
    is_full,
    obstacle_to,
    registered_now,
    sent_fields,
    sentences_of,
)
from services.registration.web.schemas import EnrolmentSchema
from shared.errors import BusyError, ConflictError, InvalidError, ReiheError, TooManyError
from shared.languages import Text
from shared.web import language
from shared.web.app import keep_private, takes_files
from shared.web.schemas import load
from shared.web.service import now, this_service

bp = Blueprint("register_series", __name__, url_prefix="/register/series/<slug>")


@dataclass(frozen=True, slots=True)
class Module:
    """One event of the series as the form shows it; ``why_not`` is the code of why nobody can register for it."""

    event: Event
    seats: SeatCounter
    why_not: str

    @property
    def will_wait(self) -> bool:
        return is_full(self.seats)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one module; ``why_not`` says why there is no registration."""

    event: Event
    module: EnrolledModule
    why_not: Text | str | None


@bp.get("")
def form(slug: str) -> ResponseReturnValue:
    series, modules = _series_and_modules(slug)
    wanted = [str(module.event.id) for module in modules if not module.why_not]
    return _form(series, modules, {"locale": language.locale(), "modules": wanted, "mode": "each"})


@bp.post("")
@takes_files(MOST_FILES * LARGEST_FILE)
def send(slug: str) -> ResponseReturnValue:
    series, modules = _series_and_modules(slug)
    sent = _sent(modules)
    try:
        enrolled = _enrol(series, sent)
    except (InvalidError, TooManyError, BusyError, ConflictError) as error:
        return _form(series, modules, sent, error)
    return _to_done(series, enrolled, sent)


@bp.get("/done")
def done(slug: str) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        series = series_with_slug(session, slug)
        own = own_enrolment(session, series)
        if own is None:
            return no_enrolment_here(series)
        enrolment, registration = own
        outcomes = _outcomes(series, enrolled_as_it_stands(session, enrolment))
        is_correctable = may_correct_enrolment(session, enrolment, now())
    return render_template(
        "registration/register_series_done.html",
        series=series,
        registration=registration,
        outcomes=outcomes,
        states={outcome.module.state for outcome in outcomes},
        position_at=now(),
        again="again" in request.args,
        corrected="corrected" in request.args,
        may_correct_address=is_correctable,
    )


def _series_and_modules(slug: str) -> tuple[Series, list[Module]]:
    """The series with those of its events that are not over, by their beginning."""
    with this_service().database.read() as session:
        series = series_with_slug(session, slug)
        ahead = [event for event in series.modules if now() < event.ends_at]
        return series, _with_seats(session, ahead)


def _with_seats(session: Session, events: Sequence[Event]) -> list[Module]:
    seats = seats_by_event(session, [event.id for event in events])
    return [Module(event, seats[event.id], obstacle_to(event, seats[event.id])) for event in events]


def _sent(modules: Sequence[Module]) -> dict[str, Any]:
    """What the form holds: answers and needs only for the modules that are wanted, as no others ask for them."""
    wanted = request.form.getlist("modules")
    events = [module.event for module in modules if str(module.event.id) in wanted]
    mode = request.form.get("mode", "each")
    fallback = request.form.getlist("fallback_modules") if mode == "whole" else []
    own = {**sent_fields(), "mode": mode, "fallback_modules": fallback}
    return {**own, "modules": wanted, "answers": sent_answers(*events), "needs": sent_needs(*events)}


def _enrol(series: Series, sent: dict[str, Any]) -> Enrolled:
    values = load(EnrolmentSchema(), sent)
    check_sender()
    return enrol_now(series.id, **values, idempotency_key=form_key())


def _form(
    series: Series, modules: Sequence[Module], values: dict[str, Any], error: ReiheError | None = None
) -> ResponseReturnValue:
    offered = [module for module in modules if not module.why_not]
    # What was chosen in any case alone is shown too, so that it can be taken away.
    chosen = {*values["modules"], *values.get("fallback_modules", ())}
    return form_page(
        "registration/register_series.html",
        series=series,
        offered=offered,
        others=[(module, sentence_for(module.why_not)) for module in modules if module.why_not],
        not_chosen={str(module.event.id) for module in offered} - chosen,
        asks_for_code=any(module.event.asks_for_code for module in offered),
        values=values,
        errors=sentences_of(error),
        error=error,
        consents=offered_consents([module.event for module in offered]),
        ticked=ticked(),
        **form_parts_of([module.event for module in offered], values.get("answers", {}), values.get("needs", {})),
    )


def _to_done(series: Series, enrolled: Enrolled, sent: dict[str, Any]) -> ResponseReturnValue:
    first = next(module.registration_id for module in enrolled.modules if module.registration_id)
    registration = registered_now(first)
    keep_ticked(registration.person, *series.modules)
    url = url_for(".done", slug=series.slug, again=again(registration, sent))
    return remember_enrolment(redirect(url, 303), series, registration)


def _outcomes(series: Series, enrolled: Enrolled) -> list[Outcome]:
    events = {event.id: event for event in series.modules}
    return [
        Outcome(events[module.event_id], module, module.refused and sentence_for(module.refused))
        for module in enrolled.modules
        if module.event_id in events
    ]
