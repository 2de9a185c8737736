"""What an event's registrations and attendance add up to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.registration.events import seats_of
from services.registration.models import Attendance, Certificate, Event, Registration, Verdict
from services.registration.people import count_by_state
from services.registration.presence import ledger, minutes_of
from services.registration.states import State

VALID = (Certificate.series_id.is_(None), Certificate.state == "valid")
"""Certificates of events that hold."""


@dataclass(frozen=True, slots=True)
class SessionFigures:
    session_id: UUID
    attended: int
    minutes: int
    """Of all who attended, together."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """``organisations`` counts those with at least one seat; ``attended`` whoever was at a session at all."""

    capacity: int
    by_state: Mapping[State, int]
    organisations: int
    attended: int
    sessions: list[SessionFigures]
    certificates_earned: int
    certificates_valid: int


def statistics_of(session: Session, event: Event) -> Statistics:
    """``event`` has its sessions loaded."""
    attended, minutes = _attendance(session, event)
    return Statistics(
        capacity=seats_of(session, event.id).capacity,
        by_state=count_by_state(session, event.id),
        organisations=_organisations(session, event.id),
        attended=len(attended),
        sessions=[
            SessionFigures(s.id, sum(s.id in by_session for by_session in attended.values()), minutes[s.id])
            for s in event.sessions
        ],
        certificates_earned=_count(
            session, select(Verdict.registration_id).where(Verdict.event_id == event.id, Verdict.earned)
        ),
        certificates_valid=_count(
            session,
            select(Certificate.id).where(
                Certificate.event_id == event.id, Certificate.series_id.is_(None), Certificate.state == "valid"
            ),
        ),
    )


def _attendance(session: Session, event: Event) -> tuple[dict[UUID, dict[UUID, int]], Counter[UUID]]:
    """Minutes by registration and session, for those who were there, and the sum by session."""
    ids = list(session.scalars(select(Attendance.registration_id).where(Attendance.event_id == event.id).distinct()))
    rows = ledger(session, ids)
    attended = {i: minutes for i in ids if (minutes := minutes_of(i, event.sessions, rows))}
    total: Counter[UUID] = Counter()
    for minutes in attended.values():
        total.update(minutes)
    return attended, total


def _organisations(session: Session, event_id: UUID) -> int:
    query = select(func.count(func.distinct(Registration.organisation_key))).where(
        Registration.event_id == event_id, Registration.state == State.CONFIRMED, Registration.organisation_key != ""
    )
    return session.execute(query).scalar_one()


def _count(session: Session, query: Select[UUID]) -> int:
    return session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
