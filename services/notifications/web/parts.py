"""What every view of notifications reaches for."""

from typing import cast

from services.notifications.settings import NotificationsSettings
from shared.web.service import this_service


def settings() -> NotificationsSettings:
    return cast("NotificationsSettings", this_service().settings)
