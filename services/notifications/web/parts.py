"""What every view of notifications reaches for."""

from collections.abc import Mapping
from typing import Any, cast

from services.notifications.once import Key
from services.notifications.settings import NotificationsSettings
from shared.idempotency import body_digest
from shared.web.api import request_digest_source
from shared.web.service import this_service


def settings() -> NotificationsSettings:
    return cast("NotificationsSettings", this_service().settings)


def key_of(headers: Mapping[str, Any]) -> Key | None:
    """The request's Idempotency-Key, where it came with one."""
    key = headers["idempotency_key"]
    return Key(key, body_digest(request_digest_source())) if key else None
