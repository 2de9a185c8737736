"""The organisers' pages about series: the list, a series with its modules, writing, publishing, cancelling."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.catalogue import programme, publishing
from services.catalogue.listing import Wanted, find_series, series_page
from services.catalogue.models import Series
from services.catalogue.web import organise_labels
from services.catalogue.web.organise import actor, guard, settings
from services.catalogue.web.organise_events import searched, sent_reason, sent_version
from services.catalogue.web.organise_input import Errors
from services.catalogue.web.organise_once import form_key, once
from services.catalogue.web.organise_series_input import in_form, loaded, sent, written
from services.catalogue.web.organise_typed import Values
from services.catalogue.web.schemas import ReasonSchema
from shared.errors import ConflictError, InvalidError, StaleError
from shared.languages import text as _
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import requires

bp = Blueprint("organise_series", __name__)
bp.before_request(guard)


@bp.get("/organise/series")
def series_list() -> str:
    typed = request.args.get("q", "")
    with this_service().database.read() as session:
        found = series_page(session, Wanted(text=searched(typed)), cursor=request.args.get("cursor"))
    next_url = url_for(".series_list", q=typed, cursor=found.next_cursor) if found.next_cursor else ""
    return render_template("catalogue/organise/series_list.html", series=found.items, typed=typed, next_url=next_url)


@bp.get("/organise/series/<uuid:series_id>")
def series(series_id: UUID) -> str:
    return render_template("catalogue/organise/series.html", series=_find(series_id))


@bp.get("/organise/series/new")
@requires("organiser")
def new() -> str:
    return _form(sent({}))


@bp.post("/organise/series/new")
def create() -> Response | tuple[str, int]:
    values = sent(request.form)
    try:
        fields = loaded(values)
        with this_service().database.unit_of_work(now()) as uow:
            series_id = once(uow, values, lambda: programme.create_series(uow, fields, actor()).id)
            uow.commit()
    except InvalidError as error:
        return _form(values, in_form(error)), 422
    return redirect(_url(series_id), 303)


@bp.get("/organise/series/<uuid:series_id>/edit")
@requires("organiser")
def edit(series_id: UUID) -> str:
    found = _find(series_id)
    if found.state == "cancelled":
        raise ConflictError("series_cancelled", _("This series was cancelled. Please make a new one."))
    return _form(written(found), series=found)


@bp.post("/organise/series/<uuid:series_id>/edit")
def change(series_id: UUID) -> Response | tuple[str, int]:
    values, version = sent(request.form), sent_version()
    try:
        fields = loaded(values)
        with this_service().database.unit_of_work(now()) as uow:
            programme.change_series(uow, series_id, fields, actor(), settings().issuer, if_version=version)
            uow.commit()
    except InvalidError as error:
        return _form(values, in_form(error), series=_find(series_id), version=version), 422
    except StaleError as error:
        # The form now builds on what the other one saved: sending it again is a decision, not an accident.
        return _form(values, series=_find(series_id), overtaken=True), error.status
    return redirect(_url(series_id), 303)


@bp.post("/organise/series/<uuid:series_id>/publish")
def publish(series_id: UUID) -> Response:
    with this_service().database.unit_of_work(now()) as uow:
        publishing.publish_series(uow, series_id, actor(), if_version=sent_version())
        uow.commit()
    return redirect(_url(series_id), 303)


@bp.get("/organise/series/<uuid:series_id>/cancel")
@requires("organiser")
def ask_reason(series_id: UUID) -> Response | str:
    if _find(series_id).state != "published":
        return redirect(_url(series_id), 303)
    return _cancel_page(series_id, {}, {})


@bp.post("/organise/series/<uuid:series_id>/cancel")
def cancel(series_id: UUID) -> Response | tuple[str, int]:
    values = sent_reason()
    try:
        reason = load(ReasonSchema(), {"reason": values})["reason"]
    except InvalidError as error:
        return _cancel_page(series_id, values, said(error.errors)), 422
    with this_service().database.unit_of_work(now()) as uow:
        publishing.cancel_series(uow, series_id, reason, actor(), settings().issuer, if_version=sent_version())
        uow.commit()
    return redirect(_url(series_id), 303)


def _cancel_page(series_id: UUID, values: Values, errors: dict[str, list[str]]) -> str:
    found = _find(series_id)
    affected = [event for event in found.events if event.state == "published" and not event.is_over(now())]
    return render_template(
        "catalogue/organise/cancel_series.html", series=found, affected=affected, values=values, errors=errors
    )


def _form(
    values: Values,
    errors: Errors | None = None,
    *,
    series: Series | None = None,
    version: int | None = None,
    overtaken: bool = False,
) -> str:
    return render_template(
        "catalogue/organise/edit_series.html",
        series=series,
        version=version if version is not None else (series.version if series else 0),
        key=form_key(),
        values=values,
        errors=said(errors or {}),
        labels=organise_labels.of_series(),
        overtaken=overtaken,
    )


def _find(series_id: UUID) -> Series:
    with this_service().database.read() as session:
        return find_series(session, series_id)


def _url(series_id: UUID) -> str:
    return url_for("organise_series.series", series_id=series_id)
