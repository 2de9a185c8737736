"""The worker's part: what is due becomes a mail to each person, some at a time.

A date that is due is worked on while its event is locked, as it is whenever the event or a rule of it changes: two
workers never write the same mails, and nothing is planned anew under the hands of one. Mails and outcome are committed
together, so that work that was interrupted goes on where it stopped.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.exc import OperationalError

from services.notifications.letters import reminders as letters
from services.notifications.letters.letter import Context
from services.notifications.mailing import LATER, MailKind, Recipient, queue
from services.notifications.models import Event, Registration, Reminder, ReminderDate
from services.notifications.reader import Reader
from services.notifications.reminders.audience import still_to_be_reminded
from services.notifications.reminders.dates import when_of
from services.notifications.reminders.planning import QuietHours, next_chance
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import Session
from services.notifications.wordings import reworded_in
from shared.clock import Clock
from shared.database import Database, UnitOfWork
from shared.logs import get_logger

log = get_logger(__name__)

PORTION = 50
"""People who are written to in one transaction, which keeps the event from its registrations for some 100 ms."""
AFTER_FAILURE = timedelta(minutes=5)


class ReminderWriter:
    """One worker's writing. Several may run at once."""

    def __init__(self, database: Database, settings: NotificationsSettings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock

    def step(self) -> bool:
        """Write one portion of what is due. True if there may be more at once."""
        now = self._clock()
        with self._database.unit_of_work(now) as uow:
            event = _next_due(uow)
            if event is None:
                return False
            event_id = event.id
            try:
                self._write_portion(uow, event)
                uow.commit()
            except OperationalError:
                raise
            except Exception as error:  # whatever is wrong with one event must not hold up the others
                uow.session.rollback()
                log.exception("reminders_not_written", event_id=str(event_id), error=type(error).__name__)
                self._put_off(event_id, now)
        return True

    def _write_portion(self, uow: UnitOfWork, event: Event) -> None:
        query = select(ReminderDate, Reminder).join(Reminder, Reminder.id == ReminderDate.reminder_id)
        due = query.where(ReminderDate.event_id == event.id, _is_due(uow.now))
        found = uow.session.execute(
            due.order_by(ReminderDate.available_at, ReminderDate.reminder_id, ReminderDate.session_id).limit(1)
        ).first()
        if found is not None:  # otherwise another worker has written it before the event was locked here
            self._write(uow, event, *found)

    def _write(self, uow: UnitOfWork, event: Event, date: ReminderDate, reminder: Reminder) -> None:
        session = next(one for one in event.told.sessions if one.id == date.session_id)
        quiet = QuietHours.at(event.told, session.facts)
        chance = next_chance(when_of(reminder), session.facts, quiet, date.due_at, uow.now)
        if chance is None:
            date.outcome = "missed"
            log.warning("reminder_missed", reminder_id=str(reminder.id), session_id=str(session.id))
        elif chance > uow.now:
            date.available_at = chance
        else:
            query = still_to_be_reminded(reminder, session.id, date.due_at, PORTION)
            registrations = uow.session.scalars(query).all()
            for registration in registrations:
                self._remind(uow, event, session, reminder, registration)
            if len(registrations) < PORTION:
                date.outcome = "written"

    def _remind(
        self, uow: UnitOfWork, event: Event, session: Session, reminder: Reminder, registration: Registration
    ) -> None:
        reader = Reader.of(registration.locale, self._settings)
        context = Context(reader, registration, event.told, self._settings.base_url, uow.now)
        built_in = letters.reminder(context, reminder, session.facts)
        letter = letters.in_own_words(reworded_in(uow, built_in, event.id, reader), reminder, reader)
        recipient = Recipient(registration.person_id, registration.name, registration.email, event.id, registration.id)
        kind = MailKind.REMINDER if reminder.timing == "before_start" else MailKind.FOLLOW_UP
        mail = queue(uow, self._settings, kind, recipient, letter, reader)
        mail.reminder_id, mail.reminder_session_id, mail.priority = reminder.id, session.id, LATER

    def _put_off(self, event_id: UUID, now: datetime) -> None:
        with self._database.unit_of_work(now) as uow:
            overdue = update(ReminderDate).where(ReminderDate.event_id == event_id, _is_due(now))
            uow.session.execute(overdue.values(available_at=now + AFTER_FAILURE))
            uow.commit()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return ReminderDate.outcome.is_(None) & (ReminderDate.available_at <= now)


def _next_due(uow: UnitOfWork) -> Event | None:
    """An event with something due, locked."""
    waiting = exists().where(ReminderDate.event_id == Event.id, _is_due(uow.now))
    query = select(Event).where(waiting).order_by(Event.id).limit(1).with_for_update(skip_locked=True)
    return uow.session.scalars(query).first()
