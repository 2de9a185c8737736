"""Who gets a reminder."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select

from services.notifications.models import Mail, Person, Presence, Registration, Reminder

STATES = {"confirmed": "confirmed", "present": "confirmed", "waitlisted": "waitlisted"}
"""Of their registrations, by audience."""


def audience_of(reminder: Reminder, session_id: UUID | None = None) -> Select[Registration]:
    """Those who belong to it now; of those present, who was at the session, or without one at any.

    What is sent after the end is not about their place any more: those who want no such mails are left out.
    """
    query = select(Registration).where(
        Registration.event_id == reminder.event_id, Registration.state == STATES[reminder.audience]
    )
    if reminder.audience == "present":
        was_there = Presence.registration_id == Registration.id
        of_session = Presence.session_id == session_id
        query = query.where(exists().where(was_there & of_session if session_id else was_there))
    if reminder.timing == "after_end":
        refused = exists().where(Person.id == Registration.person_id, Person.refused_news_at.is_not(None))
        query = query.where(~refused)
    return query


def still_to_be_reminded(reminder: Reminder, session_id: UUID, due: datetime, limit: int) -> Select[Registration]:
    """The first of those who had registered when it was due and have no mail of it yet."""
    of_session = session_id if reminder.each_session else None
    written = exists().where(
        Mail.reminder_id == reminder.id,
        Mail.reminder_session_id == session_id,
        Mail.registration_id == Registration.id,
    )
    return (
        audience_of(reminder, of_session)
        .where(Registration.submitted_at <= due, ~written)
        .order_by(Registration.id)
        .limit(limit)
    )
