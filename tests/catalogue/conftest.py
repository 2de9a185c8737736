"""Fixtures of catalogue's tests."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from services.catalogue.models import metadata
from shared.testing import TurnableClock
from tests.catalogue.parts import Catalogue, settings
from tests.conftest import EngineFor


@pytest.fixture
def both(database_kind: str, engine_for: EngineFor, clock: TurnableClock, tmp_path: Path) -> Catalogue:
    """An empty catalogue, on SQLite and on PostgreSQL."""
    return Catalogue(engine_for(database_kind, "catalogue", metadata), clock, settings(tmp_path))


@pytest.fixture
def catalogue(engine_for: EngineFor, clock: TurnableClock, tmp_path: Path) -> Catalogue:
    """The same on SQLite alone, for what does not depend on the database."""
    return Catalogue(engine_for("sqlite", "catalogue", metadata), clock, settings(tmp_path))


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    """HTTP to ``catalogue``, where Adam, Alice, Bob and Charlie work."""
    catalogue.employ()
    return catalogue.client()
