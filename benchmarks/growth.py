"""What must stay as fast as it was: a registration among a million, a seat that comes free for ten thousand, and the
organisers' table of a hundred thousand. Measured in one thread, without a web server."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import event as sqlalchemy_event

from benchmarks import scenes
from benchmarks.registrations import new_database_name
from benchmarks.rows import Row
from services.registration.booking import Wish
from services.registration.changes import cancel
from services.registration.models import THE_PERSON
from services.registration.people import Filter, Order, people_of
from services.registration.serving import serve
from services.registration.states import State
from shared.clock import system_clock
from shared.database import Database
from shared.testing import postgresql_database

FEW, MANY = 1_000, 1_000_000
TIMES = 200
WAITING, FREED = 10_000, 30
LISTED = 100_000
BATCH = 100


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The SQL statements that run meanwhile, without BEGIN and COMMIT."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    sqlalchemy_event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sqlalchemy_event.remove(database.engine, "before_cursor_execute", note)


def measured(database: Database, deeds: Iterator[Callable[[], object]]) -> tuple[list[float], int]:
    """Milliseconds that each deed took, and the most SQL statements of one."""
    took: list[float] = []
    most = 0
    for deed in deeds:
        with counted(database) as statements:
            began = time.perf_counter()
            deed()
            took.append((time.perf_counter() - began) * 1000)
        most = max(most, len(statements))
    return took, most


def register_among_many(_folder: Path) -> Iterator[Row]:
    medians = {}
    most = 0
    with postgresql_database(new_database_name()) as url, scenes.registration_database(url) as database:
        [event_id] = scenes.registration_with_events(url)
        scenes.register_copies(database, event_id, FEW)
        for present in (FEW, MANY):
            if present == MANY:
                scenes.register_copies(database, event_id, MANY - FEW)
            register_new_people(database, event_id, TIMES, mark=f"warm-{present}")
            took, most = measured(database, _registrations(database, event_id, present))
            medians[present] = median(took)
    yield Row(
        f"one registration with {MANY} rows present",
        f"p50 {medians[MANY]:.1f} ms",
        "≤ 1.2",
        statements=str(most),
        limit=f"with {FEW} rows: {medians[FEW]:.1f} ms",
        ratio=f"**{medians[MANY] / medians[FEW]:.2f}**",
    )


def _registrations(database: Database, event_id: UUID, present: int) -> Iterator[Callable[[], object]]:
    for number in range(TIMES):
        yield partial(serve, database, system_clock, event_id, [new_person(f"{present}-{number}")])


def new_person(mark: str) -> Wish:
    return Wish("Olena", "Beispiel", f"new-{mark}@verein.example", "de", "Verein 7", f"key-{mark}", "digest")


def register_new_people(database: Database, event_id: UUID, people: int, *, mark: str) -> None:
    """Raises the exception of a registration that failed."""
    for first in range(0, people, BATCH):
        wishes = [new_person(f"{mark}-{number}") for number in range(first, min(first + BATCH, people))]
        for answer in serve(database, system_clock, event_id, wishes):
            if isinstance(answer, Exception):
                raise answer


def seat_comes_free(_folder: Path) -> Iterator[Row]:
    with postgresql_database(new_database_name()) as url, scenes.registration_database(url) as database:
        [event_id] = scenes.registration_with_events(url, capacity=FREED)
        register_new_people(database, event_id, FREED + WAITING, mark="queue")
        with database.read() as session:
            seated = people_of(session, event_id, Filter(state=State.CONFIRMED), order="seq", limit=FREED).items
        took, most = measured(database, (partial(_cancel, database, s.registration.id) for s in seated))
    yield Row(
        f"a seat comes free with {WAITING} waiting",
        f"p50 {median(took):.1f} ms",
        "≤ 20 ms, ≤ 12 statements",
        statements=str(most),
    )


def _cancel(database: Database, registration_id: UUID) -> None:
    with database.unit_of_work(datetime.now(UTC)) as uow:
        cancel(uow, registration_id, THE_PERSON)
        uow.commit()


FILTERS = (Filter(), Filter(state="confirmed"), Filter(organisation="Verein 7"), Filter(q="beispiel 99"))


def people_table(_folder: Path) -> Iterator[Row]:
    with postgresql_database(new_database_name()) as url, scenes.registration_database(url) as database:
        [event_id] = scenes.registration_with_events(url)
        scenes.register_copies(database, event_id, LISTED)
        slowest, most = 0.0, 0
        for wanted in FILTERS:
            for order in ("name", "seq"):
                took, statements = measured(database, _pages(database, event_id, wanted, order))
                slowest, most = max(slowest, median(took)), max(most, statements)
    yield Row(
        f"people table, {LISTED} registrations, slowest of {2 * len(FILTERS)} views",
        f"p50 {slowest:.1f} ms",
        "≤ 60 ms, ≤ 6 statements",
        statements=str(most),
    )


def _pages(database: Database, event_id: UUID, wanted: Filter, order: Order) -> Iterator[Callable[[], object]]:
    """The first pages, one after the other."""
    cursor: list[str | None] = [None]

    def turn() -> None:
        with database.read() as session:
            cursor[0] = people_of(session, event_id, wanted, order=order, cursor=cursor[0]).next_cursor

    for _ in range(10):
        yield turn
