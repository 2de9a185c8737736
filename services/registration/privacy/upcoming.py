"""What retention will delete soon, by event: for organisers to see before it is gone (ADR 0038)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.registration.models import Event, Registration
from services.registration.retention import rules
from services.registration.settings import RegistrationSettings

AHEAD = timedelta(days=30)
SHOWN = ("needs", "needs_answers", "unconfirmed", "waitlist", "contact", "evidence")
"""The rules that select registrations, and so concern people."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """``number`` registrations of one event lose what the rule deletes. ``at`` is when at the latest, if it hangs on
    the event's end; what hangs on something else goes within the next weeks."""

    event: Event
    rule: str
    number: int
    at: datetime | None


def upcoming(session: Session, settings: RegistrationSettings, now: datetime) -> list[Upcoming]:
    """What is due in the next thirty days, the soonest first."""
    kept = _kept_days(settings)
    found = [
        Upcoming(event, rule.name, number, _at(event, kept.get(rule.name), now))
        for rule in rules(settings)
        if rule.name in SHOWN
        for event, number in _by_event(session, rule.due(session, now + AHEAD))
    ]
    return sorted(found, key=lambda one: (one.at or now, one.event.ends_at, SHOWN.index(one.rule)))


def totals(found: Sequence[Upcoming]) -> dict[str, int]:
    """How many registrations, by rule; only what there is."""
    return {rule: number for rule in SHOWN if (number := sum(one.number for one in found if one.rule == rule))}


def held_events(session: Session, settings: RegistrationSettings) -> Sequence[Event]:
    """Those of which nothing is deleted, whatever its time."""
    held: Sequence[UUID] = settings.legal_holds
    return session.scalars(select(Event).where(Event.id.in_(held)).order_by(Event.starts_at)).all()


def _by_event(session: Session, due: Select[UUID]) -> list[tuple[Event, int]]:
    query = (
        select(Event, func.count())
        .join(Registration, Registration.event_id == Event.id)
        .where(Registration.id.in_(due))
        .group_by(Event.id)
    )
    return [(event, number) for event, number in session.execute(query)]


def _kept_days(settings: RegistrationSettings) -> Mapping[str, int]:
    return {
        "needs": settings.keep_needs_days,
        "needs_answers": settings.keep_needs_days,
        "waitlist": settings.keep_waitlist_days,
        "contact": settings.keep_contact_days,
        "evidence": settings.keep_evidence_days,
    }


def _at(event: Event, days: int | None, now: datetime) -> datetime | None:
    return None if days is None else max(now, event.ends_at + timedelta(days=days))
