"""Invitations (iTIP, RFC 5546): each session of a confirmed person has one, with a UID that stays and a SEQUENCE that
rises with each REQUEST or CANCEL."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from services.notifications.entries import EntrySource
from services.notifications.models import Event, Invitation, Registration
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import SessionFacts, Snapshot
from shared.database import UnitOfWork
from shared.ical import Entry, Person, calendar_file, entry_bytes, invitation

Method = Literal["REQUEST", "CANCEL"]

MOST_INVITATIONS = 3
"""Sessions for which a confirmation sends an invitation each; more come as one file."""

Invitations = dict[UUID, Invitation]
"""Those of one person at one event, by session."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a person's calendar is to be told of one session."""

    method: Method
    invitation: Invitation
    facts: SessionFacts


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """What a mail holds for the calendar. Without a method it is a file to import, with all its ``steps``."""

    content: str
    method: Method | None
    steps: tuple[Step, ...]


def invitations_at(session: DatabaseSession, event_id: UUID) -> defaultdict[UUID, Invitations]:
    """All invitations of an event, by person and session."""
    found: defaultdict[UUID, Invitations] = defaultdict(dict)
    for row in session.scalars(select(Invitation).where(Invitation.event_id == event_id)):
        found[row.person_id][row.session_id] = row
    return found


def invitations_of(session: DatabaseSession, person_id: UUID, event_id: UUID) -> Invitations:
    query = select(Invitation).where(Invitation.person_id == person_id, Invitation.event_id == event_id)
    return {row.session_id: row for row in session.scalars(query)}


def settle(
    uow: UnitOfWork, registration: Registration, event: Event, known: Invitations, settings: NotificationsSettings
) -> list[Step]:
    """Bring a person's invitations in line with their place and the event; what changed, in order of time.

    Sessions that are over are left as they are. What a calendar shows already is not sent again. New invitations are
    added to ``known``.
    """
    wanted = _wanted(registration, event, known, uow.now)
    steps = [_cancel(row, uow.now) for row in known.values() if _is_to_end(row, wanted, uow.now)]
    for session_id, facts in wanted.items():
        row = known.get(session_id)
        if row is None:
            row = known[session_id] = _new(registration, session_id, facts, uow.now, settings)
            uow.session.add(row)
            steps.append(Step("REQUEST", row, facts))
        elif not row.is_requested or not row.told.looks_like(facts, registration.locale):
            steps.append(_request(row, registration, facts, uow.now))
        else:
            # What this person's calendar does not show may differ all the same: a title in another language.
            row.facts = facts.as_json()
    return sorted(steps, key=lambda step: step.facts.starts_at)


def withdraw(uow: UnitOfWork, known: Invitations) -> list[Step]:
    """Take back what is still to come, whatever the registration says: the entries belong to another address now."""
    steps = [_cancel(row, uow.now) for row in known.values() if _is_to_end(row, {}, uow.now)]
    return sorted(steps, key=lambda step: step.facts.starts_at)


def _wanted(registration: Registration, event: Event, known: Invitations, now: datetime) -> dict[UUID, SessionFacts]:
    """What is to stand in the calendar; a session that was still to come stays in it when it is moved to the past."""
    if registration.state != "confirmed" or event.is_cancelled:
        return {}
    return {
        session.id: session.facts
        for session in event.told.taking_place
        if session.facts.ends_at > now or (session.id in known and _is_coming(known[session.id], now))
    }


def _is_coming(row: Invitation, now: datetime) -> bool:
    return row.is_requested and row.told.ends_at > now


def _is_to_end(row: Invitation, wanted: dict[UUID, SessionFacts], now: datetime) -> bool:
    return _is_coming(row, now) and row.session_id not in wanted


def _new(
    registration: Registration,
    session_id: UUID,
    facts: SessionFacts,
    now: datetime,
    settings: NotificationsSettings,
) -> Invitation:
    return Invitation(
        person_id=registration.person_id,
        session_id=session_id,
        event_id=registration.event_id,
        registration_id=registration.id,
        uid=f"r-{uuid4()}@{urlsplit(settings.base_url).hostname}",
        sequence=0,
        status="requested",
        facts=facts.as_json(),
        created_at=now,
        changed_at=now,
    )


def _request(row: Invitation, registration: Registration, facts: SessionFacts, now: datetime) -> Step:
    row.registration_id = registration.id
    row.facts = facts.as_json()
    _advance(row, "requested", now)
    return Step("REQUEST", row, facts)


def _cancel(row: Invitation, now: datetime) -> Step:
    _advance(row, "cancelled", now)
    return Step("CANCEL", row, row.told)


def _advance(row: Invitation, status: str, now: datetime) -> None:
    row.sequence += 1
    row.status = status
    row.changed_at = now


def calendar_parts(
    steps: Sequence[Step],
    event: Snapshot,
    attendee: Person,
    reader: Reader,
    settings: NotificationsSettings,
    now: datetime,
    *,
    may_be_one_file: bool = False,
) -> list[CalendarPart]:
    """One part for each step, for Outlook reads only the first entry of a mail; or one file where there are many.

    Who registers with the address that invites cannot be invited by it (clients ignore that) and gets a file too.
    """
    source = EntrySource(event, reader, settings.base_url)
    entries = [source.entry(step.invitation, step.facts, step.invitation.changed_at) for step in steps]
    requests = [step for step in steps if step.method == "REQUEST"]
    invites_itself = attendee.email.casefold() == settings.mail_from.casefold()
    if invites_itself or (may_be_one_file and len(requests) > MOST_INVITATIONS):
        return [_file(requests, [entry for entry in entries if not entry.cancelled])] if requests else []
    organizer = Person(settings.organiser, settings.mail_from)
    return [
        CalendarPart(
            invitation(entry, method=step.method, organizer=organizer, attendee=attendee, dtstamp=now).decode(),
            step.method,
            (step,),
        )
        for step, entry in zip(steps, entries, strict=True)
    ]


def _file(steps: Sequence[Step], entries: Sequence[Entry]) -> CalendarPart:
    content = calendar_file([entry_bytes(entry) for entry in entries], {entry.time_zone for entry in entries})
    return CalendarPart(content.decode(), None, tuple(steps))
