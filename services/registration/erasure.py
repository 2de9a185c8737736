"""Erasing a person at their own wish (Art. 17 GDPR): what goes, what stays and why, and doing it (ADR 0038)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.registration.changes import cancel
from services.registration.forgetting import attended, forget_people, forget_registrations
from services.registration.models import Actor, Event, Party, Person, Registration
from services.registration.settings import RegistrationSettings
from services.registration.states import ENDED
from shared.audit import Author, Subject
from shared.database import UnitOfWork

ROWS_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one registration. ``evidence_until`` is set where name, organisation and hours stay till then."""

    registration: Registration
    event: Event
    gives_up: bool
    """Whether a place, or a place in line, is given up by it."""
    evidence_until: datetime | None
    held: bool
    """Whether all of it stays, because a legal hold lies on the event."""


def fates(session: Session, person: Person, settings: RegistrationSettings, now: datetime) -> list[Fate]:
    """For all registrations of the person, by the events' beginning."""
    query = (
        select(Registration, Event)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.person_id == person.id)
        .order_by(Event.starts_at, Registration.id)
    )
    rows = session.execute(query).all()
    were_there = attended(session, [registration.id for registration, _event in rows])
    return [_fate(registration, event, registration.id in were_there, settings, now) for registration, event in rows]


def _fate(
    registration: Registration, event: Event, was_there: bool, settings: RegistrationSettings, now: datetime
) -> Fate:
    until = event.ends_at + timedelta(days=settings.keep_evidence_days)
    held = event.id in settings.legal_holds
    lies_ahead = registration.state not in ENDED and not event.is_cancelled and now < event.starts_at
    return Fate(
        registration,
        event,
        gives_up=lies_ahead and not held and not was_there,
        evidence_until=until if was_there and now < until else None,
        held=held,
    )


def erase(uow: UnitOfWork, person: Person, settings: RegistrationSettings, actor: Actor, author: Author) -> None:
    """Give up what lies ahead, then forget all that :func:`fates` says. Doing it again tells the others once more.

    The person stays known only as long as a legal hold lies on one of their events.
    """
    planned = fates(uow.session, person, settings, uow.now)
    for fate in sorted(planned, key=lambda fate: fate.event.id):
        if fate.gives_up:
            cancel(uow, fate.registration.id, actor)
    going = [fate for fate in planned if not fate.held]
    evidence = {fate.registration.id for fate in going if fate.evidence_until}
    # What tells of a cancelled place holds the name and address; it is blanked with all other messages.
    uow.write_all()
    forget_registrations(uow, [fate.registration.id for fate in going], evidence)
    if len(going) == len(planned):
        uow.session.execute(update(Party).where(Party.contact_id == person.id).values(contact_name=""))
        forget_people(uow, [person.id])
    uow.audit("person.erased", author, Subject("person", person.id))


def forgotten_people(session: Session) -> Iterator[UUID]:
    """Whose address is gone: the list to keep apart from backups, and to apply again after a restore."""
    query = select(Person.id).where(~Person.email.contains("@", autoescape=True)).order_by(Person.id)
    yield from session.scalars(query.execution_options(yield_per=ROWS_AT_A_TIME))


def known_people(session: Session, ids: Sequence[UUID]) -> list[Person]:
    return [person for one in ids if (person := session.get(Person, one)) is not None]
