"""The dates of reminders as rows, brought in line whenever a rule or an event has changed.

Whoever changes them has locked the event.
"""

from uuid import UUID

from sqlalchemy import delete, select, update

from services.notifications.mailing import is_still_here
from services.notifications.models import Event, Mail, Reminder, ReminderDate
from services.notifications.reminders.planning import When, plan
from shared.database import UnitOfWork
from shared.messaging.lease import database_clock


def when_of(reminder: Reminder) -> When:
    return When(reminder.timing, reminder.amount, reminder.unit, reminder.each_session)


def replan_all(uow: UnitOfWork, event: Event) -> None:
    """After the event has changed."""
    for reminder in uow.session.scalars(select(Reminder).where(Reminder.event_id == event.id)).all():
        replan(uow, event, reminder)


def replan(uow: UnitOfWork, event: Event, reminder: Reminder) -> None:
    """Move, add and drop what has not been written yet."""
    known = {date.session_id: date for date in dates_of(uow, reminder.id)}
    standing = {session_id: date.due_at for session_id, date in known.items()}
    planned = plan(when_of(reminder), event.told, uow.now, standing)
    for session_id, due in planned.items():
        date = known.get(session_id)
        if date is None:
            uow.session.add(
                ReminderDate(
                    reminder_id=reminder.id, session_id=session_id, event_id=event.id, due_at=due, available_at=due
                )
            )
        elif date.outcome != "written" and date.due_at != due:
            date.due_at = date.available_at = due
            date.outcome = None
    for session_id in known.keys() - planned.keys():
        if known[session_id].outcome is None:
            uow.session.delete(known[session_id])


def dates_of(uow: UnitOfWork, reminder_id: UUID) -> list[ReminderDate]:
    query = select(ReminderDate).where(ReminderDate.reminder_id == reminder_id)
    return list(uow.session.scalars(query.execution_options(populate_existing=True)))


def take_back(uow: UnitOfWork, reminder: Reminder) -> None:
    """Mails that wait to be sent are no more, and whoever they were for is still to be reminded."""
    mails = (Mail.reminder_id == reminder.id) & is_still_here(database_clock(uow.session))
    withdrawn = delete(Mail).where(mails).returning(Mail.reminder_session_id)
    sessions = set(uow.session.scalars(withdrawn.execution_options(synchronize_session=False)))
    of_them = (ReminderDate.reminder_id == reminder.id) & ReminderDate.session_id.in_(sessions)
    uow.session.execute(update(ReminderDate).where(of_them).values(outcome=None))


def forget(uow: UnitOfWork, reminder: Reminder) -> None:
    """All dates of a rule that is no more."""
    uow.session.execute(delete(ReminderDate).where(ReminderDate.reminder_id == reminder.id))
