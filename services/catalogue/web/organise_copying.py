"""The organisers' page that copies an event or a series to other dates."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.catalogue.copying import copy_event, copy_series
from services.catalogue.listing import find_event, find_series
from services.catalogue.models import Event, Series
from services.catalogue.models.base import Facts
from services.catalogue.web.organise import actor, guard
from services.catalogue.web.organise_once import form_key, once
from services.catalogue.web.schemas import CopySchema
from shared.database import UnitOfWork
from shared.errors import InvalidError
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import requires

bp = Blueprint("organise_copying", __name__)
bp.before_request(guard)


@bp.get("/organise/events/<uuid:event_id>/copy")
@requires("organiser")
def ask_event(event_id: UUID) -> str:
    return _page(_event(event_id), url_for("organise_events.room", event_id=event_id))


@bp.post("/organise/events/<uuid:event_id>/copy")
def of_event(event_id: UUID) -> Response | tuple[str, int]:
    try:
        copy_id = _copy(lambda uow, fields: copy_event(uow, event_id, fields["starts_on"], actor()).id)
    except InvalidError as error:
        back_url = url_for("organise_events.room", event_id=event_id)
        return _page(_event(event_id), back_url, said(error.errors)), error.status
    return redirect(url_for("organise_events.room", event_id=copy_id), 303)


@bp.get("/organise/series/<uuid:series_id>/copy")
@requires("organiser")
def ask_series(series_id: UUID) -> str:
    return _page(_series(series_id), url_for("organise_series.series", series_id=series_id))


@bp.post("/organise/series/<uuid:series_id>/copy")
def of_series(series_id: UUID) -> Response | tuple[str, int]:
    try:
        copy_id = _copy(lambda uow, fields: copy_series(uow, series_id, fields["starts_on"], actor()).id)
    except InvalidError as error:
        back_url = url_for("organise_series.series", series_id=series_id)
        return _page(_series(series_id), back_url, said(error.errors)), error.status
    return redirect(url_for("organise_series.series", series_id=copy_id), 303)


def _copy(copied: Callable[[UnitOfWork, Facts], UUID]) -> UUID:
    values = {"starts_on": request.form.get("starts_on", "")}
    fields = load(CopySchema(), values)
    with this_service().database.unit_of_work(now()) as uow:
        copy_id = once(uow, values, lambda: copied(uow, fields))
        uow.commit()
    return copy_id


def _page(thing: Event | Series, back_url: str, errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "catalogue/organise/copy.html",
        thing=thing,
        is_series=isinstance(thing, Series),
        back_url=back_url,
        key=form_key(),
        typed=request.form.get("starts_on", ""),
        errors=errors or {},
    )


def _event(event_id: UUID) -> Event:
    with this_service().database.read() as session:
        return find_event(session, event_id)


def _series(series_id: UUID) -> Series:
    with this_service().database.read() as session:
        return find_series(session, series_id)
