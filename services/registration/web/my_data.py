"""What a person decides about their data, on one page: consents, and the ways to see, correct and delete it."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.my import own_registrations
from services.registration.privacy import requests
from services.registration.privacy.consents import consent_not_found, give, not_given, standing, withdraw
from services.registration.privacy.own_data import note_taken, own_data
from services.registration.web.my import owner, unknown_link
from services.registration.web.settings import vault
from shared.errors import NotFoundError
from shared.languages import Text
from shared.languages import text as _
from shared.web.app import keep_private
from shared.web.language import locale
from shared.web.own_data import zip_answer
from shared.web.schemas import Choice, Paragraphs, Schema, load
from shared.web.service import now, this_service

bp = Blueprint("my_data", __name__, url_prefix="/my/<token>/data")
bp.register_error_handler(NotFoundError, unknown_link)


class RequestSchema(Schema):
    kind = Choice(tuple(requests.KINDS), required=True)
    text = Paragraphs(blank=True, longest=1_000, load_default="")


TITLES: Mapping[str, Text] = {
    "people": _("You"),
    "registrations": _("Your registrations"),
    "answers": _("Your answers"),
    "answer_files": _("Files that you sent"),
    "needs": _("What you need to take part"),
    "notes": _("What organisers noted"),
    "decisions": _("How it was decided who gets a seat"),
    "attendance": _("At which sessions you were"),
    "verdicts": _("What you have earned at events"),
    "series_verdicts": _("What you have earned in series"),
    "certificates": _("Your certificates"),
    "calendar_answers": _("What your calendar answered"),
    "enrolments": _("Your registrations for series"),
    "parties": _("Groups that you registered"),
    "consents": _("To what you have consented"),
    "data_requests": _("What you asked about your data"),
    "audit_log": _("What was done, and when"),
}


@bp.get("")
def page(token: str) -> ResponseReturnValue:
    keep_private()
    with this_service().database.read() as session:
        person = owner(session, token)
        open_kinds = {one.kind for one in requests.open_of(session, person.id)}
        return render_template(
            "registration/my_data.html",
            token=token,
            person=person,
            given=standing(session, person.id),
            offered=not_given(session, person.id),
            own=own_registrations(session, person, now()),
            requests=requests.requests_of(session, person.id),
            kinds=requests.KINDS,
            may_ask=[kind for kind in requests.KINDS if kind not in open_kinds],
            saved="saved" in request.args,
        )


@bp.post("/requests")
def ask(token: str) -> ResponseReturnValue:
    keep_private()
    sent = load(RequestSchema, {name: request.form.get(name, "") for name in ("kind", "text")})
    with this_service().database.unit_of_work(now()) as uow:
        requests.make(uow, owner(uow.session, token), sent["kind"], sent["text"])
        uow.commit()
    return redirect(url_for(".page", token=token, saved=1, _anchor="requests"), 303)


@bp.post("/requests/<uuid:request_id>/take-back")
def no_longer(token: str, request_id: UUID) -> ResponseReturnValue:
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        requests.take_back(uow, owner(uow.session, token), request_id)
        uow.commit()
    return redirect(url_for(".page", token=token, saved=1, _anchor="requests"), 303)


@bp.get("/registration.zip")
def take(token: str) -> Response:
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = owner(uow.session, token)
        data = own_data(uow.session, person, vault())
        note_taken(uow, person)
        uow.commit()
    return zip_answer(data, TITLES, "registration.zip")


@bp.post("/consents/<uuid:purpose_id>/give")
def consent(token: str, purpose_id: UUID) -> ResponseReturnValue:
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        person = owner(uow.session, token)
        asked = {one.purpose.id: one for one in not_given(uow.session, person.id)}
        shown = request.form.get("version", type=int)
        if purpose_id not in asked or shown is None:
            raise consent_not_found()
        give(uow, person, purpose_id, shown, locale())
        uow.commit()
    return redirect(url_for(".page", token=token, saved=1, _anchor="consents"), 303)


@bp.post("/consents/<uuid:purpose_id>/withdraw")
def take_back(token: str, purpose_id: UUID) -> ResponseReturnValue:
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        withdraw(uow, owner(uow.session, token), purpose_id)
        uow.commit()
    return redirect(url_for(".page", token=token, saved=1, _anchor="consents"), 303)
