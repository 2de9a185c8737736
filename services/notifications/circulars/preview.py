"""What a circular would look like to one of those who get it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.notifications.circulars.recipients import first_of
from services.notifications.composing import Composed, compose
from services.notifications.letters import circulars as letters
from services.notifications.mailing import known_event
from services.notifications.models import Circular
from services.notifications.reader import Reader
from services.notifications.settings import NotificationsSettings
from shared.audit import masked_name


@dataclass(frozen=True, slots=True)
class Preview:
    locale: str
    subject: str
    content: Composed


def preview(session: Session, settings: NotificationsSettings, circular: Circular, locale: str) -> Preview:
    """As the first recipient would get it in this language, their name masked."""
    reader, somebody = Reader.of(locale, settings), first_of(session, circular)
    to = letters.To(masked_name(somebody.name), somebody.state == "confirmed") if somebody else letters.To("")
    event = known_event(session, circular.event_id)
    letter = letters.written(reader, to, event, circular, settings.base_url)
    return Preview(reader.locale, letter.subject, compose(letter, reader, settings))
