"""Registrations through the web server: one hot event, a hundred events, SQLite, and the rush at an opening."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

from benchmarks import limits, scenes
from benchmarks.driving import CONNECTIONS, SECONDS, driven, serving
from benchmarks.rows import Row, rate_row
from shared.testing import postgresql_database

WISH = {
    "first_name": "Olena",
    "last_name": "Beispiel",
    "email": "olena@verein.example",
    "organisation": "Verein 7",
    "locale": "de",
}
VALIDATE_ONLY = {"path": "/api/registration/v1/limit", "body": WISH}
EVENTS = 100
ATTEMPTS, RUSHING, SEATS = 10_000, 64, 100
LONGEST_RUSH = 300.0


def new_database_name() -> str:
    return f"reihe_bench_{uuid.uuid4().hex[:8]}"


def one_hot_event(folder: Path) -> Iterator[Row]:
    with postgresql_database(new_database_name()) as limit_url:
        bare = limits.hot_row(limit_url, clients=CONNECTIONS, seconds=SECONDS)
    with postgresql_database(new_database_name()) as url:
        [event_id] = scenes.registration_with_events(url)
        with serving("registration", url, folder, processes=2) as address:
            outcome = driven(address, "registrations", {"event_ids": [str(event_id)]})
            ceiling = driven(address, "posts", VALIDATE_ONLY)
    what = "registrations, one hot event, PostgreSQL"
    yield rate_row(what, outcome, "pgbench, hot row, 32 clients", bare, "≥ 0.9")
    yield rate_row(what, outcome, "validate-only route", ceiling.rate, "≥ 0.25")


def many_events(folder: Path) -> Iterator[Row]:
    with postgresql_database(new_database_name()) as url:
        event_ids = scenes.registration_with_events(url, events=EVENTS)
        with serving("registration", url, folder, processes=2) as address:
            outcome = driven(address, "registrations", {"event_ids": [str(event_id) for event_id in event_ids]})
            ceiling = driven(address, "posts", VALIDATE_ONLY)
    what = f"registrations, {EVENTS} events, PostgreSQL"
    yield rate_row(what, outcome, "validate-only route", ceiling.rate, "≥ 0.12")


def on_sqlite(folder: Path) -> Iterator[Row]:
    bare = limits.sqlite_rows(folder, batch=16, seconds=SECONDS)
    url = f"sqlite:///{folder / 'registration.db'}"
    [event_id] = scenes.registration_with_events(url)
    with serving("registration", url, folder, processes=1) as address:
        outcome = driven(address, "registrations", {"event_ids": [str(event_id)]})
    yield rate_row("registrations, one hot event, SQLite", outcome, "sqlite3, batches of 16 rows", bare, "≥ 0.3")


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
        states = scenes.states_in_order(url, event_id)
    assert states == ["confirmed"] * SEATS + ["waitlisted"] * (ATTEMPTS - SEATS), json.dumps(outcome.statuses)
    yield Row(
        f"rush: {ATTEMPTS} attempts over {RUSHING} connections on {SEATS} seats",
        f"{SEATS} confirmed, {ATTEMPTS - SEATS} waiting in order; {outcome.rate:.0f} a second, "
        f"{outcome.statuses.get('503', 0)} asked to come again",
        "exactly the first 100, p99 ≤ 150 ms",
        latencies=f"{outcome.p50:.0f} / {outcome.p99:.0f}",
    )
