"""What catalogue tells of events: kept, with when those whom a change concerns are to be told of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from services.notifications.models import Event, FormerSnapshot
from services.notifications.reminders.dates import replan_all
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork
from shared.messages.catalogue import EventSnapshot
from shared.messaging.inbox import Received


def take_snapshot(settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """Keep an event as it was published or changed. What changes within a set time is told as one."""
    event = _locked(uow, message)
    if event is None:
        uow.session.add(_told_anew(Event(id=message.body["event_id"]), message, state="published"))
        return
    _keep_for_comparison(uow, event)
    _told_anew(event, message, state="published")
    replan_all(uow, event)
    if event.tell_at is None or event.tell_at <= uow.now:
        event.tell_at = uow.now + timedelta(seconds=settings.changes_wait_seconds)
    uow.wake("changes")


def take_cancellation(_settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """The event will not take place, which is told at once."""
    event = _locked(uow, message)
    if event is None:
        event = Event(id=message.body["event_id"])
        uow.session.add(event)
    else:
        _keep_for_comparison(uow, event)
    _told_anew(event, message, state="cancelled")
    event.reason = dict(message.body["reason"])
    event.tell_at = uow.now
    replan_all(uow, event)
    uow.wake("changes")


def _locked(uow: UnitOfWork, message: Received) -> Event | None:
    """The event, with registrations of it held off until it is as the message says."""
    return uow.session.scalars(select(Event).where(Event.id == message.aggregate_id).with_for_update()).first()


def _keep_for_comparison(uow: UnitOfWork, event: Event) -> None:
    uow.session.add(FormerSnapshot(event_id=event.id, version=event.version, snapshot=event.snapshot))


def _told_anew(event: Event, message: Received, *, state: str) -> Event:
    body = message.body
    sessions = body["sessions"]
    taking_place = [session for session in sessions if not session["cancelled"]] or sessions
    event.version = message.version
    event.series_id = body["series"]["series_id"] if body["series"] else None
    event.slug = body["slug"]
    event.title = dict(body["title"])
    event.state = state
    event.starts_at = min((session["starts_at"] for session in taking_place), default=None)
    event.ends_at = max((session["ends_at"] for session in taking_place), default=None)
    event.city = body["venue"]["city"] if body["venue"] else ""
    event.reply_to = body["reply_to"]
    event.snapshot = _as_json(body)
    event.changed_at = message.time
    return event


def _as_json(body: Mapping[str, Any]) -> dict[str, Any]:
    snapshot: dict[str, Any] = EventSnapshot().dump(body)
    return snapshot
