"""The survey about an event, behind a person's link."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.registration.feedback import RATED, TOLD, Standing, give, own_with_event, standing_of
from services.registration.feedback_words import QUESTIONS, RATING_NAMES
from services.registration.models import Event
from services.registration.web.my import owner, unknown_link
from services.registration.web.schemas import FeedbackSchema
from shared.errors import InvalidError, NotFoundError
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service

bp = Blueprint("my_feedback", __name__, url_prefix="/my/<token>/registrations/<uuid:registration_id>/feedback")
bp.register_error_handler(NotFoundError, unknown_link)


@bp.get("")
def form(token: str, registration_id: UUID) -> ResponseReturnValue:
    keep_private()
    return _page(token, registration_id, dict.fromkeys((*RATED, *TOLD), ""))


@bp.post("")
def send(token: str, registration_id: UUID) -> ResponseReturnValue:
    keep_private()
    typed = {name: request.form.get(name, "") for name in (*RATED, *TOLD)}
    try:
        answer = load(FeedbackSchema(), typed)
    except InvalidError as error:
        return _page(token, registration_id, typed, error)
    ratings, texts = ({name: answer[name] for name in names} for names in (RATED, TOLD))
    with this_service().database.unit_of_work(now()) as uow:
        give(uow, owner(uow.session, token), registration_id, ratings, texts)
        uow.commit()
    return redirect(url_for(".form", token=token, registration_id=registration_id), 303)


def _page(
    token: str, registration_id: UUID, values: dict[str, Any], error: InvalidError | None = None
) -> ResponseReturnValue:
    standing, event = _standing(token, registration_id)
    page = render_template(
        "registration/my_feedback.html",
        token=token,
        event=event,
        registration_id=registration_id,
        standing=standing.value,
        questions={name: say(text) for name, text in QUESTIONS.items()},
        rated=RATED,
        told=TOLD,
        ratings=[(rating, say(text)) for rating, text in RATING_NAMES.items()],
        values=values,
        errors=said(error.errors) if error else {},
    )
    return page, error.status if error else 200


def _standing(token: str, registration_id: UUID) -> tuple[Standing, Event]:
    with this_service().database.read() as session:
        registration, event = own_with_event(session, owner(session, token), registration_id)
        return standing_of(session, registration, event, now()), event
