"""What time alone changes: offers run out, pools are released, quotas end, quiet hours pass."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import SeatCounter
from services.registration.seats import opened
from services.registration.waitlist import settle
from shared.clock import Clock
from shared.database import Database
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
    settled = [event_id for event_id in due if _settle_safely(database, clock, event_id)]
    return len(settled) == AT_A_TIME


def _due_events(session: Session, clock: Clock) -> Sequence[UUID]:
    query = select(SeatCounter.event_id).where(SeatCounter.due_at <= clock())
    return session.scalars(query.order_by(SeatCounter.due_at).limit(AT_A_TIME)).all()


def _settle_safely(database: Database, clock: Clock, event_id: UUID) -> bool:
    try:
        with database.unit_of_work(clock()) as uow:
            with opened(uow, event_id) as seats:
                if seats.is_due:
                    settle(uow, seats)
            uow.commit()
    except Exception as error:  # one event's trouble is not another's; it stays due
        log.exception("settling_failed", event_id=str(event_id), error=type(error).__name__)
        return False
    return True
