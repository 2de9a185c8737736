"""What certificates are made of, as the database has it: read for many at once."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.certificates.content import versions_of
from services.notifications.models import Earned, Event, Registration
from shared.rows import rounded


@dataclass(frozen=True, slots=True)
class Sources:
    """``events`` are those attended, by their beginning; without attendance that of the registration."""

    earned: Earned
    registration: Registration
    events: tuple[Event, ...]

    @property
    def series_id(self) -> UUID | None:
        """That of the whole series or, for a single module, that to which it belongs."""
        return self.earned.series_id or self.events[-1].series_id

    @property
    def versions(self) -> tuple[int, ...]:
        return versions_of(self.earned, self.registration, self.events)


def sources_of(session: Session, earned_ids: Collection[UUID], *, for_update: bool = False) -> dict[UUID, Sources]:
    """By verdict, in no order. ``for_update`` locks the verdicts, in one order, before anything else is read."""
    query = select(Earned).where(Earned.id.in_(rounded(earned_ids))).order_by(Earned.id)
    verdicts = session.scalars(query.with_for_update() if for_update else query).all()
    registrations = {one.id: one for one in _registrations(session, verdicts)}
    events = _events(session, verdicts)
    return {
        one.id: Sources(
            one, registrations[one.registration_id], tuple(event for event in events if event.id in _attended(one))
        )
        for one in verdicts
    }


def _registrations(session: Session, verdicts: Collection[Earned]) -> list[Registration]:
    wanted = rounded({one.registration_id for one in verdicts})
    return list(session.scalars(select(Registration).where(Registration.id.in_(wanted))))


def _events(session: Session, verdicts: Collection[Earned]) -> list[Event]:
    """By their beginning."""
    wanted = {event_id for one in verdicts for event_id in _attended(one)}
    query = select(Event).where(Event.id.in_(rounded(wanted))).order_by(Event.starts_at, Event.id)
    return list(session.scalars(query))


def _attended(earned: Earned) -> set[UUID]:
    return {UUID(part["event_id"]) for part in earned.sessions} or {earned.event_id}
