"""Migrations: they lead to the models' tables, and two at once do no harm."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from services.catalogue.app import MIGRATIONS
from services.catalogue.models import metadata
from shared import migrations
from shared.database import make_engine
from shared.testing import postgresql_database


@pytest.fixture
def empty(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    with postgresql_database(f"reihe_test_catalogue_migrations_{os.getpid()}") as url:
        yield url


def _upgrade(url: str) -> Engine:
    engine = make_engine(url)
    migrations.upgrade(engine, MIGRATIONS, metadata)
    return engine


def test_two_migrations_at_once_make_the_models_tables(empty: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        engines = list(pool.map(_upgrade, [empty, empty]))
    try:
        migrations.check(engines[0], MIGRATIONS, metadata)
        assert set(inspect(engines[0]).get_table_names()) == {*metadata.tables, "alembic_version"}
        migrations.upgrade(engines[1], MIGRATIONS, metadata)
    finally:
        for engine in engines:
            engine.dispose()
