"""Feedback on an event: switched on by organisers, and what people said, when they are enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.acts import note_feedback_export
from services.registration.feedback import (
    DAYS,
    MOST_DAYS,
    RATED,
    RATINGS,
    SMALLEST,
    TOLD,
    Results,
    closing,
    results_of,
    set_up,
    survey_of,
)
from services.registration.feedback_words import QUESTIONS, RATING_NAMES, rows_of
from services.registration.web.organise_room import guard, known_event, may, room_of
from services.registration.web.schemas import FeedbackSettings
from shared.errors import ConflictError, InvalidError, NotFoundError, ReiheError
from shared.languages import text as _
from shared.spreadsheets import Table, csv_lines
from shared.web.language import locale, say, translator
from shared.web.pages import localised_text
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("feedback", __name__, url_prefix="/feedback")
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


@dataclass(frozen=True, slots=True)
class Bar:
    """How many chose one rating; ``percent`` is of all who answered, 0 to 100."""

    name: str
    number: int
    percent: int


@dataclass(frozen=True, slots=True)
class Rated:
    """One question's answers. ``mean`` is that of the ratings in the reader's digits, empty if nobody rated."""

    key: str
    question: str
    bars: list[Bar]
    mean: str


@bp.get("")
def feedback(event_id: UUID) -> ResponseReturnValue:
    return _page(event_id)


@bp.post("")
def change(event_id: UUID) -> ResponseReturnValue:
    try:
        typed = {"offered": request.form.get("offered", ""), "days": request.form.get("days", "")}
        wanted = load(FeedbackSettings(), typed)
        with this_service().database.unit_of_work(now()) as uow:
            event = known_event(uow.session, event_id)
            offered = wanted["offered"] == "yes"
            set_up(uow, event, offered=offered, days=wanted["days"], account_id=required_staff().account_id)
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _page(event_id, error)
    return redirect(url_for(".feedback", event_id=event_id, saved=1), 303)


@bp.get("/export.csv")
def export_csv(event_id: UUID) -> ResponseReturnValue:
    with this_service().database.unit_of_work(now()) as uow:
        event = known_event(uow.session, event_id)
        survey = survey_of(uow.session, event_id)
        if survey is None:
            raise NotFoundError("feedback_unknown", _("This event has not asked for feedback."))
        results = results_of(uow.session, event, survey, now())
        note_feedback_export(uow, event_id, required_staff().account_id)
        uow.commit()
    header = [say(_("Question")), say(_("Answer")), say(_("How many"))]
    lines = csv_lines(Table(localised_text(event.title), header, list(rows_of(results, translator()))))
    response = Response(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}-feedback.csv"'
    return response


def _page(event_id: UUID, error: ReiheError | None = None) -> ResponseReturnValue:
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        survey = survey_of(session, event_id)
        results = results_of(session, event, survey, now()) if survey else None
    values: dict[str, Any] = {"offered": survey is not None and survey.offered, "days": survey.days if survey else DAYS}
    page = render_template(
        "registration/feedback.html",
        room=room_of(event),
        event=event,
        survey=survey,
        closes_at=closing(event, survey) if survey else None,
        is_over=now() >= event.ends_at,
        results=results,
        rated=_rated(results) if results and results.answers else [],
        texts=[(name, say(QUESTIONS[name]), results.texts[name]) for name in TOLD] if results else [],
        smallest=SMALLEST,
        may_change=may("organiser"),
        most_days=MOST_DAYS,
        values=dict(request.form) if error else values,
        errors=said(error.errors or {"": [error.text]}) if error else {},
        saved="saved" in request.args,
    )
    return page, error.status if error else 200


def _rated(results: Results) -> list[Rated]:
    return [Rated(name, say(QUESTIONS[name]), _bars(results, name), _mean(results.ratings[name])) for name in RATED]


def _bars(results: Results, name: str) -> list[Bar]:
    counts = results.ratings[name]
    return [
        Bar(say(text), counts[rating], round(100 * counts[rating] / results.answers))
        for rating, text in RATING_NAMES.items()
    ]


def _mean(counts: Mapping[str, int]) -> str:
    rated = sum(counts[rating] for rating in RATINGS)
    if not rated:
        return ""
    total = sum(int(rating) * counts[rating] for rating in RATINGS)
    return format_decimal(total / rated, format="0.0", locale=locale())
