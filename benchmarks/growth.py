"""What must stay as fast as it was: a registration among a million, a seat that comes free for ten thousand, and the
organisers' table of a hundred thousand. Measured in one thread, without a web server."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from uuid import UUID

from benchmarks import scenes
from benchmarks.registrations import new_database_name
from benchmarks.rows import Row
from benchmarks.statements import counted
from services.registration.changes import cancel
from services.registration.models import THE_PERSON
from services.registration.people import Filter, Order, people_of
from services.registration.questions import Question
from services.registration.serving import serve_event
from services.registration.states import State
from shared.clock import system_clock
from shared.database import Database
from shared.testing import postgresql_database

FEW, MANY = 1_000, 1_000_000
TIMES = 200
WAITING, FREED = 10_000, 30
LISTED = 100_000
BATCH = 100


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
        yield partial(
            serve_event, database, system_clock, event_id, partial(list, [scenes.new_person(f"{present}-{number}")])
        )


def register_new_people(database: Database, event_id: UUID, people: int, *, mark: str) -> None:
    """Raises the exception of a registration that failed."""
    for first in range(0, people, BATCH):
        wishes = [scenes.new_person(f"{mark}-{number}") for number in range(first, min(first + BATCH, people))]
        for answer in serve_event(database, system_clock, event_id, partial(list, wishes)):
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


ROLE = Question("role", "choice", {}, {})
WISH = Question("wish", "text", {}, {})
FILTERS = (
    Filter(),
    Filter(state="confirmed"),
    Filter(organisation="Verein 7"),
    Filter(q="beispiel 99"),
    Filter(answers=((ROLE, "guest"),)),
    Filter(answers=((ROLE, "speaker"),)),
    Filter(answers=((WISH, "window number 4711"),)),
    Filter(answers=((ROLE, "guest"), (WISH, "number 99"))),
    Filter(lacking=True),
)


def people_table(_folder: Path) -> Iterator[Row]:
    with postgresql_database(new_database_name()) as url, scenes.registration_database(url) as database:
        [event_id] = scenes.registration_with_events(url)
        scenes.register_copies(database, event_id, LISTED)
        scenes.answer_for_all(database, event_id)
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
            cursor[0] = people_of(
                session, event_id, wanted, order=order, cursor=cursor[0], with_answers=True
            ).next_cursor

    for _ in range(10):
        yield turn
