"""What a benchmark runs against: a migrated database with events in it, made through the services' own doors."""

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update

from services.catalogue import app as catalogue
from services.catalogue import programme, publishing
from services.catalogue.settings import CatalogueSettings
from services.catalogue.web.schemas import EventSchema
from services.registration import app as registration
from services.registration.booking import Wish
from services.registration.models import Answer, Base, Person, Registration, SeatCounter, table
from services.registration.serving import serve_event
from services.registration.settings import RegistrationSettings
from shared.clock import system_clock
from shared.database import Database, new_id
from shared.messages.base import Envelope
from shared.web.schemas import load
from tests.contracts import samples

ENVIRONMENT = {
    "REIHE_ENVIRONMENT": "load-test",
    "REIHE_RATE_LIMITS": "off",
    "REIHE_BASE_URL": "http://127.0.0.1:8000",
    "REIHE_SECRET_KEY": "s-key-of-the-benchmarks-alone-1234567890",
    "REIHE_LINK_KEY": "l-key-of-the-benchmarks-alone-1234567890",
    "REIHE_NEEDS_KEY": "n-key-of-the-benchmarks-alone-1234567890",
    "REIHE_SECOND_FACTOR_KEY": "f-key-of-the-benchmarks-alone-1234567890",
}
PLENTY_OF_SEATS = 10_000_000


def environment(database_url: str) -> dict[str, str]:
    """For a process that serves one of the services on this database."""
    databases = {
        "REIHE_CATALOGUE_DATABASE_URL": database_url,
        "REIHE_REGISTRATION_DATABASE_URL": database_url,
    }
    return {"PATH": os.environ["PATH"], **ENVIRONMENT, **databases}


def registration_with_events(database_url: str, *, events: int = 1, capacity: int = PLENTY_OF_SEATS) -> list[uuid.UUID]:
    """Open events, as registration hears of them; their ids."""
    core = registration.compose(RegistrationSettings.from_environment(environment(database_url)))
    registration.migrate(core)
    event_ids = [uuid.uuid4() for _ in range(events)]
    sample = samples.sample("event.published.v1")
    for event_id in event_ids:
        body = {**sample.body, **_open_event(capacity), "event_id": str(event_id), "slug": f"event-{event_id}"}
        core.inbox.store([Envelope(new_id(), sample.topic, sample.source, event_id, 1, datetime.now(UTC), "", body)])
    while core.inbox.step():
        pass
    core.close()
    return event_ids


@contextmanager
def registration_database(database_url: str) -> Iterator[Database]:
    core = registration.compose(RegistrationSettings.from_environment(environment(database_url)))
    try:
        yield core.database
    finally:
        core.close()


def new_person(mark: str) -> Wish:
    """Somebody who has not been here yet; ``mark`` is theirs alone."""
    return Wish("Olena", "Beispiel", f"new-{mark}@verein.example", "de", "Verein 7", f"key-{mark}", "digest")


def states_in_order(database_url: str, event_id: uuid.UUID) -> list[str]:
    """The states of all registrations in the order of ``seq``."""
    query = select(Registration.state).where(Registration.event_id == event_id).order_by(Registration.seq)
    with registration_database(database_url) as database, database.read() as session:
        return list(session.scalars(query))


def register_copies(database: Database, event_id: uuid.UUID, number: int) -> None:
    """Fill the event with that many registrations, made in the database from one that came by the front door.

    Only for PostgreSQL, and with a mark in each so that several calls do not meet.
    """
    mark = uuid.uuid4().hex[:8]
    wish = Wish("Olena", "Beispiel", f"first-{mark}@verein.example", "de", "Verein 7")
    [made] = serve_event(database, system_clock, event_id, lambda: [wish])
    if isinstance(made, Exception):
        raise made
    counter = table(SeatCounter)
    with database.unit_of_work(datetime.now(UTC)) as uow:
        session = uow.session
        session.execute(text("SET LOCAL statement_timeout = 0"))
        first = session.execute(select(counter.c.next_seq).where(counter.c.event_id == event_id)).scalar_one()
        values = {"mark": mark, "first": first, "number": number, "template": made.registration_id}
        for model, origin in ((Person, "person_id"), (Registration, "id")):
            session.execute(text(_copying(model, origin)), values)
        session.execute(update(counter).where(counter.c.event_id == event_id).values(next_seq=first + number))
        uow.commit()
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("RESET statement_timeout"))


