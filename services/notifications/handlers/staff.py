"""Staff accounts, as catalogue tells of them."""

from services.notifications.models import STAFF
from services.notifications.settings import NotificationsSettings
from shared.database import UnitOfWork
from shared.messaging.inbox import Received
from shared.staff import storing_accounts

_store_account = storing_accounts(STAFF)


def take_account(_settings: NotificationsSettings, uow: UnitOfWork, message: Received) -> None:
    _store_account(uow, message)
