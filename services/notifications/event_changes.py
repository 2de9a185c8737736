"""Telling those who come or wait what became of an event: in portions, each person once.

A registration knows which version of the event its person was told. Whoever knows an older one is told the difference
to how the event is now, whatever lay between; so work that was interrupted goes on where it stopped.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from services.notifications.correspondence import Correspondence
from services.notifications.invitations import Invitations, Step, invitations_at, settle
from services.notifications.letters import events as event_letters
from services.notifications.letters.changes import changes_between
from services.notifications.letters.letter import Change
from services.notifications.mailing import MailKind
from services.notifications.models import Event, FormerSnapshot, Registration
from services.notifications.people import seated_at, still_to_be_told, subscribers_among
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import Snapshot
from shared.clock import Clock
from shared.database import Database, UnitOfWork
from shared.languages import Content
from shared.logs import get_logger

log = get_logger(__name__)

PORTION = 50
"""People who are told in one transaction. It keeps the event from its registrations for a fraction of a second."""
AFTER_FAILURE = timedelta(minutes=5)
"""Before an event is tried again that could not be told of, so that it does not hold up the others."""


class Teller:
    """One worker's telling. Several may run at once: a portion is of the one that has locked the event."""

    def __init__(self, database: Database, settings: NotificationsSettings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock

    def step(self) -> bool:
        """Tell one portion. True if there may be more at once."""
        now = self._clock()
        with self._database.unit_of_work(now) as uow:
            event = _next_due(uow)
            if event is None:
                return False
            event_id = event.id
            try:
                _tell_portion(uow, self._settings, event)
                uow.commit()
            except OperationalError:
                raise
            except Exception as error:  # whatever is wrong with one event must not hold up the others
                uow.session.rollback()
                log.exception("event_not_told", event_id=str(event_id), error=type(error).__name__)
                self._put_off(event_id, now)
        return True

    def _put_off(self, event_id: UUID, now: datetime) -> None:
        with self._database.unit_of_work(now) as uow:
            event = uow.session.get_one(Event, event_id, with_for_update=True)
            event.tell_at = now + AFTER_FAILURE
            uow.commit()


def _next_due(uow: UnitOfWork) -> Event | None:
    """Locked, so that it neither changes nor gets registrations while people are told how it is."""
    due = select(Event).where(Event.tell_at <= uow.now).order_by(Event.tell_at, Event.id).limit(1)
    return uow.session.scalars(due.with_for_update(skip_locked=True)).first()


def _tell_portion(uow: UnitOfWork, settings: NotificationsSettings, event: Event) -> None:
    registrations = still_to_be_told(uow.session, event, PORTION)
    portion = _Portion.of(uow, settings, event, {registration.person_id for registration in registrations})
    for registration in registrations:
        portion.tell(registration)
        registration.told_version = event.version
    if len(registrations) < PORTION:
        event.tell_at = None
        uow.session.execute(delete(FormerSnapshot).where(FormerSnapshot.event_id == event.id))


@dataclass(frozen=True, slots=True)
class _Portion:
    """What is needed to tell some people. ``former`` are the event's earlier snapshots, by version."""

    uow: UnitOfWork
    settings: NotificationsSettings
    event: Snapshot
    reason: Content | None
    former: dict[int, Snapshot]
    invitations: dict[UUID, Invitations]
    seated: set[UUID]
    subscribers: set[UUID]

    @classmethod
    def of(cls, uow: UnitOfWork, settings: NotificationsSettings, event: Event, people: set[UUID]) -> Self:
        former = uow.session.scalars(select(FormerSnapshot).where(FormerSnapshot.event_id == event.id))
        return cls(
            uow,
            settings,
            event.told,
            event.reason,
            {row.version: Snapshot.from_json(row.snapshot) for row in former},
            invitations_at(uow.session, event.id, people),
            seated_at(uow.session, event.id, people),
            subscribers_among(uow.session, people),
        )

    def tell(self, registration: Registration) -> None:
        correspondence = Correspondence(self.uow, self.settings, registration, self.event)
        steps = self._steps(registration)
        if self.event.is_cancelled:
            correspondence.write_of_cancelled_event(self.reason, steps)
        elif changes := self._changes(registration):
            correspondence.write(
                MailKind.EVENT_CHANGED,
                lambda context, enclosed: event_letters.changed(context, enclosed, changes),
                steps,
            )
        else:
            correspondence.tell_calendar(steps, registration.email)

    def _steps(self, registration: Registration) -> list[Step]:
        """Who has a seat and waits for another one hears of the calendar with the seat."""
        if registration.state != "confirmed" and registration.person_id in self.seated:
            return []
        person_id = registration.person_id
        known, subscribed = self.invitations[person_id], person_id in self.subscribers
        return settle(self.uow, registration, self.event, known, self.settings, subscribed=subscribed)

    def _changes(self, registration: Registration) -> tuple[Change, ...]:
        before, after = self.former[registration.told_version], self.event
        if registration.state != "confirmed":
            before, after = before.without_meeting_links(), after.without_meeting_links()
        return changes_between(before, after, Reader.of(registration.locale, self.settings), self.uow.now)
