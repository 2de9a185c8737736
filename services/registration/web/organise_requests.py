"""The organisers' page of what people ask about the use of their data."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.privacy.requests import KINDS, open_requests, settle
from services.registration.web.organise_room import guard
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.schemas import Paragraphs, Schema, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("data_requests", __name__, url_prefix="/organise/privacy/requests")
bp.before_request(keep_private)
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


class AnswerSchema(Schema):
    answer = Paragraphs(required=True, longest=2_000)


@bp.get("")
def everything() -> str:
    return _page()


@bp.post("/<uuid:request_id>")
def answer(request_id: UUID) -> ResponseReturnValue:
    try:
        words = load(AnswerSchema, {"answer": request.form.get("answer", "")})["answer"]
        with this_service().database.unit_of_work(now()) as uow:
            settle(uow, request_id, words, required_staff("organiser").account_id)
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _page(error), error.status
    return redirect(url_for(".everything", settled=1), 303)


def _page(error: ReiheError | None = None) -> str:
    with this_service().database.read() as session:
        return render_template(
            "registration/data_requests.html",
            waiting=open_requests(session),
            kinds=KINDS,
            settled="settled" in request.args,
            errors=said(error.errors or {"": [error.text]}) if error else {},
        )
