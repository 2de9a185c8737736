"""Who was where, person by person, and what it earned them: what organisers tick, print and answer questions from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.registration.certificate_rules import Standing, judge, share_attended
from services.registration.models import Attendance, Certificate, Event, Registration, Verdict
from services.registration.presence import MinutesBySession, ledger, minutes_of
from services.registration.states import State
from shared.paging import DEFAULT_LIMIT, Page, page
from shared.text import search_key


@dataclass(frozen=True, slots=True)
class Attendee:
    """``minutes`` holds the sessions at which the person was; ``share`` is their part of the event's hours, 0 to 1.

    ``standing`` says how far they are of what the event's certificate asks for.
    """

    registration: Registration
    minutes: MinutesBySession
    share: float
    standing: Standing
    earned: bool
    certificate: Certificate | None


def attendance_of(
    session: Session, event: Event, *, q: str = "", limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[Attendee]:
    """By name: whoever has a seat, and whoever has evidence although the seat was given up later.

    ``event`` has its sessions loaded. Raises :class:`InvalidError` for a foreign cursor.
    """
    evidenced = select(Attendance.registration_id).where(Attendance.event_id == event.id)
    query = select(Registration).where(
        Registration.event_id == event.id,
        or_(Registration.state == State.CONFIRMED, Registration.id.in_(evidenced)),
    )
    for word in search_key(q).split():
        query = query.where(Registration.search_key.contains(word, autoescape=True))
    found: Page[Registration] = page(
        session,
        query,
        [Registration.sort_key, Registration.id],
        lambda r: [r.sort_key, r.id],
        limit=limit,
        cursor=cursor,
    )
    return Page(_attendees(session, event, found.items), found.next_cursor)


def _attendees(session: Session, event: Event, registrations: Sequence[Registration]) -> list[Attendee]:
    ids = [registration.id for registration in registrations]
    rows = ledger(session, ids)
    earned = set(
        session.scalars(select(Verdict.registration_id).where(Verdict.registration_id.in_(ids), Verdict.earned))
    )
    certificates = newest_certificates(session, ids)
    attendees = []
    for registration in registrations:
        minutes = minutes_of(registration.id, event.sessions, rows)
        share = float(share_attended(event.sessions, minutes))
        certificate = certificates.get(registration.id)
        standing = judge(event.certificate_rule, event, minutes)
        has_earned = registration.id in earned
        attendees.append(Attendee(registration, minutes, share, standing, has_earned, certificate))
    return attendees


def newest_certificates(session: Session, earned_ids: Sequence[UUID]) -> Mapping[UUID, Certificate]:
    """The last certificate for each registration, or verdict on a series, that has one, valid or revoked."""
    query = select(Certificate).where(Certificate.earned_id.in_(earned_ids)).order_by(Certificate.issued_at)
    return {certificate.earned_id: certificate for certificate in session.scalars(query)}


def earners(session: Session, event_id: UUID) -> int:
    """How many have earned a certificate of the event by now."""
    query = select(func.count()).select_from(Verdict).where(Verdict.event_id == event_id, Verdict.earned)
    return session.execute(query).scalar_one()
