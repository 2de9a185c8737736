"""At which sessions people were, as registration tells it."""

from sqlalchemy import delete, insert

from services.notifications.models import Presence, table_of
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork
from shared.messaging.inbox import Received


def take_attendance(_settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    """Keep at which sessions somebody was, whether or not their registration is known yet."""
    registration_id = message.body["registration_id"]
    uow.session.execute(delete(Presence).where(Presence.registration_id == registration_id))
    rows = [{"registration_id": registration_id, "session_id": one} for one in message.body["session_ids"]]
    if rows:
        uow.session.execute(insert(table_of(Presence)), rows)
