"""Enrolments in a series: one mail for what happened to all modules at once, and what calendars learn with it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.notifications.calendar_parts import CalendarPart, CalendarWriter, Noted, noted
from services.notifications.correspondence import Correspondence, enclosed
from services.notifications.invitations import Step, invitations_of, mail_as
from services.notifications.letters import enrolments as letters
from services.notifications.letters.enrolments import EnrolmentContext, Module
from services.notifications.mailing import About, MailKind, Recipient, queue
from services.notifications.models import Event, Registration
from services.notifications.people import is_subscribed, remember_person
from services.notifications.reader import Reader
from services.notifications.registrations import bring_in_line
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import Snapshot
from shared.database import UnitOfWork
from shared.errors import NotYetKnownError
from shared.messaging.inbox import Received

KINDS = {
    "enrolled": (MailKind.ENROLLED, letters.enrolled),
    "completed": (MailKind.ENROLMENT_COMPLETED, letters.completed),
    "cancelled": (MailKind.ENROLMENT_CANCELLED, letters.cancelled),
}


def take_enrolment(settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """One mail for all modules, with the newest that is known of each.

    The messages about its registrations say nothing themselves and may come in any order: until all that this one
    tells is known here, :class:`NotYetKnownError` puts it off. Calendars learn of it with this mail alone.
    """
    body = message.body
    events = _events_of(uow, body)
    remember_person(uow, body, f"{body['first_name']} {body['last_name']}".strip(), message.time)
    registrations = _registrations_of(uow, body, message.time)
    modules = [
        _module(events[part["event_id"]], registrations.get(part["registration_id"]), part) for part in _parts(body)
    ]
    _write(settings, uow, body, modules)


def _parts(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    parts: Sequence[Mapping[str, Any]] = body["modules"]
    return parts


def _events_of(uow: UnitOfWork, body: Mapping[str, Any]) -> dict[UUID, Event]:
    """The events, locked against changes of them; in one order, so that nobody waits for each other."""
    ids = {part["event_id"] for part in _parts(body)}
    query = select(Event).where(Event.id.in_(ids)).order_by(Event.id).with_for_update(read=True)
    events = {event.id: event for event in uow.session.scalars(query)}
    for missing in ids - events.keys():
        raise NotYetKnownError(f"event {missing}")
    return events


def _registrations_of(uow: UnitOfWork, body: Mapping[str, Any], told_at: datetime) -> dict[UUID, Registration]:
    told = {part["registration_id"]: part["state"] for part in _parts(body) if part["registration_id"]}
    query = select(Registration).where(Registration.id.in_(told))
    found = {registration.id: registration for registration in uow.session.scalars(query)}
    for registration_id, state in told.items():
        if registration_id not in found or _COURSE[found[registration_id].state] < _COURSE[state]:
            raise NotYetKnownError(f"registration {registration_id} as {state}")
        if _is_still_elsewhere(found[registration_id], body["person_id"], told_at):
            raise NotYetKnownError(f"registration {registration_id} of person {body['person_id']}")
    return found


def _is_still_elsewhere(registration: Registration, person_id: UUID, told_at: datetime) -> bool:
    """Whether it is known of another address only, which was corrected meanwhile. What has ended is not corrected."""
    goes_on = registration.state not in ("cancelled", "lapsed")
    return goes_on and registration.person_id != person_id and registration.changed_at < told_at


_COURSE = {"waitlisted": 0, "offered": 1, "pending": 1, "confirmed": 2, "cancelled": 3, "lapsed": 3}
"""No registration ever goes back: what is further on here than in a message is newer than it."""


def _module(event: Event, registration: Registration | None, part: Mapping[str, Any]) -> Module:
    if registration is None:
        return Module(event, None, refused=part["refused"])
    is_as_told = registration.state == part["state"]
    return Module(
        event,
        registration,
        position=part["position"] if is_as_told else registration.position,
        waits_for_series=part["waits_for_series"] and is_as_told,
    )


def _write(
    settings: NotificationsSettings, uow: UnitOfWork, body: Mapping[str, Any], modules: Sequence[Module]
) -> None:
    kind, letter = KINDS[body["change"]]
    known = [module.registration for module in modules if module.registration]
    newest = max(known, key=lambda registration: registration.changed_at)
    reader = Reader.of(newest.locale, settings)
    told = _told(settings, uow, modules, reader, is_end=body["change"] == "cancelled")
    part = CalendarWriter.to(newest.name, newest.email, settings, uow.now).for_one_mail(told)
    context = EnrolmentContext(
        reader, newest.name, body["series"], body["mode"], tuple(modules), settings.base_url, uow.now
    )
    about = tuple(About(module.event.id, module.registration.id if module.registration else None) for module in modules)
    recipient = Recipient(newest.person_id, newest.name, newest.email, modules=about)
    queue(uow, settings, kind, recipient, letter(context, enclosed(_as_list(part))), reader, part)


def _as_list(part: CalendarPart | None) -> list[CalendarPart]:
    return [part] if part else []


def _told(
    settings: NotificationsSettings, uow: UnitOfWork, modules: Sequence[Module], reader: Reader, *, is_end: bool
) -> list[Noted]:
    """What this mail tells the calendar: all sessions that the person has a seat at, or those that end.

    What else changes, because this message came late, goes out as messages of its own.
    """
    told: list[Noted] = []
    for module in modules:
        if module.registration is None:
            continue
        steps = bring_in_line(uow, settings, module.registration, module.event)
        ends = [step for step in steps if step.method == "CANCEL"]
        requests = list(_seated(uow, module.registration, module.event.told))
        now, later = (ends, [step for step in steps if step not in ends]) if is_end else (requests, ends)
        told += noted(now, module.event.told, reader, settings)
        correspondence = Correspondence.about(uow, settings, module.registration, module.event)
        correspondence.tell_calendar(later, module.registration.email)
    return sorted(told, key=lambda one: one.entry.starts_at)


def _seated(uow: UnitOfWork, registration: Registration, event: Snapshot) -> Iterator[Step]:
    """Every session that is to come in the person's calendar, also those that it was told of before."""
    if registration.state != "confirmed":
        return
    subscribed = is_subscribed(uow, registration.person_id)
    for row in invitations_of(uow.session, registration.person_id, registration.event_id).values():
        if row.is_requested and row.told.ends_at > uow.now:
            mail_as(row, event, subscribed=subscribed)
            yield Step("REQUEST", row, row.told)
