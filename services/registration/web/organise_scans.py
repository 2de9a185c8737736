"""Scans of signed lists: sent, attached to their sessions, taken away again."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields
from werkzeug.datastructures import FileStorage

from services.registration.events import event_with_sessions
from services.registration.lists.codes import named_on
from services.registration.lists.scans import (
    LARGEST_SCAN,
    check_scan,
    choose_sessions,
    delete_scan,
    keep_scan,
    note_fetched,
    scan_with_content,
    scans_of,
)
from services.registration.web.organise_room import guard, may, room_of
from shared.errors import ConflictError, InvalidError
from shared.web.app import takes_files
from shared.web.problems import said
from shared.web.schemas import Schema, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("scans", __name__, url_prefix="/attendance/scans")
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


class SessionsSchema(Schema):
    """The sessions that a scan is attached to."""

    sessions = fields.List(fields.UUID())


@bp.get("")
def scans(event_id: UUID) -> ResponseReturnValue:
    return _page(event_id)


@bp.post("")
@takes_files(LARGEST_SCAN)
def send(event_id: UUID) -> ResponseReturnValue:
    file = request.files.get("file") or FileStorage()
    try:
        sent = check_scan(file.filename or "", file.read(LARGEST_SCAN + 1))
        # Before the transaction, as it may take seconds.
        named = named_on(sent.content)
        with this_service().database.unit_of_work(now()) as uow:
            event = event_with_sessions(uow.session, event_id)
            scan = keep_scan(uow, event, sent, named, required_staff().account_id)
            uow.commit()
            anchor = f"scan-{scan.id}"
    except (ConflictError, InvalidError) as error:
        return _page(event_id, error)
    return redirect(url_for(".scans", event_id=event_id, _anchor=anchor), 303)


@bp.get("/files/<uuid:scan_id>")
def file(event_id: UUID, scan_id: UUID) -> ResponseReturnValue:
    """To be kept, never to be shown by the browser itself."""
    with this_service().database.unit_of_work(now()) as uow:
        scan = scan_with_content(uow.session, event_id, scan_id)
        note_fetched(uow, scan, required_staff().account_id)
        uow.commit()
        response = Response(scan.content, content_type=scan.media_type)
        response.headers.set("Content-Disposition", "attachment", filename=scan.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.post("/<uuid:scan_id>")
def attach(event_id: UUID, scan_id: UUID) -> ResponseReturnValue:
    try:
        chosen: dict[str, Any] = load(SessionsSchema(), {"sessions": request.form.getlist("sessions")})
        with this_service().database.unit_of_work(now()) as uow:
            event = event_with_sessions(uow.session, event_id)
            choose_sessions(uow, event, scan_id, chosen["sessions"], required_staff().account_id)
            uow.commit()
    except InvalidError as error:
        return _page(event_id, error, scan_id)
    return redirect(url_for(".scans", event_id=event_id, _anchor=f"scan-{scan_id}"), 303)


@bp.post("/<uuid:scan_id>/delete")
def delete(event_id: UUID, scan_id: UUID) -> ResponseReturnValue:
    with this_service().database.unit_of_work(now()) as uow:
        delete_scan(uow, event_id, scan_id, required_staff().account_id)
        uow.commit()
    return redirect(url_for(".scans", event_id=event_id), 303)


def _page(
    event_id: UUID, error: ConflictError | InvalidError | None = None, of: UUID | None = None
) -> ResponseReturnValue:
    """``of`` is the scan whose form was wrong; without it, the form for a new one."""
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        errors = said(getattr(error, "errors", None) or {"": [error.text]}) if error else {}
        page = render_template(
            "registration/scans.html",
            room=room_of(event),
            event=event,
            scans=scans_of(session, event_id),
            megabytes=LARGEST_SCAN >> 20,
            errors=errors,
            wrong=of,
            may_write=may("organiser"),
        )
    return page, error.status if error else 200
