"""People and registrations as registration last told of them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from services.notifications.models import ACTIVE_STATES, Event, Person, Registration, table_of
from shared.database import UnitOfWork
from shared.messaging.inbox import Received, insert_for
from shared.rows import rounded

_PEOPLE = table_of(Person)


def remember_person(uow: UnitOfWork, body: Mapping[str, Any], name: str, told_at: datetime) -> Person:
    """Keep what a message says of a person; an older message changes nothing but a generation that is higher.

    The row stays locked until the commit, so that one person's messages are handled one after the other.
    """
    kept = _keeping(uow.session.get_bind().dialect.name).values(_told(body, name, told_at)).returning(_PEOPLE)
    query = select(Person).from_statement(kept).execution_options(populate_existing=True)
    person: Person = uow.session.scalars(query).one()
    return person


def remember_registered_people(uow: UnitOfWork, messages: Iterable[Received]) -> set[UUID]:
    """The same for what several messages say of the people whose registrations they are about; whose."""
    newest: dict[UUID, dict[str, Any]] = {}
    for message in messages:
        told = _told(message.body, name_in(message.body), message.time)
        newest[told["id"]] = _newer_of(newest.get(told["id"], told), told)
    # In one order, so that two workers never wait for each other.
    rows = [newest[person_id] for person_id in sorted(newest)]
    uow.session.execute(_keeping(uow.session.get_bind().dialect.name), rows)
    return set(newest)


def name_in(body: Mapping[str, Any]) -> str:
    """The name of the person whose registration a message is about."""
    return f"{body['first_name']} {body['last_name']}".strip()


def _told(body: Mapping[str, Any], name: str, told_at: datetime) -> dict[str, Any]:
    return {
        "id": body["person_id"],
        "link_generation": body["link_generation"],
        "email": body["email"],
        "name": name,
        "locale": body["locale"],
        "changed_at": told_at,
    }


def _newer_of(before: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    newer = told if told["changed_at"] >= before["changed_at"] else before
    return {**newer, "link_generation": max(before["link_generation"], told["link_generation"])}


@cache
def _keeping(dialect: str) -> Any:
    """An INSERT of people that changes those who are known as far as it is newer."""
    insert = insert_for(dialect, _PEOPLE)
    is_newer = insert.excluded.changed_at >= _PEOPLE.c.changed_at
    newest = {
        name: case((is_newer, insert.excluded[name]), else_=_PEOPLE.c[name])
        for name in ("email", "name", "locale", "changed_at")
    }
    told, known = insert.excluded.link_generation, _PEOPLE.c.link_generation
    highest = case((known < told, told), else_=known)
    return insert.on_conflict_do_update(index_elements=[_PEOPLE.c.id], set_={**newest, "link_generation": highest})


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


def subscribers_among(session: Session, people: Collection[UUID]) -> set[UUID]:
    """Those of these people whose calendar follows their feed."""
    query = select(Person.id).where(Person.id.in_(rounded(people)), Person.subscribed_at.is_not(None))
    return set(session.scalars(query)) if people else set()


def is_subscribed(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether the person's calendar follows their feed."""
    found: bool = uow.prepared(("subscribed", person_id), lambda: bool(subscribers_among(uow.session, [person_id])))
    return found


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
