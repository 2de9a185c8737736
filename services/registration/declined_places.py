"""Places that somebody's calendar has declined, at events that cancel them for it."""

from collections.abc import Mapping
from typing import Any

from services.registration.changes import cancel
from services.registration.models import THE_PERSON, Registration
from services.registration.states import State
from shared.database import UnitOfWork
from shared.errors import ConflictError
from shared.logs import get_logger
from shared.messages.registration import DECLINED_IN_CALENDAR

log = get_logger(__name__)


def give_up(uow: UnitOfWork, told: Mapping[str, Any]) -> None:
    """Cancel the place that somebody's calendar has declined (the body of ``place.declined.v1``).

    Whoever has cancelled meanwhile, or too late, or at an event that is off, has nothing left to be cancelled.
    """
    registration = uow.session.get(Registration, told["registration_id"])
    if registration is None or registration.state != State.CONFIRMED:
        return
    try:
        cancel(uow, registration.id, THE_PERSON, because=DECLINED_IN_CALENDAR)
    except ConflictError as error:
        log.info("declined_place_kept", registration_id=str(registration.id), because=error.code)
