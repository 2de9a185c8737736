"""The part of the JSON API with numbers over many events, and with what people said after one."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import fields
from marshmallow.validate import Range

from services.registration.acts import note_read
from services.registration.events import event_with_sessions
from services.registration.feedback import RATED, TOLD, Results, closing, results_of, survey_of
from services.registration.figures import Counted, Figures, counted, total
from services.registration.small_numbers import added, protected
from shared.web.api import Blueprint
from shared.web.app import keep_private
from shared.web.schemas import Line, Schema
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

READERS = ("organiser", "auditor")
_EARLIEST, _LATEST = 2000, 2999

bp = Blueprint("statistics_api", __name__, url_prefix="/api/registration/v1")


class StatisticsQuery(Schema):
    """``year`` is that in which events begin, in UTC, or else this one.

    ``organiser`` is the name of who invites, as events say it.
    """

    year = fields.Integer(load_default=None, validate=Range(_EARLIEST, _LATEST))
    organiser = Line(load_default="", blank=True)


class BreakdownAnswer(Schema):
    """Numbers of fewer than five people are among the ``others``, and so is what is not known."""

    named = fields.Dict(keys=fields.String(), values=fields.Integer())
    others = fields.Integer()


class FiguresAnswer(Schema):
    """Numbers of people, but for the minutes and the ``organisations`` that were reached."""

    registered = fields.Integer()
    confirmed = fields.Integer()
    attended = fields.Integer()
    no_show = fields.Integer()
    waiting = fields.Integer()
    cancelled = fields.Integer()
    minutes_offered = fields.Integer()
    minutes_attended = fields.Integer()
    organisations = fields.Integer(attribute="reached")
    municipalities = fields.Nested(BreakdownAnswer)
    languages = fields.Nested(BreakdownAnswer)


class EventFiguresAnswer(FiguresAnswer):
    """``new_organisations`` came to no earlier event; ``closed_at`` is when the numbers were kept for good."""

    event_id = fields.UUID()
    series_id = fields.UUID(allow_none=True)
    title = fields.Dict(keys=fields.String(), values=fields.String())
    organiser = fields.String()
    starts_at = fields.AwareDateTime()
    new_organisations = fields.Integer()
    closed_at = fields.AwareDateTime(allow_none=True)


class OrganiserFiguresAnswer(FiguresAnswer):
    """Of all events of the year to which one organiser invites."""

    organiser = fields.String()
    events = fields.Integer()


class YearAnswer(Schema):
    """An organisation that came to several events counts once in ``total`` and for each organiser."""

    items = fields.List(fields.Nested(EventFiguresAnswer))
    by_organiser = fields.List(fields.Nested(OrganiserFiguresAnswer))
    total = fields.Nested(FiguresAnswer)


class FeedbackAnswer(Schema):
    """``answers`` are so many as may be shown: they move in steps of five. ``ratings`` are by question and rating,
    where an empty rating is no answer; ``texts`` are by question, in alphabetical order."""

    offered = fields.Boolean()
    closes_at = fields.AwareDateTime(allow_none=True)
    final = fields.Boolean()
    answers = fields.Integer()
    ratings = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.Integer()))
    texts = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


@bp.route("/statistics")
@bp.staff(*READERS)
@bp.arguments(StatisticsQuery, location="query")
@bp.response(200, YearAnswer)
def year(query: dict[str, Any]) -> Any:
    """All events of a year in numbers, or those of one organiser, with their sums."""
    with this_service().database.read() as session:
        found = counted(session, year=query["year"] or now().year)
    wanted = [one for one in found if query["organiser"] in ("", _organiser(one))]
    return {"items": [_event(one) for one in wanted], "by_organiser": _by_organiser(wanted), "total": _sum(wanted)}


@bp.route("/events/<uuid:event_id>/feedback")
@bp.staff(*READERS)
@bp.response(200, FeedbackAnswer)
def feedback(event_id: UUID) -> Any:
    """What people said after an event, as far as nobody is recognised by it; read access is written down."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        event = event_with_sessions(uow.session, event_id)
        survey = survey_of(uow.session, event_id)
        results = results_of(uow.session, event, survey, now()) if survey else _NO_RESULTS
        note_read(uow, "feedback.read", event_id, required_staff().account_id, answers=results.answers)
        uow.commit()
    return {
        "offered": survey is not None and survey.offered,
        "closes_at": closing(event, survey) if survey else None,
        "final": results.final,
        "answers": results.answers,
        "ratings": results.ratings,
        "texts": results.texts,
    }


_NO_RESULTS = Results(0, {name: Counter[str]() for name in RATED}, dict.fromkeys(TOLD, ()), final=False)


def _organiser(one: Counted) -> str:
    return one.event.issuer["name"]


def _event(one: Counted) -> dict[str, Any]:
    event = one.event
    return {
        **_figures(one.figures),
        "event_id": event.id,
        "series_id": event.series_id,
        "title": event.title,
        "organiser": _organiser(one),
        "starts_at": event.starts_at,
        "new_organisations": one.new,
        "closed_at": one.closed_at,
    }


def _by_organiser(found: Sequence[Counted]) -> list[dict[str, Any]]:
    events = Counter(_organiser(one) for one in found)
    return [
        {**_sum([one for one in found if _organiser(one) == name]), "organiser": name, "events": number}
        for name, number in sorted(events.items())
    ]


def _sum(found: Sequence[Counted]) -> dict[str, Any]:
    """Of numbers that are protected already, as their sum would show what each of them hides."""
    figures = total([one.figures for one in found])
    places = [protected(one.figures.places) for one in found]
    languages = [protected(one.figures.languages) for one in found]
    return {**_figures(figures), "municipalities": added(places), "languages": added(languages)}


def _figures(figures: Figures) -> dict[str, Any]:
    names = ("registered", "confirmed", "attended", "no_show", "waiting", "cancelled", "reached")
    numbers = {name: getattr(figures, name) for name in (*names, "minutes_offered", "minutes_attended")}
    return {**numbers, "municipalities": protected(figures.places), "languages": protected(figures.languages)}
