"""What a benchmark runs against: a migrated database with events in it, made through the services' own doors."""

import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from services.catalogue import app as catalogue
from services.catalogue import programme, publishing
from services.catalogue.settings import CatalogueSettings
from services.catalogue.web.schemas import EventSchema
from services.registration import app as registration
from services.registration.settings import RegistrationSettings
from shared.database import new_id
from shared.messages.base import Envelope
from shared.web.schemas import load
from tests.contracts import samples

ENVIRONMENT = {
    "REIHE_ENVIRONMENT": "load-test",
    "REIHE_RATE_LIMITS": "off",
    "REIHE_BASE_URL": "http://127.0.0.1:8000",
    "REIHE_SECRET_KEY": "s" * 40,
    "REIHE_LINK_KEY": "l" * 40,
    "REIHE_NEEDS_KEY": "n" * 40,
}
PLENTY_OF_SEATS = 10_000_000


def environment(database_url: str) -> dict[str, str]:
    """For a process that serves one of the services on this database."""
    databases = {
        "REIHE_CATALOGUE_DATABASE_URL": database_url,
        "REIHE_REGISTRATION_DATABASE_URL": database_url,
    }
    return {"PATH": os.environ["PATH"], **ENVIRONMENT, **databases}


def registration_with_one_event(database_url: str) -> str:
    """An open event with seats for everybody, as registration hears of it; its id."""
    core = registration.compose(RegistrationSettings.from_environment(environment(database_url)))
    registration.migrate(core)
    sample = samples.sample("event.published.v1")
    body = {**sample.body, **_open_event(), "event_id": str(uuid.uuid4())}
    event_id = uuid.UUID(body["event_id"])
    core.inbox.store([Envelope(new_id(), sample.topic, sample.source, event_id, 1, datetime.now(UTC), "", body)])
    while core.inbox.step():
        pass
    core.close()
    return str(event_id)


def _open_event() -> dict[str, Any]:
    begins = datetime.now(UTC) + timedelta(days=60)
    session = {
        **samples.sample("event.published.v1").body["sessions"][0],
        "session_id": str(uuid.uuid4()),
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=6)).isoformat(),
    }
    return {
        "sessions": [session],
        "capacity": PLENTY_OF_SEATS,
        "registration_closes_at": None,
        "max_per_organisation": 100_000,
        "confirm_address_minutes": None,
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
