"""The API of enrolments: registering for a series, choosing its modules anew, and giving all of it up."""

from typing import Any
from uuid import UUID

from services.registration.enrolled import enrolled_as_it_stands
from services.registration.enrolment_changes import cancel_own_enrolment
from services.registration.links import person_behind
from services.registration.module_choice import choose_modules
from services.registration.web import answers
from services.registration.web.enrolling import enrol_now
from services.registration.web.schemas import EnrolmentSchema, IdempotencySchema, ModulesSchema
from services.registration.web.settings import link_keys, vault
from shared.idempotency import body_digest
from shared.web.api import Blueprint, request_digest_source
from shared.web.app import keep_private
from shared.web.service import now, this_service

bp = Blueprint("enrolments", __name__, url_prefix="/api/registration/v1")


@bp.route("/series/<uuid:series_id>/enrolments", methods=["POST"])
@bp.arguments(IdempotencySchema, location="headers")
@bp.arguments(EnrolmentSchema)
@bp.response(201, answers.EnrolmentAnswer)
def enrol(headers: dict[str, Any], values: dict[str, Any], series_id: UUID) -> Any:
    """Register for several modules of a series at once: a seat, or a place on the waitlist, in each of them."""
    keep_private()
    digest = body_digest(request_digest_source())
    return answers.enrolment_answer(enrol_now(series_id, **values, **headers, body_digest=digest))


@bp.route("/my/<token>/enrolments/<uuid:enrolment_id>", methods=["PATCH"])
@bp.arguments(ModulesSchema)
@bp.response(200, answers.EnrolmentAnswer)
def choose_own(values: dict[str, Any], token: str, enrolment_id: UUID) -> Any:
    """Have exactly these modules of those that can be chosen: others are given up, new ones are registered for."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = person_behind(uow.session, link_keys(), token)
        said = {"answers": values.get("answers", {}), "needs": values.get("needs", {})}
        enrolment = choose_modules(uow, person, enrolment_id, values["modules"], vault(), **said)
        enrolled = enrolled_as_it_stands(uow.session, enrolment)
        uow.commit()
    return answers.enrolment_answer(enrolled)


@bp.route("/my/<token>/enrolments/<uuid:enrolment_id>/cancel", methods=["POST"])
@bp.response(200, answers.EnrolmentAnswer)
def cancel_own(token: str, enrolment_id: UUID) -> Any:
    """Give up all places of an own enrolment that are left."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = person_behind(uow.session, link_keys(), token)
        enrolment = cancel_own_enrolment(uow, person, enrolment_id)
        enrolled = enrolled_as_it_stands(uow.session, enrolment)
        uow.commit()
    return answers.enrolment_answer(enrolled)
