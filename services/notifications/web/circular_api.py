"""Circulars in the JSON interface: drafted, tried out, sent, watched, stopped."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.circulars import drafts, orders, progress
from services.notifications.circulars.preview import Preview, preview
from services.notifications.mailing import known_event
from services.notifications.models import Circular, Mail
from services.notifications.web.circular_schemas import (
    CircularAnswer,
    CircularPage,
    CircularSchema,
    PageQuery,
    PreviewAnswer,
    RecipientPage,
    RecipientsQuery,
    SendSchema,
    TestSchema,
    circular_answer,
    draft_from,
)
from services.notifications.web.parts import key_of, settings
from services.notifications.web.schemas import IdempotencySchema, MailAnswer
from shared.paging import Page
from shared.web.api import Blueprint
from shared.web.app import keep_private
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint(
    "circulars_api", __name__, url_prefix="/api/notifications/v1", description="What organisers write to many people"
)
bp.before_request(keep_private)


@bp.route("/events/<uuid:event_id>/circulars", methods=["GET"])
@bp.staff("organiser")
@bp.arguments(PageQuery, location="query")
@bp.response(200, CircularPage)
def list_circulars(query: dict[str, Any], event_id: UUID) -> dict[str, Any]:
    """An event's circulars, the newest first."""
    with this_service().database.read() as session:
        known_event(session, event_id)
        found = progress.circulars_of(session, event_id, **query)
    return {"items": [circular_answer(one) for one in found.items], "next_cursor": found.next_cursor}


@bp.route("/events/<uuid:event_id>/circulars", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(IdempotencySchema, location="headers")
@bp.arguments(CircularSchema)
@bp.response(201, CircularAnswer)
def draft(headers: dict[str, Any], wanted: dict[str, Any], event_id: UUID) -> dict[str, Any]:
    """Draft a circular. Nobody gets it before it is sent."""
    with this_service().database.unit_of_work(now()) as uow:
        actor = required_staff("organiser")
        circular = drafts.write_once(uow, event_id, draft_from(wanted), actor, key_of(headers))
        answer = _answer(uow.session, circular)
        uow.commit()
    return answer


@bp.route("/circulars/<uuid:circular_id>", methods=["GET"])
@bp.staff("organiser")
@bp.response(200, CircularAnswer)
def get_circular(circular_id: UUID) -> dict[str, Any]:
    """A circular, and how far it is."""
    with this_service().database.read() as session:
        return _answer(session, drafts.circular_with_id(session, circular_id))


@bp.route("/circulars/<uuid:circular_id>", methods=["PUT"])
@bp.staff("organiser")
@bp.arguments(CircularSchema)
@bp.response(200, CircularAnswer)
def change(wanted: dict[str, Any], circular_id: UUID) -> dict[str, Any]:
    """Replace a draft; its version rises."""
    with this_service().database.unit_of_work(now()) as uow:
        circular = drafts.change(uow, circular_id, draft_from(wanted), required_staff("organiser"))
        answer = _answer(uow.session, circular)
        uow.commit()
    return answer


@bp.route("/circulars/<uuid:circular_id>", methods=["DELETE"])
@bp.staff("organiser")
@bp.response(204)
def discard(circular_id: UUID) -> None:
    """Discard a draft."""
    with this_service().database.unit_of_work(now()) as uow:
        drafts.discard(uow, circular_id, required_staff("organiser"))
        uow.commit()


@bp.route("/circulars/<uuid:circular_id>/preview/<string:locale>", methods=["GET"])
@bp.staff("organiser")
@bp.response(200, PreviewAnswer)
def show_preview(circular_id: UUID, locale: str) -> Preview:
    """What it looks like in a language; the installation's first, where it does not have this one."""
    with this_service().database.read() as session:
        return preview(session, settings(), drafts.circular_with_id(session, circular_id), locale)


@bp.route("/circulars/<uuid:circular_id>/test", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(TestSchema)
@bp.response(202, MailAnswer)
def try_out(wanted: dict[str, Any], circular_id: UUID) -> Mail:
    """Send it to the address of one's own account alone."""
    with this_service().database.unit_of_work(now()) as uow:
        mail = orders.try_out(uow, settings(), circular_id, wanted["locale"], required_staff("organiser"))
        uow.commit()
    return mail


@bp.route("/circulars/<uuid:circular_id>/send", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(SendSchema)
@bp.response(202, CircularAnswer)
def send(wanted: dict[str, Any], circular_id: UUID) -> dict[str, Any]:
    """Send it to all whom it is for; once, however often it is asked for."""
    with this_service().database.unit_of_work(now()) as uow:
        circular = orders.order(uow, circular_id, wanted["version"], required_staff("organiser"))
        answer = _answer(uow.session, circular)
        uow.commit()
    return answer


@bp.route("/circulars/<uuid:circular_id>/stop", methods=["POST"])
@bp.staff("organiser")
@bp.response(200, CircularAnswer)
def stop(circular_id: UUID) -> dict[str, Any]:
    """Stop it: who has not got it by now does not get it."""
    with this_service().database.unit_of_work(now()) as uow:
        circular = orders.stop(uow, circular_id, required_staff("organiser"))
        answer = _answer(uow.session, circular)
        uow.commit()
    return answer


@bp.route("/circulars/<uuid:circular_id>/recipients", methods=["GET"])
@bp.staff("organiser")
@bp.arguments(RecipientsQuery, location="query")
@bp.response(200, RecipientPage)
def list_recipients(query: dict[str, Any], circular_id: UUID) -> Page[progress.Sending]:
    """For whom it is, and what has become of it for each."""
    with this_service().database.read() as session:
        drafts.circular_with_id(session, circular_id)
        return progress.recipients_of(session, circular_id, **query)


def _answer(session: Session, circular: Circular) -> dict[str, Any]:
    session.flush()
    return circular_answer(progress.overview_of(session, circular))
