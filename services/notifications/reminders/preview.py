"""What a reminder would look like to one of those who get it."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.notifications.composing import compose
from services.notifications.letters import reminders as letters
from services.notifications.letters.letter import Context
from services.notifications.models import Event, Reminder
from services.notifications.reader import Reader
from services.notifications.reminders.audience import STATES, audience_of
from services.notifications.reminders.dates import when_of
from services.notifications.samples import Preview, masked
from services.notifications.settings import NotificationsSettings
from services.notifications.wordings import reworded, words_for


def preview(
    session: Session, settings: NotificationsSettings, event: Event, reminder: Reminder, locale: str, now: datetime
) -> Preview:
    """As somebody would get it in this language about the first session that it is about, their name masked."""
    reader, told = Reader.of(locale, settings), event.told
    first = [*when_of(reminder).occasions(told), *told.sessions][0]
    somebody = session.scalars(audience_of(reminder).limit(1)).first()
    registration = masked(somebody, event.id, STATES[reminder.audience], now)
    context = Context(reader, registration, told, settings.base_url, now)
    built_in = letters.reminder(context, reminder, first.facts)
    letter = reworded(built_in, words_for(session, built_in, event.id), reader)
    letter = letters.in_own_words(letter, reminder, reader)
    return Preview(reader.locale, letter.subject, compose(letter, reader, settings))
