"""A meeting's report of who was there: the file is tried out, shown row by row, and stored when that is confirmed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import get_args
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.events import event_with_sessions
from services.registration.meeting_reports import MOST_ROWS, Stretch, read_report
from services.registration.models import Event, EventSession
from services.registration.report_import import Becomes, look_through, store
from services.registration.web.organise_room import guard, room_of
from shared.errors import ConflictError, InvalidError, NotFoundError, ReiheError
from shared.languages import text as _
from shared.web.app import takes_files
from shared.web.problems import said
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

LARGEST_FILE = 1024 * 1024
"""Bytes."""

bp = Blueprint("report", __name__, url_prefix="/attendance/<uuid:session_id>/report")
bp.before_request(guard(readers=("organiser",), writers=("organiser",)))


@bp.get("")
def form(event_id: UUID, session_id: UUID) -> ResponseReturnValue:
    return _form(event_id, session_id)


@bp.post("")
@takes_files(LARGEST_FILE)
def try_out(event_id: UUID, session_id: UUID) -> ResponseReturnValue:
    try:
        stretches = read_report(_sent_file(), _held(event_id, session_id)[1])
    except InvalidError as error:
        return _form(event_id, session_id, error)
    return _page(event_id, session_id, stretches, stores=False)


@bp.post("/carry-out")
@takes_files(LARGEST_FILE)
def carry_out(event_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """The rows come back as the page of the trial held them, and are matched again."""
    try:
        stretches = _stretches_from(request.form.get("rows", ""))
    except (ValueError, TypeError, RecursionError):
        return _form(event_id, session_id, InvalidError("invalid", _("Please send the file once more.")))
    try:
        return _page(event_id, session_id, stretches, stores=True)
    except ConflictError as error:
        return _form(event_id, session_id, error)


def _stretches_from(kept: str) -> list[Stretch]:
    rows = [
        Stretch(int(number), str(name), str(email), _moment(begin), _moment(end))
        for number, name, email, begin, end in json.loads(kept)
    ]
    if not 0 < len(rows) <= MOST_ROWS:
        raise ValueError("not the rows of a trial")
    return rows


def _moment(kept: str | None) -> datetime | None:
    moment = datetime.fromisoformat(kept) if kept is not None else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError("not a time of a trial")
    return moment


def _kept(stretches: Sequence[Stretch]) -> str:
    return json.dumps(
        [
            [
                *(one.number, one.name, one.email),
                *(moment.isoformat() if moment else None for moment in (one.from_at, one.until_at)),
            ]
            for one in stretches
        ]
    )


def _sent_file() -> bytes:
    file = request.files.get("file")
    content = file.read(LARGEST_FILE + 1) if file else b""
    if not content:
        raise InvalidError("file_refused", _("Please choose a file."), errors={"file": [_("Please choose a file.")]})
    if len(content) > LARGEST_FILE:
        too_large = _("This file is too large. Please send at most one megabyte.")
        raise InvalidError("file_refused", too_large, errors={"file": [too_large]})
    return content


def _held(event_id: UUID, session_id: UUID) -> tuple[Event, EventSession]:
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
    held = next((one for one in event.sessions if one.id == session_id), None)
    if held is None:
        raise NotFoundError("session_not_found", _("This session does not exist."))
    return event, held


def _page(event_id: UUID, session_id: UUID, stretches: Sequence[Stretch], *, stores: bool) -> str:
    event, held = _held(event_id, session_id)
    stored = 0
    with this_service().database.unit_of_work(now()) as uow:
        lines = look_through(uow.session, held, stretches)
        if stores:
            stored = store(uow, held, lines, required_staff().account_id)
            uow.commit()
    return render_template(
        "registration/report_rows.html",
        room=room_of(event),
        held=held,
        done=stores,
        stored=stored,
        lines=sorted(lines, key=lambda line: (line.becomes == "matched", line.stretch.number)),
        numbers={becomes: sum(line.becomes == becomes for line in lines) for becomes in get_args(Becomes)},
        rows=_kept(stretches),
    )


def _form(event_id: UUID, session_id: UUID, error: ReiheError | None = None) -> ResponseReturnValue:
    event, held = _held(event_id, session_id)
    page = render_template(
        "registration/report.html",
        room=room_of(event),
        held=held,
        can_be_stored=not event.is_cancelled and not held.cancelled,
        most=MOST_ROWS,
        errors=said(error.errors or {"": [error.text]}) if error else {},
    )
    return page, error.status if error else 200
