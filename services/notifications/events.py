"""What catalogue tells of events: kept, and passed on to those whom a change concerns."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from services.notifications.correspondence import Correspondence, Writer
from services.notifications.invitations import Step, invitations_at, settle
from services.notifications.letters import events as event_letters
from services.notifications.letters.changes import changes_between
from services.notifications.letters.letter import Change
from services.notifications.mailing import MailKind
from services.notifications.models import Event, Registration
from services.notifications.people import active_registrations
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import Snapshot
from shared.database import UnitOfWork
from shared.messages.catalogue import EventSnapshot
from shared.messaging.inbox import Received


def take_snapshot(settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """Keep an event as it was published or changed; tell those who come or wait of what concerns them."""
    event = _locked(uow, message)
    before = event.told if event else None
    event = _remember(uow, event, message, state="published")
    if before is not None:
        _tell_of_changes(settings, uow, event, before)


def take_cancellation(settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """The event will not take place: everybody who came or waited is told, and their calendars too."""
    event = _remember(uow, _locked(uow, message), message, state="cancelled")
    event.reason = dict(message.body["reason"])
    for correspondence, steps in _concerned(settings, uow, event):
        correspondence.write(
            MailKind.EVENT_CANCELLED,
            lambda context, enclosed: event_letters.cancelled(context, enclosed, event.reason),
            steps,
        )


def _locked(uow: UnitOfWork, message: Received) -> Event | None:
    """The event, with registrations of it held off until all have been told."""
    return uow.session.scalars(select(Event).where(Event.id == message.aggregate_id).with_for_update()).first()


def _remember(uow: UnitOfWork, event: Event | None, message: Received, *, state: str) -> Event:
    body = message.body
    if event is None:
        event = Event(id=body["event_id"])
        uow.session.add(event)
    sessions = body["sessions"]
    taking_place = [session for session in sessions if not session["cancelled"]] or sessions
    event.version = message.version
    event.slug = body["slug"]
    event.title = dict(body["title"])
    event.state = state
    event.starts_at = min((session["starts_at"] for session in taking_place), default=None)
    event.ends_at = max((session["ends_at"] for session in taking_place), default=None)
    event.city = body["venue"]["city"] if body["venue"] else ""
    event.snapshot = _as_json(body)
    event.changed_at = message.time
    return event


def _as_json(body: Mapping[str, Any]) -> dict[str, Any]:
    snapshot: dict[str, Any] = EventSnapshot().dump(body)
    return snapshot


def _tell_of_changes(settings: NotificationsSettings, uow: UnitOfWork, event: Event, before: Snapshot) -> None:
    after = event.told
    for correspondence, steps in _concerned(settings, uow, event):
        changes = _changes_for(correspondence.registration, before, after, settings, uow)
        if changes:
            correspondence.write(MailKind.EVENT_CHANGED, _telling(changes), steps)
        else:
            correspondence.tell_calendar(steps, correspondence.registration.email)


def _concerned(
    settings: NotificationsSettings, uow: UnitOfWork, event: Event
) -> Iterator[tuple[Correspondence, list[Step]]]:
    """Everybody who is to be told of the event, and what their calendars are to learn.

    Who has a seat and waits for another one hears of the calendar with the seat.
    """
    registrations = active_registrations(uow.session, event.id)
    invitations = invitations_at(uow.session, event.id)
    seated = {registration.person_id for registration in registrations if registration.state == "confirmed"}
    for registration in registrations:
        waits_for_another = registration.state != "confirmed" and registration.person_id in seated
        known = invitations[registration.person_id]
        steps = [] if waits_for_another else settle(uow, registration, event, known, settings)
        yield Correspondence.about(uow, settings, registration, event), steps


def _changes_for(
    registration: Registration, before: Snapshot, after: Snapshot, settings: NotificationsSettings, uow: UnitOfWork
) -> tuple[Change, ...]:
    if registration.state != "confirmed":
        before, after = before.without_meeting_links(), after.without_meeting_links()
    return changes_between(before, after, Reader.of(registration.locale, settings), uow.now)


def _telling(changes: tuple[Change, ...]) -> Writer:
    return lambda context, enclosed: event_letters.changed(context, enclosed, changes)
