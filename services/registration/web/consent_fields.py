"""Consents in the registration forms: shown unticked, and kept apart from the registration that they came with."""

from collections.abc import Sequence
from uuid import UUID

from flask import request

from services.registration.models import Event, Person
from services.registration.privacy.consents import Asked, asked_for, give_all
from shared.text import normalised_email
from shared.web.language import locale
from shared.web.service import now, this_service

PREFIX = "consent."


def offered_consents(events: Sequence[Event]) -> list[Asked]:
    with this_service().database.read() as session:
        return asked_for(session, events)


def ticked() -> dict[UUID, int]:
    """Purpose → version of the words that the form showed; what makes no sense is as if it were not there."""
    found: dict[UUID, int] = {}
    for name, value in request.form.items():
        if name.startswith(PREFIX) and value.isdecimal() and len(value) < 6:
            try:
                found[UUID(name.removeprefix(PREFIX))] = int(value)
            except ValueError:
                continue
    return found


def keep_ticked(person: Person, *events: Event, field: str = "email") -> None:
    """Write down what this person ticked in their form, unless it was another's: ``field`` holds who filled it in."""
    wanted = ticked()
    if not wanted or person.email != normalised_email(request.form.get(field, "")):
        return
    with this_service().database.unit_of_work(now()) as uow:
        asked = {one.purpose.id for one in asked_for(uow.session, events)}
        given = [(purpose_id, version) for purpose_id, version in wanted.items() if purpose_id in asked]
        give_all(uow, uow.session.get_one(Person, person.id), given, locale())
        uow.commit()
