"""Registering somebody for a series, by form or API."""

from typing import Any
from uuid import UUID

from services.registration.enrolled import Enrolled
from services.registration.enrolments import EnrolmentWish, enrol
from services.registration.links import request_link
from services.registration.web.senders import limit_registrations
from services.registration.web.settings import vault
from shared.errors import ConflictError, ReiheError
from shared.web.language import locale
from shared.web.service import now, this_service


def enrol_now(series_id: UUID, **values: Any) -> Enrolled:
    """Register for the modules of a series; ``values`` are those of an :class:`EnrolmentWish`.

    Raises what :func:`services.registration.enrolments.enrol` raises and answers, and :class:`TooManyError`.
    """
    limit_registrations(values["email"])
    wish = EnrolmentWish(**{"locale": locale(), **values})
    try:
        with this_service().database.unit_of_work(now()) as uow:
            outcome = enrol(uow, series_id, wish, vault())
            uow.commit()
    except ConflictError as error:
        if error.code == "already_registered":
            with this_service().database.unit_of_work(now()) as uow:
                request_link(uow, wish.email)
                uow.commit()
        raise
    if isinstance(outcome, ReiheError):
        raise outcome
    return outcome
