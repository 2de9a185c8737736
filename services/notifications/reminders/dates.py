"""The dates of reminders as rows, brought in line whenever a rule or an event has changed.

Whoever changes them has locked the event.
"""

from uuid import UUID

from sqlalchemy import delete, select

from services.notifications.models import Event, Reminder, ReminderDate
from services.notifications.reminders.planning import When, plan
from shared.database import UnitOfWork


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


def forget(uow: UnitOfWork, reminder: Reminder) -> None:
    """All dates of a rule that is no more."""
    uow.session.execute(delete(ReminderDate).where(ReminderDate.reminder_id == reminder.id))
