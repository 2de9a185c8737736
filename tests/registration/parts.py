"""What registration's tests build with: events, people who register, and a look at what came of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registration import changes, offers, setting_aside, waitlist
from services.registration.booking import Registered, Wish, book
from services.registration.desk import Desks
from services.registration.events import take_over
from services.registration.models import (
    OUTBOX,
    THE_PERSON,
    Decision,
    Registration,
    SeatCounter,
    metadata,
    organiser,
)
from services.registration.schedule import see_to_what_is_due
from services.registration.serving import serve
from shared.database import Database, new_id
from shared.errors import ReiheError
from shared.messages import REGISTRY
from shared.messages.base import dumped, loaded
from shared.testing import TurnableClock
from tests.rules import SEATS_AS_USUAL, a_waitlist

ORGANISER = organiser(UUID("0192f0c1-7b2a-7c3d-8e4f-a1b2c3d4e5f6"))

PLENTY = 1_000


def placed(snapshot: dict[str, Any]) -> dict[str, Any]:
    """With each session at the event's venue, unless it has its own."""
    return {**snapshot, "sessions": [{"venue": snapshot["venue"], **session} for session in snapshot["sessions"]]}


@dataclass
class House:
    """Registration's use cases, each in a unit of work of its own."""

    database: Database
    clock: TurnableClock
    _versions: dict[UUID, int] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))
    desks: Desks = field(init=False)

    def __post_init__(self) -> None:
        self.desks = Desks(partial(serve, self.database, self.clock), most_waiting=PLENTY)

    def empty(self) -> None:
        """Begin again, at the beginning of time, with nothing that was before."""
        self.clock.moment = TurnableClock.moment
        with self.database.unit_of_work(self.clock()) as uow:
            for kept in reversed(metadata.sorted_tables):
                if kept.name != "audit_log":
                    uow.session.execute(kept.delete())
            uow.commit()

    def snapshot(self, **changes: Any) -> dict[str, Any]:
        """The body of ``event.*`` for an event of one session of six hours, in 30 days."""
        start = self.clock() + timedelta(days=30)
        event_id = changes.get("event_id", new_id())
        return {
            "event_id": event_id,
            "slug": f"event-{event_id.hex[-12:]}",
            "title": {"de": "Vereinsrecht", "en": "Association law"},
            "description": {"de": "Was im Vereinsrecht gilt."},
            "motto": {},
            "kind": "training",
            "format": "in_person",
            "invite": "request",
            "series": None,
            "module_number": None,
            "venue": None,
            "sessions": [self.session(start)],
            "programme": [],
            "capacity": 2,
            "registration_opens_at": None,
            "registration_closes_at": None,
            "waitlist": a_waitlist(),
            **SEATS_AS_USUAL,
            "largest_party": 10,
            "certificate_rule": {"share_of_hours": 0.8, "sessions": None},
            "questions": [],
            "needs": [],
            "issuer": {
                "name": "Fachberatung",
                "association": "Verband",
                "logo_line": "",
                "signatory": "",
                "signatory_role": "",
            },
        } | changes

    def session(self, starts_at: Any, hours: float = 6, **changes: Any) -> dict[str, Any]:
        return {
            "session_id": new_id(),
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=hours),
            "time_zone": "Europe/Berlin",
            "teaching_units": None,
            "meeting_url": None,
            "required": False,
            "sequence": 0,
            "cancelled": False,
            "changed_at": self.clock(),
        } | changes

    def tell(self, snapshot: dict[str, Any], *, cancelled: bool = False) -> UUID:
        """Hand the snapshot over as its message would come: through the contract, with the next version."""
        event_id: UUID = snapshot["event_id"]
        version = self._versions[event_id] = self._versions.get(event_id, 0) + 1
        schema = REGISTRY["event.published.v1"]
        body = dumped(schema, placed(snapshot))
        with self.database.unit_of_work(self.clock()) as uow:
            take_over(uow, loaded(schema, body), version, cancelled=cancelled)
            uow.commit()
        return event_id

    def event(self, **changes: Any) -> UUID:
        return self.tell(self.snapshot(**changes))

    def wish(self, name: str = "", **changes: Any) -> Wish:
        name = name or f"Person {next(self._numbers)}"
        first, _, last = name.partition(" ")
        values = {
            "first_name": first,
            "last_name": last or "Muster",
            "email": f"{name.replace(' ', '.').lower()}@example.org",
            "locale": "de",
        }
        return Wish(**{**values, **changes})

    def register(self, event_id: UUID, name: str = "", **changes: Any) -> Registered:
        return self.lay_down(event_id, self.wish(name, **changes))

    def lay_down(self, event_id: UUID, wish: Wish) -> Registered:
        return self.desks.register(event_id, wish)

    def cancel(self, registration_id: UUID, actor: Any = THE_PERSON, reason: str = "") -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            changes.cancel(uow, registration_id, actor, reason)
            uow.commit()

    def promote(self, registration_id: UUID, reason: str = "a speaker") -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            waitlist.promote(uow, registration_id, ORGANISER, reason)
            uow.commit()

    def offer(self, registration_id: UUID, reason: str = "a speaker") -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            waitlist.offer(uow, registration_id, ORGANISER, reason)
            uow.commit()

    def move(self, registration_id: UUID, position: int, reason: str = "as promised") -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            waitlist.move(uow, registration_id, ORGANISER, reason, position=position)
            uow.commit()

    def set_aside(self, registration_id: UUID, reason: str = "cannot be reached") -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            setting_aside.set_aside(uow, registration_id, ORGANISER, reason)
            uow.commit()

    def resume(self, registration_id: UUID, actor: Any = THE_PERSON, reason: str = "") -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            setting_aside.resume(uow, registration_id, actor, reason)
            uow.commit()

    def accept(self, registration_id: UUID) -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            offers.accept(uow, registration_id)
            uow.commit()

    def confirm_address(self, registration_id: UUID) -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            offers.confirm_address(uow, registration_id)
            uow.commit()

    def decline(self, registration_id: UUID) -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            offers.decline(uow, registration_id)
            uow.commit()

    def wait_until(self, moment: datetime) -> None:
        """Let time pass, and the worker do what is due by then."""
        self.clock.moment = moment
        see_to_what_is_due(self.database, self.clock)

    def register_party(self, event_id: UUID, people: int, *, takes_fewer: bool = False, **changes: Any) -> list[UUID]:
        """Several at once; the ids of those who were registered, in order."""
        party_id = new_id()
        wishes = [self.wish(party_id=party_id, takes_fewer=takes_fewer, **changes) for _ in range(people)]
        with self.database.unit_of_work(self.clock()) as uow:
            outcomes = book(uow, event_id, wishes)
            uow.commit()
        for outcome in outcomes:
            if isinstance(outcome, ReiheError):
                raise outcome
        return [wish.registration_id for wish in wishes]

    def correct(self, registration_id: UUID, actor: Any = THE_PERSON, **values: Any) -> None:
        with self.database.unit_of_work(self.clock()) as uow:
            changes.correct(uow, registration_id, changes.Correction(**values), actor)
            uow.commit()

    def registration(self, registration_id: UUID) -> Registration:
        with self.database.read() as session:
            return session.get_one(Registration, registration_id)

    def state(self, registration_id: UUID) -> str:
        return self.registration(registration_id).state

    def states(self, event_id: UUID) -> list[str]:
        """In the order of the places in line."""
        with self.database.read() as session:
            query = select(Registration.state).where(Registration.event_id == event_id).order_by(Registration.seq)
            return list(session.scalars(query))

    def seats(self, event_id: UUID) -> SeatCounter:
        with self.database.read() as session:
            return session.get_one(SeatCounter, event_id)

    def decisions(self, **wanted: Any) -> list[Decision]:
        with self.database.read() as session:
            query = select(Decision).filter_by(**wanted).order_by(Decision.seats_version, Decision.id)
            return list(session.scalars(query))

    def messages(self, *topics: str) -> list[Any]:
        """The rows of the outbox, in order, with their bodies as JSON values."""
        with self.database.read() as session:
            query = select(OUTBOX).order_by(OUTBOX.c.id)
            rows = session.execute(query).all()
        return [row for row in rows if not topics or row.topic in topics]
