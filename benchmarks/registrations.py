"""Registrations through the web server: one hot event, a hundred events, SQLite, and the rush at an opening."""

import json
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import limits, scenes
from benchmarks.driving import CONNECTIONS, SECONDS, driven, serving
from benchmarks.rows import Row, rate_row
from benchmarks.statements import counted
from services.registration.serving import serve_event
from shared.clock import system_clock
from shared.testing import postgresql_database

WISH = {
    "first_name": "Olena",
    "last_name": "Beispiel",
    "email": "olena@verein.example",
    "organisation": "Verein 7",
    "locale": "de",
}
CEILING = {"path": f"/limit/api/registration/v1/events/{uuid.uuid4()}/registrations", "body": WISH}
EVENTS = 100
ATTEMPTS, RUSHING, SEATS = 10_000, 64, 100
LONGEST_RUSH = 300.0
BATCH = 16


def new_database_name() -> str:
    return f"reihe_bench_{uuid.uuid4().hex[:8]}"


def _statements(url: str, event_id: uuid.UUID, people: int = BATCH) -> str:
    """How many SQL statements a desk needs for a batch of so many."""
    wishes = [scenes.new_person(f"counted-{number}") for number in range(people)]
    with scenes.registration_database(url) as database, counted(database) as statements:
        serve_event(database, system_clock, event_id, lambda: wishes)
    return f"{len(statements)} for {people}"


def one_hot_event(folder: Path) -> Iterator[Row]:
    what = "registrations, one hot event, PostgreSQL"
    with postgresql_database(new_database_name()) as limit_url:
        bare = limits.hot_row(limit_url, clients=CONNECTIONS, seconds=SECONDS)
    with postgresql_database(new_database_name()) as url:
        [event_id] = scenes.registration_with_events(url)
        with serving("registration", url, folder, processes=2) as address:
            outcome = driven(address, "registrations", {"event_ids": [str(event_id)]})
            ceiling = driven(address, "posts", CEILING)
        made = partial(rate_row, what, outcome, status=201, statements=_statements(url, event_id))
    yield made("pgbench, hot row, 32 clients", bare, "≥ 0.9")
    yield made("the same without a database", ceiling.rate, "≥ 0.25")


def many_events(folder: Path) -> Iterator[Row]:
    with postgresql_database(new_database_name()) as url:
        event_ids = scenes.registration_with_events(url, events=EVENTS)
        with serving("registration", url, folder, processes=2) as address:
            outcome = driven(address, "registrations", {"event_ids": [str(event_id) for event_id in event_ids]})
            ceiling = driven(address, "posts", CEILING)
        statements = _statements(url, event_ids[0], 1)
    what, limit = f"registrations, {EVENTS} events, PostgreSQL", "the same without a database"
    yield rate_row(what, outcome, limit, ceiling.rate, "≥ 0.12", status=201, statements=statements)


def on_sqlite(folder: Path) -> Iterator[Row]:
    written, empty = folder / "registration.db", folder / "limit.db"
    [event_id] = scenes.registration_with_events(f"sqlite:///{written}")
    with serving("registration", f"sqlite:///{written}", folder, processes=1) as address:
        outcome = driven(address, "registrations", {"event_ids": [str(event_id)]})
        ceiling = driven(address, "posts", CEILING)
    scenes.registration_with_events(f"sqlite:///{empty}", events=0)
    bare = limits.sqlite_rows(written, empty, batch=BATCH)
    statements = _statements(f"sqlite:///{written}", event_id)
    made = partial(rate_row, "registrations, one hot event, SQLite", outcome, status=201, statements=statements)
    yield made(f"sqlite3, the same rows, {BATCH} registrations a commit", bare, "–")
    yield made("the same without a database", ceiling.rate, "≥ 0.5")


def rush(folder: Path) -> Iterator[Row]:
    """Raises AssertionError unless exactly the first hundred have a seat."""
    with postgresql_database(new_database_name()) as url:
        [event_id] = scenes.registration_with_events(url, capacity=SEATS)
        with serving("registration", url, folder, processes=2) as address:
            outcome = driven(
                address,
                "registrations",
                {"event_ids": [str(event_id)], "attempts": ATTEMPTS},
                connections=RUSHING,
                seconds=LONGEST_RUSH,
            )
        states, statements = scenes.states_in_order(url, event_id), _statements(url, event_id, RUSHING)
    assert states == ["confirmed"] * SEATS + ["waitlisted"] * (ATTEMPTS - SEATS), json.dumps(outcome.statuses)
    yield Row(
        f"rush: {ATTEMPTS} attempts over {RUSHING} connections on {SEATS} seats",
        f"{SEATS} confirmed, {ATTEMPTS - SEATS} waiting in order; {outcome.rate:.0f} a second, "
        f"{outcome.statuses.get('503', 0)} asked to come again",
        "exactly the first 100, p99 ≤ 150 ms",
        latencies=f"{outcome.p50:.0f} / {outcome.p99:.0f}",
        statements=statements,
    )
