"""Fixtures of notifications' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifications.app import compose
from services.notifications.models import metadata
from shared.testing import TurnableClock
from tests.conftest import EngineFor
from tests.notifications.parts import Office, settings_for


@pytest.fixture
def office(database_kind: str, engine_for: EngineFor, clock: TurnableClock, tmp_path: Path) -> Iterator[Office]:
    """On SQLite and on PostgreSQL."""
    yield from _office(database_kind, engine_for, clock, tmp_path)


@pytest.fixture
def sqlite_office(engine_for: EngineFor, clock: TurnableClock, tmp_path: Path) -> Iterator[Office]:
    """On SQLite alone, for what does not depend on the database."""
    yield from _office("sqlite", engine_for, clock, tmp_path)


def _office(kind: str, engine_for: EngineFor, clock: TurnableClock, folder: Path) -> Iterator[Office]:
    engine = engine_for(kind, "notifications", metadata)
    url = engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    core = compose(settings_for(url, data_dir=folder), clock=clock)
    yield Office(core, clock)
    core.close()
