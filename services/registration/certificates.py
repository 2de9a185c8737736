"""Who has earned a certificate: the rule of an event, judged whenever attendance changes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration import certificate_rules
from services.registration.certificate_rules import is_earned
from services.registration.models import Attendance, Certificate, Event, Registration, Verdict, row, table, unkept
from services.registration.presence import Ledger, MinutesBySession, ledger, minutes_of
from services.registration.series_certificates import holder_told, judge_people_in, sessions_told
from services.registration.states import State
from shared.database import UnitOfWork
from shared.messages.registration import CertificateEarnedV1, CertificateLostV1
from shared.messaging.inbox import insert_for
from shared.rows import insert_rows

VERDICTS = table(Verdict)


def has_earned(event: Event, registration: Registration, minutes: MinutesBySession) -> bool:
    """Whether the registration fulfils the event's rule; nobody does where there is none."""
    return registration.state == State.CONFIRMED and is_earned(
        certificate_rules.judge(event.certificate_rule, event, minutes)
    )


def judge_all(uow: UnitOfWork, event: Event) -> None:
    """Judge everybody about whom there is attendance, after the event's sessions or rule have changed."""
    present = select(Attendance.registration_id).where(Attendance.event_id == event.id)
    registrations = locked_registrations(uow.session, Registration.id.in_(present))
    rows = ledger(uow.session, [registration.id for registration in registrations])
    _judge_at_event(uow, event, registrations, rows)


def locked_registrations(session: Session, which: Any) -> Sequence[Registration]:
    """Rows locked in the order of their ids, so that two verdicts on one registration never cross."""
    query = select(Registration).where(which).order_by(Registration.id).with_for_update(of=Registration)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def judge(uow: UnitOfWork, event: Event, registrations: Sequence[Registration], rows: Ledger) -> None:
    """Judge these registrations, which are locked, and tell every verdict that is new; then the series of the event.

    ``rows`` are all that there are about them; ``event`` has its sessions loaded. A verdict is new if somebody has
    earned who had not, or with other hours than before, or has no longer.
    """
    _judge_at_event(uow, event, registrations, rows)
    judge_people_in(uow, [event.series_id], {registration.person_id for registration in registrations})


def _judge_at_event(uow: UnitOfWork, event: Event, registrations: Sequence[Registration], rows: Ledger) -> None:
    known = _verdicts(uow.session, [registration.id for registration in registrations])
    made: list[Verdict] = []
    for registration in registrations:
        minutes = minutes_of(registration.id, event.sessions, rows)
        last = known.get(registration.id)
        if has_earned(event, registration, minutes):
            verdict = last or unkept(
                Verdict, registration_id=registration.id, event_id=event.id, earned=False, revision=0
            )
            if last is None:
                made.append(verdict)
            _tell_earned(uow, event, registration, minutes, verdict)
        elif last is not None and last.earned:
            _tell_lost(uow, registration, last)
    if made:
        insert_rows(uow.session, VERDICTS, [row(verdict) for verdict in made])


def take_back(uow: UnitOfWork, *registrations: Registration) -> None:
    """Whoever gives a place up has no longer earned a certificate for it."""
    last = _verdicts(uow.session, [registration.id for registration in registrations])
    for registration in registrations:
        verdict = last.get(registration.id)
        if verdict is not None and verdict.earned:
            _tell_lost(uow, registration, verdict)
    judge_series_of(uow, registrations)


def judge_series_of(uow: UnitOfWork, registrations: Sequence[Registration], *former: UUID) -> None:
    """Judge the people of these registrations for the series of their events, and ``former`` owners of one of them."""
    # Whoever gives a place up has just locked its event: it is at hand, and this asks nothing.
    events = [uow.session.get_one(Event, one) for one in sorted({one.event_id for one in registrations})]
    judge_people_in(
        uow,
        [event.series_id for event in events],
        {registration.person_id for registration in registrations} | set(former),
    )


def _verdicts(session: Session, registration_ids: Sequence[UUID]) -> dict[UUID, Verdict]:
    query = select(Verdict).where(Verdict.registration_id.in_(registration_ids))
    found = session.scalars(query.execution_options(populate_existing=True))
    return {verdict.registration_id: verdict for verdict in found}


def _tell_earned(
    uow: UnitOfWork, event: Event, registration: Registration, minutes: MinutesBySession, verdict: Verdict
) -> None:
    order = [session.id for session in event.sessions if session.id in minutes]
    sessions = [
        {"event_id": str(event.id), "session_id": str(session_id), "minutes": minutes[session_id]}
        for session_id in order
    ]
    if verdict.earned and verdict.sessions == sessions:
        return
    verdict.earned, verdict.sessions, verdict.decided_at = True, sessions, uow.now
    verdict.revision += 1
    uow.publish(CertificateEarnedV1, registration.id, 0, _earned_message(event, registration, verdict))


def _earned_message(event: Event, registration: Registration, verdict: Verdict) -> dict[str, Any]:
    return {
        **holder_told(registration),
        "earned_id": registration.id,
        "series": None,
        "revision": verdict.revision,
        "sessions": sessions_told(verdict.sessions),
        "available_at": event.ends_at,
    }


def _tell_lost(uow: UnitOfWork, registration: Registration, verdict: Verdict) -> None:
    verdict.earned, verdict.decided_at = False, uow.now
    verdict.revision += 1
    body = {
        "earned_id": registration.id,
        "series_id": None,
        "registration_id": registration.id,
        "event_id": registration.event_id,
        "revision": verdict.revision,
    }
    uow.publish(CertificateLostV1, registration.id, 0, body)


def store_certificate(uow: UnitOfWork, told: Mapping[str, Any]) -> None:
    """Keep what notifications says about a certificate (the body of a ``certificate.*`` message)."""
    columns = ("earned_id", "series_id", "registration_id", "event_id", "number", "code", "state", "issued_at")
    values = {column: told[column] for column in columns}
    insert = insert_for(uow.session.get_bind().dialect.name, table(Certificate))
    uow.session.execute(
        insert.on_conflict_do_update(index_elements=["id"], set_=values), [{"id": told["certificate_id"], **values}]
    )