def answer_for_all(database: Database, event_id: uuid.UUID) -> None:
    """Give everybody at the event an answer to ``role`` (guest, and one in a thousand speaker) and to ``wish``."""
    answer = table(Answer).name
    with database.unit_of_work(datetime.now(UTC)) as uow:
        uow.session.execute(text("SET LOCAL statement_timeout = 0"))
        for question, words in _ANSWERS.items():
            statement = (
                f"INSERT INTO {answer} (registration_id, question, event_id, value, search_key, changed_at) "
                f"SELECT id, '{question}', event_id, to_jsonb({words}), {words}, submitted_at "
                f"FROM registrations WHERE event_id = :event_id"
            )
            uow.session.execute(text(statement), {"event_id": event_id})
        lacking = "UPDATE registrations SET answers_missing = true WHERE event_id = :event_id AND seq % 500 = 0"
        uow.session.execute(text(lacking), {"event_id": event_id})
        uow.commit()
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("RESET statement_timeout"))


_ANSWERS = {
    "role": "CASE WHEN seq % 1000 = 7 THEN 'speaker' ELSE 'guest' END",
    "wish": "'a seat by the window, number ' || seq",
}


_COPIED = {
    "id": {"people": "md5(:mark || n)::uuid", "registrations": "gen_random_uuid()"},
    "person_id": {"registrations": "md5(:mark || n)::uuid"},
    "email": dict.fromkeys(("people", "registrations"), "'copy-' || n || '-' || :mark || '@verein.example'"),
    "seq": {"registrations": ":first + n - 1"},
    "last_name": {"registrations": "'Beispiel ' || n"},
    "sort_key": {"registrations": "'beispiel ' || n || ' olena'"},
    "search_key": {"registrations": "'beispiel ' || n || ' olena copy-' || n || '@verein.example verein ' || n % 500"},
    "organisation": {"registrations": "'Verein ' || n % 500"},
    "organisation_key": {"registrations": "'verein ' || n % 500"},
}
"""What differs from copy to copy; everything else is as in the first, whatever columns there are."""


def _copying(model: type[Base], origin: str) -> str:
    name = table(model).name
    columns = [column.name for column in table(model).columns]
    values = ", ".join(_COPIED.get(column, {}).get(name, f"t.{column}") for column in columns)
    template = f"(SELECT {origin} FROM registrations WHERE id = :template)"
    return (
        f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} "
        f"FROM {name} t, generate_series(1, :number) n WHERE t.id = {template}"
    )


def _open_event(capacity: int) -> dict[str, Any]:
    begins = datetime.now(UTC) + timedelta(days=60)
    sample = samples.sample("event.published.v1").body
    session = {
        **sample["sessions"][0],
        "session_id": str(uuid.uuid4()),
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=6)).isoformat(),
    }
    return {
        "sessions": [session],
        "capacity": capacity,
        "registration_closes_at": None,
        "max_per_organisation": 100_000,
        "max_per_organisation_until": None,
        "confirm_address_minutes": None,
        "waitlist": {**sample["waitlist"], "priority_classes": [], "pools": []},
        "questions": [],
    }


def catalogue_with_events(database_url: str, *, events: int) -> str:
    """That many published events of one session each; the slug of the first."""
    core = catalogue.compose(CatalogueSettings.from_environment(environment(database_url)))
    catalogue.migrate(core)
    now = datetime.now(UTC)
    with core.database.unit_of_work(now) as uow:
        for number in range(events):
            fields = load(EventSchema(), _event(number, now))
            event = programme.create_event(uow, fields, "benchmark")
            publishing.publish_event(uow, event.id, "benchmark", core.settings.issuer)
        uow.commit()
    core.close()
    return "event-0"


def _event(number: int, now: datetime) -> Mapping[str, Any]:
    body = samples.sample("event.published.v1").body
    begins = now + timedelta(days=30 + number % 300, hours=number % 8)
    return {
        "slug": f"event-{number}",
        "title": {"de": f"Vereinsrecht {number}", "en": f"Association law {number}"},
        "description": body["description"],
        "kind": "training",
        "format": "in_person",
        "venue": body["venue"],
        "sessions": [
            {
                "starts_at": begins.isoformat(),
                "ends_at": (begins + timedelta(hours=6)).isoformat(),
                "time_zone": "Europe/Berlin",
                "teaching_units": 6,
            }
        ],
        "programme": [{**body["programme"][0], "starts_at": begins.isoformat(), "ends_at": None}],
        "capacity": 20,
        "waitlist": {"enabled": True, "policy": "promote", "offer_hours": 48},
    }
