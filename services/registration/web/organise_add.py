"""Adding somebody to an event by hand, also beyond its capacity."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.events import seats_of
from services.registration.uploads import LARGEST_FILE, MOST_FILES
from services.registration.web.adding import add_by_hand
from services.registration.web.asking import question_parts, sent_answers
from services.registration.web.organise_room import acting, guard, known_event, room_of
from services.registration.web.schemas import IdempotencySchema, PersonSchema
from shared.database import new_id
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.languages import NAMES
from shared.web import language
from shared.web.app import takes_files
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

TEXTS = ("first_name", "last_name", "email", "organisation", "organisation_id", "code", "locale", "reason")
TICKS = ("beyond_capacity", "notify")

bp = Blueprint("add", __name__, url_prefix="/people/new")
bp.before_request(guard(readers=("organiser",), writers=("organiser",)))


@bp.get("")
def form(event_id: UUID) -> ResponseReturnValue:
    return _form(event_id, {"locale": language.locale(), "notify": True})


@bp.post("")
@takes_files(MOST_FILES * LARGEST_FILE)
def add(event_id: UUID) -> ResponseReturnValue:
    sent: dict[str, Any] = {name: request.form.get(name, "") for name in TEXTS}
    sent |= {name: name in request.form for name in TICKS}
    sent["answers"] = _sent_answers(event_id)
    try:
        key = load(IdempotencySchema(), {"Idempotency-Key": request.form.get("idempotency_key", "")})
        added = add_by_hand(event_id, load(PersonSchema(), sent), acting(), **key)
    except (InvalidError, ConflictError) as error:
        return _form(event_id, sent, error)
    url = url_for("organise.person.person", event_id=event_id, registration_id=added.registration_id)
    return redirect(url, 303)


def _sent_answers(event_id: UUID) -> dict[str, Any]:
    with this_service().database.read() as session:
        return sent_answers(known_event(session, event_id))


def _form(event_id: UUID, values: dict[str, Any], error: ReiheError | None = None) -> ResponseReturnValue:
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        seats = seats_of(session, event_id)
    page = render_template(
        "registration/add.html",
        room=room_of(event),
        event=event,
        seats=seats,
        is_over=event.is_cancelled or now() >= event.ends_at,
        language_options=[(code, NAMES.get(code, code)) for code in this_service().settings.locales],
        idempotency_key=request.form.get("idempotency_key") or str(new_id()),
        values=values,
        errors=said(error.errors or {"": [error.text]}) if error else {},
        **question_parts(event, values.get("answers", {}), insist=False),
    )
    return page, error.status if error else 200
