"""Registrations follow the directory: after a merger, a new name or a changed membership they count anew.

The directory is changed in one transaction. The registrations come after it, the seats of each event in a transaction
of their own; whatever is interrupted, or was under way meanwhile, the worker finishes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from services.registration.affiliation import Affiliation, affiliate
from services.registration.models import (
    THE_ENGINE,
    Actor,
    Organisation,
    OrganisationName,
    Registration,
    Standing,
    organisation_key,
    table,
)
from services.registration.regrouping import regroup
from services.registration.seats import opened
from services.registration.waitlist import settle
from shared.database import Database, UnitOfWork

ORGANISATIONS = table(Organisation)

LONGEST_TRANSACTION = timedelta(minutes=1)
"""Whoever looked an organisation up before it was changed has committed by then."""


@dataclass(frozen=True, slots=True)
class _Change:
    """An entry whose registrations have not all followed yet."""

    id: UUID
    revision: int
    changed_at: datetime


def follow(database: Database, now: datetime, actor: Actor = THE_ENGINE, only: Collection[UUID] | None = None) -> int:
    """Bring the registrations of all changed entries, or of those ``only``, in step.

    Returns how many count for another organisation now.
    """
    moved = 0
    with database.read() as session:
        changes = [change for change in _open_changes(session) if only is None or change.id in only]
    for change in changes:
        with database.read() as session:
            event_ids = _events_concerned(session, change.id)
        for event_id in event_ids:
            with database.unit_of_work(now) as uow:
                moved += _align(uow, event_id, change.id, actor)
                uow.commit()
        if change.changed_at <= now - LONGEST_TRANSACTION:
            _close(database, now, change)
    return moved


def _open_changes(session: Session) -> Sequence[_Change]:
    columns = ORGANISATIONS.c
    query = (
        select(columns.id, columns.revision, columns.changed_at)
        .where(columns.followed < columns.revision)
        .order_by(columns.id)
    )
    return [_Change(*row) for row in session.execute(query)]


def _close(database: Database, now: datetime, change: _Change) -> None:
    """Unless it was changed once more."""
    columns = ORGANISATIONS.c
    with database.unit_of_work(now) as uow:
        this = (columns.id == change.id, columns.revision == change.revision)
        uow.session.execute(update(ORGANISATIONS).where(*this).values(followed=change.revision))
        uow.commit()


def _events_concerned(session: Session, organisation_id: UUID) -> Sequence[UUID]:
    entry = session.get_one(Organisation, organisation_id)
    query = select(Registration.event_id).where(_is_behind(entry)).distinct().order_by(Registration.event_id)
    return session.scalars(query).all()


def _align(uow: UnitOfWork, event_id: UUID, organisation_id: UUID, actor: Actor) -> int:
    with opened(uow, event_id) as seats:
        entry = uow.session.get_one(Organisation, organisation_id, populate_existing=True)
        target = uow.session.get_one(Organisation, entry.merged_into or entry.id)
        affiliation = Affiliation(target.id, organisation_key("", target.id), target.member)
        query = select(Registration).where(Registration.event_id == event_id, _is_behind(entry))
        behind = uow.session.scalars(query.order_by(Registration.seq).execution_options(populate_existing=True)).all()
        for registration in behind:
            affiliate(registration, affiliation)
            inputs = {"organisation_id": str(target.id)}
            seats.log(registration.id, "corrected", "organisation_assigned", actor, inputs=inputs)
        regroup(uow, seats, "organisation_assigned", [registration.id for registration in behind])
        settle(uow, seats)
    return len(behind)


def _is_behind(entry: Organisation) -> ColumnElement[bool]:
    """Registrations that do not yet count as the entry says."""
    counts = Registration.organisation_id == entry.id
    if entry.state == Standing.MERGED:
        return counts
    return or_(and_(counts, Registration.member != entry.member), _spelt_like(entry.id))


def _spelt_like(organisation_id: UUID) -> ColumnElement[bool]:
    """Those without an entry whose spelling is a name of this one and of no other."""
    name, other = aliased(OrganisationName), aliased(OrganisationName)
    elsewhere = exists().where(other.key == name.key, other.organisation_id != organisation_id)
    keys = select(name.key).where(name.organisation_id == organisation_id, ~elsewhere)
    return and_(
        Registration.organisation_id.is_(None),
        Registration.organisation_key != "",
        Registration.organisation_key.in_(keys),
    )
