"""People and registrations as registration last told of them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from services.notifications.models import ACTIVE_STATES, Event, Person, Registration, table_of
from shared.database import UnitOfWork
from shared.messaging.inbox import insert_for


def remember_person(uow: UnitOfWork, body: Mapping[str, Any], name: str, told_at: datetime) -> Person:
    """Keep what a message says of a person; an older message changes nothing but a generation that is higher.

    The row stays locked until the commit, so that one person's messages are handled one after the other.
    """
    table = table_of(Person)
    generation: int = body["link_generation"]
    values = {
        "id": body["person_id"],
        "link_generation": generation,
        "email": body["email"],
        "name": name,
        "locale": body["locale"],
        "changed_at": told_at,
    }
    insert = insert_for(uow.session.get_bind().dialect.name, table).values(values)
    newest = {
        name: case((insert.excluded.changed_at >= table.c.changed_at, insert.excluded[name]), else_=table.c[name])
        for name in ("email", "name", "locale", "changed_at")
    }
    highest = case((table.c.link_generation < generation, generation), else_=table.c.link_generation)
    kept = insert.on_conflict_do_update(
        index_elements=[table.c.id], set_={**newest, "link_generation": highest}
    ).returning(table)
    query = select(Person).from_statement(kept).execution_options(populate_existing=True)
    person: Person = uow.session.scalars(query).one()
    return person


def remember_registration(
    uow: UnitOfWork,
    event: Event,
    known: Registration | None,
    body: Mapping[str, Any],
    version: int,
    told_at: datetime,
) -> Registration:
    """Keep the newest word on a registration. Who is new knows the event as it is now."""
    registration = known or Registration(id=body["registration_id"], told_version=event.version)
    for field in _FIELDS:
        setattr(registration, field, body[field])
    registration.version = version
    registration.changed_at = told_at
    uow.session.add(registration)
    return registration


_FIELDS = (
    "event_id",
    "person_id",
    "state",
    "position",
    "first_name",
    "last_name",
    "email",
    "organisation",
    "locale",
    "submitted_at",
    "deadline",
)


def has_another_seat(session: Session, registration: Registration) -> bool:
    """Whether the person is confirmed at the same event by another registration.

    So it is when somebody cancelled and came again: nothing says which of the two messages arrives first.
    """
    query = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.person_id == registration.person_id,
        Registration.id != registration.id,
        Registration.state == "confirmed",
    )
    return bool(session.scalar(query))


def still_to_be_told(session: Session, event: Event, limit: int) -> list[Registration]:
    """The first of those who come or wait and do not know the event as it is now, in the order in which they came."""
    query = (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.told_version < event.version,
            Registration.state.in_(ACTIVE_STATES),
        )
        .order_by(Registration.submitted_at, Registration.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def seated_at(session: Session, event_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Those of these people who are confirmed at an event."""
    query = select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.state == "confirmed", Registration.person_id.in_(people)
    )
    return set(session.scalars(query))
