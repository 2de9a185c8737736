"""A person's own name, organisation, answers and needs, to be seen and changed until the event begins."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration import changes, my
from services.registration.answers import answers_of
from services.registration.kept_needs import needs_of
from services.registration.links import person_behind
from services.registration.models import Person
from services.registration.seats import registration_not_found
from services.registration.uploads import LARGEST_FILE, MOST_FILES
from services.registration.web.asking import all_of, form_parts, sent_answers, sent_needs
from services.registration.web.schemas import OwnDetailsSchema
from services.registration.web.settings import link_keys, vault
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.web import language
from shared.web.app import keep_private, takes_files
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

FIELDS = ("first_name", "last_name", "organisation", "organisation_id")

bp = Blueprint("my_details", __name__, url_prefix="/my/<token>/registrations/<uuid:registration_id>/details")


@bp.get("")
def details(token: str, registration_id: UUID) -> ResponseReturnValue:
    keep_private()
    return _page(token, registration_id)


@bp.post("")
@takes_files(MOST_FILES * LARGEST_FILE)
def change(token: str, registration_id: UUID) -> ResponseReturnValue:
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = _owner(uow.session, token)
        event = _own(uow.session, person, registration_id).event
        answers, needs = sent_answers(event), sent_needs(event)
        # A file that is not chosen anew stays; every other field says what it holds.
        answers = {key: value for key, value in answers.items() if value is not None}
        fields = {name: request.form.get(name, "") for name in FIELDS}
        try:
            [values, *_none] = all_of(
                lambda: load(OwnDetailsSchema(), fields),
                lambda: my.change_own_answers(uow, person, registration_id, answers),
                lambda: my.change_own_needs(uow, vault(), person, registration_id, needs),
            )
            my.correct_own(uow, person, registration_id, changes.Correction(**values))
        except (InvalidError, ConflictError) as error:
            typed = {"fields": fields, "answers": answers, "needs": needs}
            return _page(token, registration_id, error, typed), error.status
        uow.commit()
    return redirect(url_for("my.page", token=token, details=registration_id), 303)


def _page(
    token: str, registration_id: UUID, error: ReiheError | None = None, typed: dict[str, Any] | None = None
) -> str:
    with this_service().database.read() as session:
        own = _own(session, _owner(session, token), registration_id)
        kept = {
            "fields": {name: getattr(own.registration, name) for name in FIELDS},
            "answers": answers_of(session, [registration_id])[registration_id],
            "needs": needs_of(session, vault(), registration_id),
        }
    shown = {name: values | (typed or {}).get(name, {}) for name, values in kept.items()}
    return render_template(
        "registration/my_details.html",
        token=token,
        registration=own.registration,
        event=own.event,
        values=shown["fields"],
        errors=said(error.errors or {"": [error.text]}) if error else {},
        **form_parts(own.event, shown["answers"], shown["needs"]),
    )


def _owner(session: Session, token: str) -> Person:
    person = person_behind(session, link_keys(), token)
    if "lang" not in request.args and language.COOKIE not in request.cookies:
        language.use(person.locale)
    return person


def _own(session: Session, person: Person, registration_id: UUID) -> my.OwnRegistration:
    for own in my.own_registrations(session, person, now()):
        if own.registration.id == registration_id:
            return own
    raise registration_not_found()
