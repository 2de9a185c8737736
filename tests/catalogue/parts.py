"""A catalogue to test with: its core over a given engine, and short ways to fill it and to look at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select

from services.catalogue import accounts, app, listing, programme, publishing
from services.catalogue.handlers import HANDLERS
from services.catalogue.models import AUDIT, INBOX, OUTBOX, Event, Series
from services.catalogue.settings import CatalogueSettings
from services.catalogue.web.schemas import EventChangeSchema, EventSchema, SeriesChangeSchema, SeriesSchema
from shared.composition import Core
from shared.database import Database, UnitOfWork
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import Outbox
from shared.testing import TurnableClock
from shared.wakeup import LocalWakeup
from shared.web.schemas import load

ACTOR = "a test"
BASE_URL = "https://reihe.example.org"
REASON = {"de": "Die Referentin ist krank."}

SESSION = {
    "starts_at": "2027-03-28T10:00:00+02:00",
    "ends_at": "2027-03-28T16:00:00+02:00",
    "time_zone": "Europe/Berlin",
    "teaching_units": 6,
    "meeting_url": None,
    "required": False,
}
VENUE = {
    "name": "Haus der Vielfalt",
    "street": "Ringstraße 1",
    "postcode": "44787",
    "city": "Bochum",
    "country": "DE",
    "room": "Saal",
    "accessibility": {"de": "Ohne Stufen"},
    "latitude": 51.48,
    "longitude": 7.22,
}
EVENT: dict[str, Any] = {
    "title": {"de": "Vereinsrecht", "en": "Association law"},
    "description": {"de": "Was das Gesetz verlangt."},
    "kind": "training",
    "format": "in_person",
    "series_id": None,
    "module_number": None,
    "venue": VENUE,
    "sessions": [SESSION],
    "capacity": 20,
    "registration_opens_at": None,
    "registration_closes_at": None,
    "waitlist": {"enabled": True, "policy": "promote", "offer_hours": 48},
    "max_per_organisation": None,
    "programme": [
        {
            "starts_at": "2027-03-28T10:00:00+02:00",
            "kind": "keynote",
            "title": {"de": "Einführung"},
            "speakers": [{"name": "Mina Okafor", "role": "Juristin", "organisation": "Rechtsladen"}],
        }
    ],
    "certificate_rule": {"share_of_hours": 0.8, "sessions": None},
}
"""As the API takes it."""

SERIES_RULE = {"share_of_hours": 0.8, "sessions": None, "modules": None, "required_modules": [3]}


def at(day: str, start: str = "10:00", end: str = "16:00", **more: Any) -> dict[str, Any]:
    """A session on that day, in Berlin's summer time."""
    return {**SESSION, "starts_at": f"{day}T{start}:00+02:00", "ends_at": f"{day}T{end}:00+02:00", **more}


def settings(data_dir: Path, **more: Any) -> CatalogueSettings:
    values: dict[str, Any] = {
        "environment": "development",
        "base_url": BASE_URL,
        "secret_keys": ("a-secret-key-of-the-tests-0123456789",),
        "second_factor_keys": ("f" * 40,),
        "database_url": "sqlite:///",
        "data_dir": data_dir,
        "organiser": "Fachberatung MSO",
        "association": "Der Verband",
        **more,
    }
    return CatalogueSettings(**values)


@dataclass
class Catalogue:
    """``staff`` are API tokens by name: Alice organises, Bob reads, Charlie holds a door, Adam is the admin."""

    engine: Engine
    clock: TurnableClock
    settings: CatalogueSettings
    staff: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        outbox = Outbox(OUTBOX, "catalogue")
        database = Database(self.engine, outbox, audit_log=AUDIT)
        inbox = Inbox(database, INBOX, "catalogue", HANDLERS, self.clock)
        self.core = Core("catalogue", self.settings, self.clock, LocalWakeup(), database, outbox, inbox)
        self.database = database

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        """A unit of work that is committed."""
        with self.database.unit_of_work(self.clock()) as uow:
            yield uow
            uow.commit()

    def event(self, **fields: Any) -> Event:
        """A new draft."""
        with self.work() as uow:
            return programme.create_event(uow, load(EventSchema(), {**EVENT, **fields}), ACTOR)

    def published_event(self, **fields: Any) -> Event:
        return self.publish(self.event(**fields).id)

    def change(self, event_id: UUID, if_version: int | None = None, **fields: Any) -> Event:
        with self.work() as uow:
            return programme.change_event(uow, event_id, load(EventChangeSchema(), fields), ACTOR, if_version)

    def publish(self, event_id: UUID) -> Event:
        with self.work() as uow:
            return publishing.publish_event(uow, event_id, ACTOR, self.settings.issuer)

    def cancel(self, event_id: UUID) -> Event:
        with self.work() as uow:
            return publishing.cancel_event(uow, event_id, REASON, ACTOR, self.settings.issuer)

    def series(self, **fields: Any) -> Series:
        """A new draft."""
        with self.work() as uow:
            return programme.create_series(uow, load(SeriesSchema(), {"title": {"de": "Grundlagen"}, **fields}), ACTOR)

    def published_series(self, **fields: Any) -> Series:
        series = self.series(**fields)
        with self.work() as uow:
            return publishing.publish_series(uow, series.id, ACTOR)

    def change_series(self, series_id: UUID, if_version: int | None = None, **fields: Any) -> Series:
        with self.work() as uow:
            loaded = load(SeriesChangeSchema(), fields)
            return programme.change_series(uow, series_id, loaded, ACTOR, self.settings.issuer, if_version)

    def cancel_series(self, series_id: UUID) -> Series:
        with self.work() as uow:
            return publishing.cancel_series(uow, series_id, REASON, ACTOR, self.settings.issuer)

    def found(self, event_id: UUID) -> Event:
        with self.database.read() as session:
            return listing.find_event(session, event_id)

    def sent(self, topic: str = "") -> list[Any]:
        """The rows of the outbox, oldest first."""
        with self.database.read() as session:
            rows = session.execute(select(OUTBOX).order_by(OUTBOX.c.id)).all()
        return [row for row in rows if row.topic.startswith(topic)]

    def client(self) -> FlaskClient:
        return app.create_app(self.core).test_client()

    def employ(self) -> None:
        """Make the accounts of Adam, Alice, Bob and Charlie, each with an API token."""
        for name, role in (("adam", "admin"), ("alice", "organiser"), ("bob", "auditor"), ("charlie", "door")):
            with self.work() as uow:
                account = accounts.add_account(
                    uow,
                    name=name.title(),
                    email=f"{name}@example.org",
                    roles=[role],
                    password_hash=accounts.NO_PASSWORD,
                    actor=ACTOR,
                )
                self.staff[name] = accounts.add_token(uow, account.id, "test", (), ACTOR)

    def as_(self, name: str) -> dict[str, str]:
        """The headers of a request in this person's name; without a name, of anybody's."""
        return {"Authorization": f"Bearer {self.staff[name]}"} if name else {}


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is sent to the database meanwhile, without the bounds of transactions."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
