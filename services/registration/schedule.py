"""What time alone changes: offers run out, pools are released, quotas end, quiet hours pass."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Enrolment, SeatCounter
from services.registration.seats import opened
from services.registration.waitlist import settle
from services.registration.whole_series import look_at_series
from shared.clock import Clock
from shared.database import Database, UnitOfWork
from shared.logs import get_logger

log = get_logger(__name__)

AT_A_TIME = 50
LOOK_EVERY_SECONDS = 5.0


def see_to_what_is_due(database: Database, clock: Clock) -> bool:
    """Settle the seats of events for which something is due, each in a transaction of its own.

    Returns whether more may be due. Several workers may do this at once: whoever comes second finds nothing due. An
    event that fails is tried again the next time, and keeps back no other.
    """
    with database.read() as session:
        due = _due_events(session, clock)
        waiting = _due_enrolments(session, clock)
    settled = [event_id for event_id in due if _safely(database, clock, event_id, _settle)]
    looked_at = [enrolment_id for enrolment_id in waiting if _safely(database, clock, enrolment_id, look_at_series)]
    return AT_A_TIME in (len(settled), len(looked_at))


def _due_events(session: Session, clock: Clock) -> Sequence[UUID]:
    query = select(SeatCounter.event_id).where(SeatCounter.due_at <= clock())
    return session.scalars(query.order_by(SeatCounter.due_at).limit(AT_A_TIME)).all()


def _due_enrolments(session: Session, clock: Clock) -> Sequence[UUID]:
    query = select(Enrolment.id).where(Enrolment.due_at <= clock())
    return session.scalars(query.order_by(Enrolment.due_at).limit(AT_A_TIME)).all()


def _settle(uow: UnitOfWork, event_id: UUID) -> None:
    with opened(uow, event_id) as seats:
        if seats.is_due:
            settle(uow, seats)


def _safely(database: Database, clock: Clock, due_id: UUID, see_to: Callable[[UnitOfWork, UUID], None]) -> bool:
    try:
        with database.unit_of_work(clock()) as uow:
            see_to(uow, due_id)
            uow.commit()
    except Exception as error:  # one event's trouble is not another's; it stays due
        log.exception("settling_failed", due_id=str(due_id), error=type(error).__name__)
        return False
    return True
