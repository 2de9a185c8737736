"""The door: rows of the ledger that devices bring in batches, and people who come all at once."""

import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

from sqlalchemy import select

from benchmarks import limits, scenes
from benchmarks.driving import SECONDS
from benchmarks.registrations import new_database_name
from benchmarks.rows import Row
from benchmarks.statements import counted
from services.registration.attendance import Answer, Entry, Recorder
from services.registration.door import record_at_door
from services.registration.models import EventSession, Registration
from shared.clock import system_clock
from shared.database import Database, new_id
from shared.testing import postgresql_database

PEOPLE, BATCH = 5_000, 50
SCANS, DEVICES = 500, 4
WARM = 4
RECORDER = Recorder(uuid.UUID(int=1))


def check_in(_folder: Path) -> Iterator[Row]:
    with postgresql_database(new_database_name()) as limit_url:
        bare = limits.batches(limit_url, rows=BATCH, clients=1, seconds=SECONDS)
    with postgresql_database(new_database_name()) as url, scenes.registration_database(url) as database:
        [event_id] = scenes.registration_with_events(url)
        scenes.register_copies(database, event_id, PEOPLE)
        session_id, people = _expected(database, event_id)
        queue, scanned = people[SCANS:], people[:SCANS]
        yield _batches(database, event_id, session_id, queue, bare)
        yield _scans(database, event_id, session_id, scanned)


def _expected(database: Database, event_id: uuid.UUID) -> tuple[uuid.UUID, Sequence[uuid.UUID]]:
    """The event's session and its registrations."""
    with database.read() as session:
        held = session.scalars(select(EventSession.id).where(EventSession.event_id == event_id)).one()
        return held, session.scalars(select(Registration.id).where(Registration.event_id == event_id)).all()


def _batches(
    database: Database, event_id: uuid.UUID, session_id: uuid.UUID, people: Sequence[uuid.UUID], bare: float
) -> Row:
    """What one device brings that was without a network, fifty rows at a time, one thread."""
    batches = [people[start : start + BATCH] for start in range(0, len(people) - BATCH + 1, BATCH)]
    warm, timed = batches[:WARM], batches[WARM:]
    answers = [answer for batch in warm for answer in _record(database, event_id, session_id, batch)]
    with counted(database) as statements:
        began = time.perf_counter()
        answers += [answer for batch in timed for answer in _record(database, event_id, session_id, batch)]
        ours = len(timed) * BATCH / (time.perf_counter() - began)
    return Row(
        f"check-in rows in batches of {BATCH}",
        f"{ours:.0f} a second",
        "≥ 0.3",
        statements=f"{len(statements) / len(timed):.0f} for {BATCH}",
        limit=f"pgbench, {BATCH} rows a transaction: {bare:.0f}",
        ratio=f"**{ours / bare:.3f}**",
        unexpected=_unexpected(answers),
    )


def _scans(database: Database, event_id: uuid.UUID, session_id: uuid.UUID, people: Sequence[uuid.UUID]) -> Row:
    """People who come at once, each scanned and sent alone."""

    def scan(registration_id: uuid.UUID) -> tuple[float, list[Answer]]:
        began = time.perf_counter()
        answers = _record(database, event_id, session_id, [registration_id])
        return (time.perf_counter() - began) * 1000, answers

    began = time.perf_counter()
    with ThreadPoolExecutor(DEVICES) as devices:
        scans = list(devices.map(scan, people))
    seconds = time.perf_counter() - began
    cuts = quantiles([took for took, _answers in scans], n=100)
    return Row(
        f"{len(people)} scans at the door, {DEVICES} devices at once",
        f"all within {seconds:.1f} s",
        "≤ 60 s",
        latencies=f"{cuts[49]:.0f} / {cuts[98]:.0f}",
        unexpected=_unexpected([answer for _took, answers in scans for answer in answers]),
    )


def _record(
    database: Database, event_id: uuid.UUID, session_id: uuid.UUID, people: Sequence[uuid.UUID]
) -> list[Answer]:
    now = system_clock()
    rows = [(session_id, Entry(new_id(), registration_id, "scan", now)) for registration_id in people]
    return record_at_door(database, system_clock, event_id, rows, RECORDER)


def _unexpected(answers: Sequence[Answer]) -> dict[str, int]:
    refused = sum(answer.status != "recorded" for answer in answers)
    return {"not recorded": refused} if refused else {}
