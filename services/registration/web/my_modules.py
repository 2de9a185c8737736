"""Choosing the modules of one's registration for a series anew, on the person's own page."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.answers import answers_of
from services.registration.enrolment_changes import own_enrolment
from services.registration.events import seats_by_event
from services.registration.models import Enrolment, Event
from services.registration.module_choice import ModuleChoice, choice_of, choose_modules
from services.registration.series import modules_among
from services.registration.uploads import LARGEST_FILE, MOST_FILES
from services.registration.web.asking import form_parts_of, sent_answers, sent_needs
from services.registration.web.my import owner, unknown_link
from services.registration.web.register_series import Module
from services.registration.web.registering import sentences_of
from services.registration.web.schemas import ModulesSchema
from services.registration.web.settings import vault
from shared.errors import ConflictError, InvalidError, NotFoundError, ReiheError
from shared.web.app import keep_private, takes_files
from shared.web.schemas import load
from shared.web.service import now, this_service

bp = Blueprint("my_modules", __name__, url_prefix="/my/<token>/enrolments/<uuid:enrolment_id>/modules")
bp.register_error_handler(NotFoundError, unknown_link)


@bp.get("")
def choose(token: str, enrolment_id: UUID) -> ResponseReturnValue:
    keep_private()
    return _page(token, enrolment_id)


@bp.post("")
@takes_files(MOST_FILES * LARGEST_FILE)
def save(token: str, enrolment_id: UUID) -> ResponseReturnValue:
    """Sent twice, it does nothing more."""
    keep_private()
    sent = request.form.getlist("modules")
    with this_service().database.unit_of_work(now()) as uow:
        person = owner(uow.session, token)
        enrolment = own_enrolment(uow.session, person, enrolment_id)
        new = [event for event in _others(uow.session, enrolment) if str(event.id) in sent]
        said = {"answers": sent_answers(*new), "needs": sent_needs(*new)}
        try:
            wanted = load(ModulesSchema(), {"modules": sent})["modules"]
            choose_modules(uow, person, enrolment_id, wanted, vault(), **said)
        except InvalidError as error:
            return _page(token, enrolment_id, {"modules": sent, **said}, error)
        except ConflictError:
            return redirect(url_for("my.page", token=token), 303)
        uow.commit()
    return redirect(url_for("my.page", token=token, modules=1), 303)


def _others(session: Session, enrolment: Enrolment) -> list[Event]:
    choice = choice_of(session, enrolment, now())
    return list(choice.others) if choice else []


def _page(
    token: str, enrolment_id: UUID, sent: dict[str, Any] | None = None, error: ReiheError | None = None
) -> ResponseReturnValue:
    with this_service().database.read() as session:
        enrolment = own_enrolment(session, owner(session, token), enrolment_id)
        choice = choice_of(session, enrolment, now())
        if choice is None:
            return redirect(url_for("my.page", token=token), 303)
        values = sent or _as_it_is(session, choice)
        modules = _modules(session, choice)
    asking = form_parts_of(choice.others, values["answers"], values["needs"], beside=len(choice.kept))
    page = render_template(
        "registration/my_modules.html",
        token=token,
        enrolment=enrolment,
        modules=[(module, choice.kept.get(module.event.id)) for module in modules],
        values=values,
        errors=sentences_of(error),
        **asking,
    )
    return page, error.status if error else 200


def _as_it_is(session: Session, choice: ModuleChoice) -> dict[str, Any]:
    """What was answered for one module stands in the form already where another asks the same."""
    kept = answers_of(session, [one.id for one in choice.kept.values()])
    asked = {question.key for event in choice.others for question in event.all_questions if question.kind != "file"}
    answers = {key: value for said in kept.values() for key, value in said.items() if key in asked}
    return {"modules": [str(event_id) for event_id in choice.kept], "answers": answers, "needs": {}}


def _modules(session: Session, choice: ModuleChoice) -> list[Module]:
    """All that can be chosen, by their beginning."""
    events = modules_among(session, [*choice.kept, *(event.id for event in choice.others)])
    seats = seats_by_event(session, [event.id for event in events])
    return [Module(event, seats[event.id], "") for event in events]
