"""Reminders by rule in the JSON interface: listed with when each is sent, added, changed, looked at, removed."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.mailing import known_event
from services.notifications.models import Reminder
from services.notifications.reminders import rules
from services.notifications.reminders.preview import preview
from services.notifications.reminders.progress import overviews
from services.notifications.reminders.rules import Rule
from services.notifications.samples import Preview
from services.notifications.web.circular_schemas import PreviewAnswer
from services.notifications.web.parts import key_of, settings
from services.notifications.web.reminder_schemas import ReminderAnswer, ReminderList, ReminderSchema, reminder_answer
from services.notifications.web.schemas import IdempotencySchema
from shared.web.api import Blueprint
from shared.web.app import keep_private
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint(
    "reminders_api",
    __name__,
    url_prefix="/api/notifications/v1/events/<uuid:event_id>/reminders",
    description="Reminders by rule",
)
bp.before_request(keep_private)

ONE = "/<uuid:reminder_id>"


@bp.route("", methods=["GET"])
@bp.staff("organiser")
@bp.response(200, ReminderList)
def list_reminders(event_id: UUID) -> dict[str, Any]:
    """An event's reminders in the order in which they were made, and when each is sent."""
    with this_service().database.read() as session:
        known_event(session, event_id)
        return {"items": _answers(session, event_id, rules.rules_of(session, event_id)), "next_cursor": None}


@bp.route("", methods=["POST"])
@bp.staff("organiser")
@bp.arguments(IdempotencySchema, location="headers")
@bp.arguments(ReminderSchema)
@bp.response(201, ReminderAnswer)
def add(headers: dict[str, Any], wanted: dict[str, Any], event_id: UUID) -> dict[str, Any]:
    """Add a reminder. It is sent when its time comes."""
    with this_service().database.unit_of_work(now()) as uow:
        reminder = rules.add_once(uow, event_id, Rule(**wanted), required_staff("organiser"), key_of(headers))
        answer = _answer(uow.session, reminder)
        uow.commit()
    return answer


@bp.route(ONE, methods=["GET"])
@bp.staff("organiser")
@bp.response(200, ReminderAnswer)
def get_reminder(event_id: UUID, reminder_id: UUID) -> dict[str, Any]:
    """A reminder, when it is sent about each session, and how far it is."""
    with this_service().database.read() as session:
        return _answer(session, rules.rule_with_id(session, event_id, reminder_id))


@bp.route(ONE, methods=["PUT"])
@bp.staff("organiser")
@bp.arguments(ReminderSchema)
@bp.response(200, ReminderAnswer)
def change(wanted: dict[str, Any], event_id: UUID, reminder_id: UUID) -> dict[str, Any]:
    """Replace a reminder. What has been sent by it stays; the rest is planned anew."""
    with this_service().database.unit_of_work(now()) as uow:
        rules.change(uow, event_id, reminder_id, Rule(**wanted), required_staff("organiser"))
        answer = _answer(uow.session, rules.rule_with_id(uow.session, event_id, reminder_id))
        uow.commit()
    return answer


@bp.route(ONE, methods=["DELETE"])
@bp.staff("organiser")
@bp.response(204)
def remove(event_id: UUID, reminder_id: UUID) -> None:
    """Remove a reminder: nothing more is sent by it."""
    with this_service().database.unit_of_work(now()) as uow:
        rules.remove(uow, event_id, reminder_id, required_staff("organiser"))
        uow.commit()


@bp.route(f"{ONE}/preview/<string:locale>", methods=["GET"])
@bp.staff("organiser")
@bp.response(200, PreviewAnswer)
def show_preview(event_id: UUID, reminder_id: UUID, locale: str) -> Preview:
    """What it looks like in a language; the installation's first, where it does not have this one."""
    with this_service().database.read() as session:
        event = known_event(session, event_id)
        return preview(session, settings(), event, rules.rule_with_id(session, event_id, reminder_id), locale, now())


def _answer(session: Session, reminder: Reminder) -> dict[str, Any]:
    return _answers(session, reminder.event_id, [reminder])[0]


def _answers(session: Session, event_id: UUID, reminders: list[Reminder]) -> list[dict[str, Any]]:
    session.flush()
    return [reminder_answer(one) for one in overviews(session, known_event(session, event_id), reminders)]
