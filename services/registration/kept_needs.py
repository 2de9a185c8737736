"""What people need, as it is kept: sealed, and opened only for planning, for the role ``needs`` and for themselves."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registration.acts import note_act
from services.registration.answer_changes import refuse_if_too_late
from services.registration.models import Actor, Event, Registration, SealedNeeds, table
from services.registration.needs import Needs, Plan, needs_from, plan
from services.registration.seats import opened_for, registration_under_lock
from services.registration.states import SEATED, State
from shared.database import UnitOfWork
from shared.errors import InvalidError
from shared.languages import text as _
from shared.vault import Vault

NEEDS = table(SealedNeeds)
REGISTRATIONS = table(Registration)


def check_needs(event: Event, raw: Mapping[str, Any]) -> Needs:
    """What the raw input says; raises :class:`InvalidError` by field, also for what the event does not ask for."""
    needs, errors = needs_from(event.needs, raw)
    if errors:
        raise InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)
    return needs


def refuse_unasked(event: Event, named: Iterable[str]) -> None:
    """Raise :class:`InvalidError` if one of the needs is not asked for by the event."""
    check_needs(event, {name: None for name in named if name not in event.needs})


def write_needs(uow: UnitOfWork, sealed: Mapping[UUID, bytes | None]) -> None:
    """Write the sealed needs of new registrations, by registration, with one statement."""
    rows = [
        {"registration_id": registration_id, "sealed": content, "changed_at": uow.now}
        for registration_id, content in sealed.items()
    ]
    if rows:
        uow.session.execute(NEEDS.insert(), rows)


def needs_of(session: Session, vault: Vault, registration_id: UUID) -> Needs:
    """What one person needs; empty if they said nothing."""
    sealed = session.scalar(select(NEEDS.c.sealed).where(NEEDS.c.registration_id == registration_id))
    return vault.opened(sealed) if sealed else {}


def change_needs(uow: UnitOfWork, vault: Vault, registration_id: UUID, raw: Mapping[str, Any], actor: Actor) -> None:
    """Replace what is known of the person's needs. The errors of :func:`answer_changes.change_answers`."""
    with opened_for(uow, registration_id) as seats:
        registration = registration_under_lock(uow.session, registration_id)
        refuse_if_too_late(seats.event, registration, uow, actor)
        needs = check_needs(seats.event, raw)
        if needs == needs_of(uow.session, vault, registration_id):
            return
        uow.session.execute(delete(NEEDS).where(NEEDS.c.registration_id == registration_id))
        write_needs(uow, {registration_id: vault.seal(needs)} if needs else {})
        # Which of them changed would say something of the person's health.
        seats.log(registration_id, "corrected", "corrected", actor, inputs={"fields": ["needs"]})
        note_act(uow, "registration.needs_changed", registration, actor)


def plan_of(session: Session, vault: Vault, event_id: UUID) -> tuple[Plan, Plan]:
    """What those with a seat need, and what those who wait do; nobody's name is in it."""
    seated: list[Needs] = []
    waiting: list[Needs] = []
    for state, needs in _everybody(session, vault, event_id):
        (waiting if state == State.WAITLISTED else seated).append(needs)
    return plan(seated), plan(waiting)


def _everybody(session: Session, vault: Vault, event_id: UUID) -> Iterator[tuple[str, Needs]]:
    query = (
        select(REGISTRATIONS.c.state, NEEDS.c.sealed)
        .join(NEEDS, NEEDS.c.registration_id == REGISTRATIONS.c.id)
        .where(REGISTRATIONS.c.event_id == event_id, REGISTRATIONS.c.state.in_([*SEATED, State.WAITLISTED]))
    )
    for state, sealed in session.execute(query):
        yield state, vault.opened(sealed)


def people_with_needs(session: Session, vault: Vault, event_id: UUID) -> list[tuple[Registration, Needs]]:
    """Who needs what, by name, of those who have a seat or wait for one: for the role ``needs`` alone."""
    query: Any = (
        select(Registration, SealedNeeds.sealed)
        .join(SealedNeeds, SealedNeeds.registration_id == Registration.id)
        .where(Registration.event_id == event_id, Registration.state.in_([*SEATED, State.WAITLISTED]))
        .order_by(Registration.sort_key, Registration.id)
    )
    return [(registration, vault.opened(sealed)) for registration, sealed in session.execute(query)]


def renew_seals(uow: UnitOfWork, vault: Vault) -> int:
    """Seal everything with the newest key; how many. Afterwards an older key is needed no more."""
    rows = uow.session.scalars(select(SealedNeeds)).all()
    for one in rows:
        one.sealed = vault.renewed(one.sealed)
    return len(rows)
