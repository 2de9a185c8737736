"""What organisers write, publish and cancel through the JSON interface."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request

from services.catalogue import copying, programme, publishing
from services.catalogue.listing import find_event, find_series
from services.catalogue.models import IDEMPOTENCY
from services.catalogue.models.base import Facts
from services.catalogue.turns import take_turn
from services.catalogue.web.answers import EventAnswer, SeriesAnswer, event_for_reader, series_for_reader, tagged
from services.catalogue.web.organise import actor, settings
from services.catalogue.web.queries import CreatingHeaders, WritingHeaders
from services.catalogue.web.schemas import (
    CopySchema,
    EventChangeSchema,
    EventSchema,
    ReasonSchema,
    SeriesChangeSchema,
    SeriesSchema,
)
from shared.database import UnitOfWork
from shared.idempotency import body_digest, remember, remembered
from shared.web.api import Blueprint, request_digest_source
from shared.web.service import now, this_service

bp = Blueprint("writing", __name__, url_prefix="/api/catalogue/v1", description="For organisers")


@bp.route("/series", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(CreatingHeaders, location="headers")
@bp.arguments(SeriesSchema)
@bp.response(201, SeriesAnswer)
def create_series(headers: Facts, fields: Facts) -> Any:
    """Make a draft."""
    with _unit_of_work() as uow:
        series_id = _once(uow, headers, lambda: programme.create_series(uow, fields, actor()).id)
        uow.commit()
        return tagged(SeriesAnswer, series_for_reader(find_series(uow.session, series_id)))


@bp.route("/series/<uuid:series_id>", methods=["PATCH"])
@bp.staff("organiser")
@bp.arguments(WritingHeaders, location="headers")
@bp.arguments(SeriesChangeSchema)
@bp.response(200, SeriesAnswer)
def change_series(headers: Facts, fields: Facts, series_id: UUID) -> Any:
    """Change the fields that are sent. What is published shows the change at once."""
    with _unit_of_work() as uow:
        series = programme.change_series(uow, series_id, fields, actor(), settings().issuer, headers["if_match"])
        uow.commit()
        return tagged(SeriesAnswer, series_for_reader(series))


@bp.route("/series/<uuid:series_id>/publish", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(WritingHeaders, location="headers")
@bp.response(200, SeriesAnswer)
def publish_series(headers: Facts, series_id: UUID) -> Any:
    """Let everybody see the series. Its events are published one by one."""
    with _unit_of_work() as uow:
        series = publishing.publish_series(uow, series_id, actor(), headers["if_match"])
        uow.commit()
        return tagged(SeriesAnswer, series_for_reader(series))


@bp.route("/series/<uuid:series_id>/cancel", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(WritingHeaders, location="headers")
@bp.arguments(ReasonSchema)
@bp.response(200, SeriesAnswer)
def cancel_series(headers: Facts, fields: Facts, series_id: UUID) -> Any:
    """Cancel the series and its published events that are not over."""
    with _unit_of_work() as uow:
        series = publishing.cancel_series(
            uow, series_id, fields["reason"], actor(), settings().issuer, headers["if_match"]
        )
        uow.commit()
        return tagged(SeriesAnswer, series_for_reader(series))


@bp.route("/events", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(CreatingHeaders, location="headers")
@bp.arguments(EventSchema)
@bp.response(201, EventAnswer)
def create_event(headers: Facts, fields: Facts) -> Any:
    """Make a draft."""
    with _unit_of_work() as uow:
        event_id = _once(uow, headers, lambda: programme.create_event(uow, fields, actor()).id)
        uow.commit()
        return tagged(EventAnswer, event_for_reader(find_event(uow.session, event_id)))


@bp.route("/events/<uuid:event_id>", methods=["PATCH"])
@bp.staff("organiser")
@bp.arguments(WritingHeaders, location="headers")
@bp.arguments(EventChangeSchema)
@bp.response(200, EventAnswer)
def change_event(headers: Facts, fields: Facts, event_id: UUID) -> Any:
    """Change the fields that are sent. What is published stays as it is until the change is published too."""
    with _unit_of_work() as uow:
        event = programme.change_event(uow, event_id, fields, actor(), headers["if_match"])
        uow.commit()
        return tagged(EventAnswer, event_for_reader(event))


@bp.route("/events/<uuid:event_id>/publish", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(WritingHeaders, location="headers")
@bp.response(200, EventAnswer)
def publish_event(headers: Facts, event_id: UUID) -> Any:
    """Let everybody see the event, or its pending revision. Without either, nothing happens."""
    with _unit_of_work() as uow:
        event = publishing.publish_event(uow, event_id, actor(), settings().issuer, headers["if_match"])
        uow.commit()
        return tagged(EventAnswer, event_for_reader(event))


@bp.route("/events/<uuid:event_id>/cancel", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(WritingHeaders, location="headers")
@bp.arguments(ReasonSchema)
@bp.response(200, EventAnswer)
def cancel_event(headers: Facts, fields: Facts, event_id: UUID) -> Any:
    """The event will not take place, and everybody who registered is told why."""
    with _unit_of_work() as uow:
        event = publishing.cancel_event(
            uow, event_id, fields["reason"], actor(), settings().issuer, headers["if_match"]
        )
        uow.commit()
        return tagged(EventAnswer, event_for_reader(event))


@bp.route("/series/<uuid:series_id>/copy", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(CreatingHeaders, location="headers")
@bp.arguments(CopySchema)
@bp.response(201, SeriesAnswer)
def copy_series(headers: Facts, fields: Facts, series_id: UUID) -> Any:
    """Make a draft of the series and of its events, the first session of which is on that day."""
    with _unit_of_work() as uow:
        copy_id = _once(uow, headers, lambda: copying.copy_series(uow, series_id, fields["starts_on"], actor()).id)
        uow.commit()
        return tagged(SeriesAnswer, series_for_reader(find_series(uow.session, copy_id)))


@bp.route("/events/<uuid:event_id>/copy", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(CreatingHeaders, location="headers")
@bp.arguments(CopySchema)
@bp.response(201, EventAnswer)
def copy_event(headers: Facts, fields: Facts, event_id: UUID) -> Any:
    """Make a draft of the event, the first session of which is on that day."""
    with _unit_of_work() as uow:
        copy_id = _once(uow, headers, lambda: copying.copy_event(uow, event_id, fields["starts_on"], actor()).id)
        uow.commit()
        return tagged(EventAnswer, event_for_reader(find_event(uow.session, copy_id)))


def _unit_of_work() -> UnitOfWork:
    return this_service().database.unit_of_work(now())


def _once(uow: UnitOfWork, headers: Facts, create: Callable[[], UUID]) -> UUID:
    """What an earlier request with the same Idempotency-Key made, or something new."""
    key = headers["idempotency_key"]
    if not key:
        return create()
    take_turn(uow)
    scope, digest = f"{actor()}:{request.path}", body_digest(request_digest_source())
    made = remembered(uow.session, IDEMPOTENCY, scope, key, digest)
    if made is None:
        made = create()
        remember(uow.session, IDEMPOTENCY, scope, key, digest, made, uow.now)
    return made
