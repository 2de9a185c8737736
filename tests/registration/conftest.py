"""Fixtures of registration's tests."""

from collections.abc import Iterator

import pytest

from services.registration.models import AUDIT, OUTBOX, metadata
from shared.database import Database
from shared.messaging.outbox import Outbox
from shared.testing import TurnableClock
from tests.conftest import EngineFor
from tests.registration.front import Front, open_front
from tests.registration.parts import House


@pytest.fixture
def house(database_kind: str, engine_for: EngineFor, clock: TurnableClock) -> House:
    """Registration's use cases over an empty database, on SQLite and on PostgreSQL."""
    engine = engine_for(database_kind, "registration", metadata)
    return House(Database(engine, Outbox(OUTBOX, "registration"), audit_log=AUDIT), clock)


@pytest.fixture
def sqlite_house(engine_for: EngineFor, clock: TurnableClock) -> House:
    """The same on SQLite alone, for what does not depend on the database."""
    engine = engine_for("sqlite", "registration", metadata)
    return House(Database(engine, Outbox(OUTBOX, "registration"), audit_log=AUDIT), clock)


@pytest.fixture
def front(sqlite_house: House, clock: TurnableClock) -> Iterator[Front]:
    """Registration's HTTP side over an empty SQLite database."""
    opened = open_front(sqlite_house.database, clock)
    yield opened
    opened.core.close()


@pytest.fixture
def front_of_both(house: House, clock: TurnableClock) -> Iterator[Front]:
    """The same on SQLite and on PostgreSQL."""
    opened = open_front(house.database, clock)
    yield opened
    opened.core.close()
