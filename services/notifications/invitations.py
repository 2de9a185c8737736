"""Invitations (iTIP, RFC 5546): each session of a confirmed person has one, with a UID that stays and a SEQUENCE that
rises with each REQUEST or CANCEL."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from services.notifications.answers import forget_answer
from services.notifications.models import Invitation, Registration
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import SessionFacts, Snapshot
from shared.database import UnitOfWork

Method = Literal["REQUEST", "CANCEL"]

Invitations = dict[UUID, Invitation]
"""Those of one person at one event, by session."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a person's calendar is to be told of one session."""

    method: Method
    invitation: Invitation
    facts: SessionFacts


def invitations_at(
    session: DatabaseSession, event_id: UUID, people: Collection[UUID]
) -> defaultdict[UUID, Invitations]:
    """Those of some people at an event, by person and session."""
    found: defaultdict[UUID, Invitations] = defaultdict(dict)
    query = select(Invitation).where(Invitation.person_id.in_(people), Invitation.event_id == event_id)
    for row in session.scalars(query):
        found[row.person_id][row.session_id] = row
    return found


def invitations_of(session: DatabaseSession, person_id: UUID, event_id: UUID) -> Invitations:
    query = select(Invitation).where(Invitation.person_id == person_id, Invitation.event_id == event_id)
    return {row.session_id: row for row in session.scalars(query)}


def settle(
    uow: UnitOfWork,
    registration: Registration,
    event: Snapshot,
    known: Invitations,
    settings: NotificationsSettings,
    *,
    subscribed: bool,
) -> list[Step]:
    """Bring a person's invitations in line with their place and the event; what changed, in order of time.

    ``subscribed`` says whether the person's calendar follows their feed. Sessions that are over are left as they are.
    What a calendar shows already is not sent again. New invitations are added to ``known``.
    """
    wanted = _wanted(registration, event, known, uow.now)
    steps = [_cancel(row, uow.now) for row in known.values() if _is_to_end(row, wanted, uow.now)]
    for session_id, facts in wanted.items():
        row = known.get(session_id)
        if row is None:
            row = known[session_id] = _new(registration, session_id, facts, uow.now, settings)
            mail_as(row, event, subscribed=subscribed)
            uow.session.add(row)
            steps.append(Step("REQUEST", row, facts))
        elif not row.is_requested or not row.told.looks_like(facts, registration.locale):
            steps.append(_request(uow, row, registration, facts))
            mail_as(row, event, subscribed=subscribed)
        else:
            # What this person's calendar does not show may differ all the same: a title in another language.
            row.facts = facts.as_json()
    return sorted(steps, key=lambda step: step.facts.starts_at)


def mail_as(row: Invitation, event: Snapshot, *, subscribed: bool) -> None:
    """Before it is requested by mail. Where the event no longer tells calendars by mail, or the person's calendar
    follows their feed by now, an entry that came by mail before is kept right in the same way: the calendar shows it,
    and nothing else would change it."""
    if event.invite != "none" and not subscribed:
        row.mailed_as = event.invite


def withdraw(uow: UnitOfWork, known: Invitations) -> list[Step]:
    """Take back what is still to come, whatever the registration says: the entries belong to another address now."""
    steps = [_cancel(row, uow.now) for row in known.values() if _is_to_end(row, {}, uow.now)]
    return sorted(steps, key=lambda step: step.facts.starts_at)


def _wanted(registration: Registration, event: Snapshot, known: Invitations, now: datetime) -> dict[UUID, SessionFacts]:
    """What is to stand in the calendar; a session that was still to come stays in it when it is moved to the past."""
    if registration.state != "confirmed" or event.is_cancelled:
        return {}
    return {
        session.id: session.facts
        for session in event.taking_place
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
        mailed_as="none",
        facts=facts.as_json(),
        created_at=now,
        changed_at=now,
        answers=0,
    )


def _request(uow: UnitOfWork, row: Invitation, registration: Registration, facts: SessionFacts) -> Step:
    if not row.is_requested or not row.told.is_at_same_time_as(facts):
        forget_answer(uow, row)
    row.registration_id = registration.id
    row.facts = facts.as_json()
    _advance(row, "requested", uow.now)
    return Step("REQUEST", row, facts)


def _cancel(row: Invitation, now: datetime) -> Step:
    _advance(row, "cancelled", now)
    return Step("CANCEL", row, row.told)


def _advance(row: Invitation, status: str, now: datetime) -> None:
    row.sequence += 1
    row.status = status
    row.changed_at = now
