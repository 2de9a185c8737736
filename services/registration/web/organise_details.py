"""An organiser corrects what stands about a registration: name, organisation, language, answers."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration import changes
from services.registration.answer_changes import change_answers
from services.registration.answers import answers_of
from services.registration.uploads import LARGEST_FILE, MOST_FILES
from services.registration.web.asking import all_of, question_parts, sent_answers
from services.registration.web.organise_room import acting, guard, known_event, registration_at, room_of
from services.registration.web.schemas import DetailsSchema
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.languages import NAMES
from shared.web.app import takes_files
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

FIELDS = ("first_name", "last_name", "organisation", "organisation_id", "locale")

bp = Blueprint("details", __name__, url_prefix="/people/<uuid:registration_id>/details")
bp.before_request(guard(readers=("organiser",), writers=("organiser",)))


@bp.get("")
def form(event_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    return _form(event_id, registration_id)


@bp.post("")
@takes_files(MOST_FILES * LARGEST_FILE)
def change(event_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    sent: dict[str, Any] = {name: request.form.get(name, "") for name in FIELDS}
    try:
        _change(event_id, registration_id, sent)
    except (InvalidError, ConflictError) as error:
        return _form(event_id, registration_id, error, sent)
    return redirect(url_for("organise.person.person", event_id=event_id, registration_id=registration_id), 303)


def _change(event_id: UUID, registration_id: UUID, sent: dict[str, Any]) -> None:
    with this_service().database.unit_of_work(now()) as uow:
        event = known_event(uow.session, event_id)
        registration_at(uow.session, event_id, registration_id)
        fields = dict(sent)
        # A file that is not chosen anew stays; every other field says what it holds.
        answers = sent["answers"] = {key: value for key, value in sent_answers(event).items() if value is not None}
        [values, _none] = all_of(
            lambda: load(DetailsSchema(), fields),
            lambda: change_answers(uow, registration_id, answers, acting()),
        )
        changes.correct(uow, registration_id, changes.Correction(**values), acting())
        uow.commit()


def _form(
    event_id: UUID, registration_id: UUID, error: ReiheError | None = None, typed: dict[str, Any] | None = None
) -> ResponseReturnValue:
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        registration = registration_at(session, event_id, registration_id)
        kept = answers_of(session, [registration_id])[registration_id]
    typed = typed or {name: getattr(registration, name) for name in FIELDS}
    locales = dict.fromkeys((*this_service().settings.locales, registration.locale))
    page = render_template(
        "registration/details.html",
        room=room_of(event),
        registration=registration,
        event=event,
        values=typed,
        language_options=[(code, NAMES.get(code, code)) for code in locales],
        errors=said(error.errors or {"": [error.text]}) if error else {},
        **question_parts(event, kept | typed.get("answers", {}), insist=False),
    )
    return page, error.status if error else 200
