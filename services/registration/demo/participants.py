"""The demo's people: who registered for the series of the past, what was noted at its doors, what they said of it.

Each column that is named after an event says how somebody was there: the kind of evidence, ``late`` from the middle of
each session on, ``mistaken`` where it was taken back, ``absent``, or ``waits`` where no seat was left.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registration.attendance import Entry, Recorder, record
from services.registration.booking import Wish, book
from services.registration.feedback import DAYS, RATED, TOLD, give, set_up
from services.registration.manner import Manner
from services.registration.models import STAFF, Event, EventSession, Person, Registration
from shared.database import Database, UnitOfWork, new_id
from shared.errors import ReiheError

FILE = Path(__file__).parent / "participants.csv"
REGISTERED_BEFORE = timedelta(days=28)
ANSWERED_AFTER = timedelta(days=1)
SILENTLY = Manner(notify=False)

Facts = Mapping[str, str]


def load(database: Database) -> list[str]:
    """Fill the events of the past, if nobody has registered for any event; lines that say what was done."""
    with FILE.open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file, delimiter=";"))
    with database.read() as session:
        events = _events_of(session, people[0])
        recorder = _first_of_staff(session)
        if not events or recorder is None or session.scalar(select(Registration.id).limit(1)):
            return []
    for event in events:
        _fill(database, event, [one for one in people if one[event.slug]], Recorder(recorder))
    _ask(database, events[-1], people, recorder)
    return [f"The demo's past series has {len(people)} people."]


def _events_of(session: Session, columns: Facts) -> Sequence[Event]:
    query = select(Event).where(Event.slug.in_(columns)).options(selectinload(Event.sessions))
    return session.scalars(query.order_by(Event.starts_at)).all()


def _first_of_staff(session: Session) -> UUID | None:
    columns = STAFF.accounts.c
    return session.scalar(select(columns.account_id).where(columns.active).order_by(columns.account_id).limit(1))


def _fill(database: Database, event: Event, people: Sequence[Facts], recorder: Recorder) -> None:
    wishes = {one["email"]: _wish(one) for one in people}
    with database.unit_of_work(event.starts_at - REGISTERED_BEFORE) as uow:
        for outcome in book(uow, event.id, list(wishes.values())):
            if isinstance(outcome, ReiheError):
                raise outcome
        uow.commit()
    for held in event.sessions:
        with database.unit_of_work(held.ends_at) as uow:
            for one in people:
                entries = list(_evidence(wishes[one["email"]].registration_id, held, one[event.slug]))
                record(uow, held.id, entries, recorder)
            uow.commit()


def _wish(facts: Facts) -> Wish:
    return Wish(
        facts["first_name"],
        facts["last_name"],
        facts["email"],
        facts["locale"],
        facts["organisation"],
        address_confirmed=True,
        manner=SILENTLY,
    )


def _evidence(registration_id: UUID, held: EventSession, how: str) -> Iterator[Entry]:
    if how in ("absent", "waits"):
        return
    middle = held.starts_at + (held.ends_at - held.starts_at) / 2
    first = Entry(
        id=new_id(),
        registration_id=registration_id,
        kind="door" if how in ("late", "mistaken") else how,
        at=middle if how == "late" else held.starts_at,
        from_at=middle if how == "late" else None,
    )
    yield first
    if how == "mistaken":
        yield Entry(
            id=new_id(),
            registration_id=registration_id,
            kind="correction",
            at=held.ends_at,
            present=False,
            corrects=first.id,
            reason="An der Tür verwechselt",
        )


def _ask(database: Database, event: Event, people: Sequence[Facts], account_id: UUID) -> None:
    """Switch feedback on, and let those answer who have something to say."""
    with database.unit_of_work(event.starts_at) as uow:
        set_up(uow, event, offered=True, days=DAYS, account_id=account_id)
        uow.commit()
    with database.unit_of_work(event.ends_at + ANSWERED_AFTER) as uow:
        for one in people:
            if one["rating"]:
                _answer(uow, event, one)
        uow.commit()


def _answer(uow: UnitOfWork, event: Event, facts: Facts) -> None:
    query = select(Person, Registration.id).join(Registration, Registration.person_id == Person.id)
    found = query.where(Registration.event_id == event.id, Person.email == facts["email"])
    person, registration_id = uow.session.execute(found).one()
    ratings = dict(zip(RATED, facts["rating"], strict=True))
    give(uow, person, registration_id, ratings, {name: facts[name] for name in TOLD})
