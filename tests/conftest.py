"""Fixtures that every part's tests use."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from _pytest.nodeid import NodeId
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, MetaData

from shared.testing import PRESENT, TurnableClock, empty_tables, engine_with_tables, postgresql_database
from tests.calendars.made import kept, require_readable

READERS = ("node_modules", "libical")

EngineFor = Callable[[str, str, MetaData], Engine]


settings.register_profile("the whole check", derandomize=True, database=None)


def pytest_configure(config: pytest.Config) -> None:
    """Let the whole check try the same examples each time, so that it fails for what was changed and nothing else.

    What is new is looked for by developers' runs and the long ones, which try others each time.
    """
    if os.environ.get("REIHE_REQUIRE_SERVICES") == "1" and config.getoption("markexpr") != "long":
        settings.load_profile("the whole check")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there now stays to the end; looking through it for garbage stopped all threads for a quarter of a second,
    again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests of one ``xdist_group`` in one process: they share a system that is slow to start.

    pytest-xdist 3.8 notes the group in ``_nodeid``, from which pytest 9.2 no longer makes the id.
    """
    for item in items:
        if noted := item.__dict__.get("_nodeid"):
            item._id = NodeId.parse(noted)


@pytest.fixture(scope="session", autouse=True)
def _calendars_are_read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let ical.js and libical read every calendar that the tests of this process, and their systems, have made."""
    with kept(tmp_path_factory.mktemp("calendars-of-systems")) as made:
        yield
    if made and (os.environ.get("REIHE_REQUIRE_SERVICES") == "1" or all(PRESENT[name]() for name in READERS)):
        require_readable(made, tmp_path_factory.mktemp("calendars"))


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each test has an application of its own, and all have the same templates."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))}


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture(scope="session")
def _engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineFor]:
    """Engines by (database kind, name), made once per test process."""
    made: dict[tuple[str, str], Engine] = {}
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with ExitStack() as stack:

        def engine_for(kind: str, name: str, metadata: MetaData) -> Engine:
            if (kind, name) not in made:
                if kind == "postgresql":
                    url = stack.enter_context(
                        postgresql_database(f"reihe_test_{name}_{worker}_{os.getpid()}", durable=False)
                    )
                else:
                    url = f"sqlite:///{Path(tmp_path_factory.mktemp(name)) / 'test.db'}"
                made[kind, name] = stack.enter_context(engine_with_tables(url, metadata))
            return made[kind, name]

        yield engine_for


@pytest.fixture
def engine_for(_engines: EngineFor) -> Iterator[EngineFor]:
    """Gives an engine on ``sqlite`` or ``postgresql`` with empty tables: ``engine_for(kind, name, metadata)``."""
    used: list[tuple[Engine, MetaData]] = []

    def fresh(kind: str, name: str, metadata: MetaData) -> Engine:
        engine = _engines(kind, name, metadata)
        used.append((engine, metadata))
        return engine

    yield fresh
    for engine, metadata in used:
        empty_tables(engine, metadata)
        engine.dispose()  # idle connections of many engines would use up what PostgreSQL allows


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Makes a test run on both databases."""
    kind: str = request.param
    return kind
