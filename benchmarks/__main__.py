"""``python -m benchmarks``: measure, print a table, and write it into benchmarks/README.md."""

import json
import logging
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from benchmarks import limits, scenes
from benchmarks.load import Outcome
from shared import logs
from shared.testing import ROOT, eventually, free_port, postgresql_database, require

CONNECTIONS = 32
SECONDS = 8
FEED_ENTRIES = 500
README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


@dataclass(frozen=True)
class Row:
    """One line of the table. ``measured`` and ``limit`` are rates a second."""

    what: str
    measured: float
    limit_name: str
    limit: float
    target: str
    outcome: Outcome

    def as_markdown(self) -> str:
        ratio = self.measured / self.limit
        latencies = f"{self.outcome.p50:.0f} / {self.outcome.p99:.0f}"
        limit = f"{self.limit_name} | {self.limit:.0f}"
        return f"| {self.what} | {self.measured:.0f} | {latencies} | {limit} | **{ratio:.3f}** | {self.target} |"


@contextmanager
def serving(service: str, database_url: str, folder: Path, *, processes: int) -> Iterator[str]:
    """The address of a web process of this service on this database."""
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", service, address, str(processes)],
        env={**scenes.environment(database_url), "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics")},
        cwd=ROOT,
    )
    try:
        eventually(lambda: _answers(address), within=30)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        return requests.get(f"http://{address}/readyz", timeout=2).ok
    except requests.ConnectionError:
        return False


def driven(address: str, kind: str, options: Mapping[str, Any], *, connections: int = CONNECTIONS) -> Outcome:
    wish = {"kind": kind, "options": options, "address": address, "connections": connections, "seconds": SECONDS}
    command = [sys.executable, "-m", "benchmarks.load", json.dumps(wish)]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return Outcome(**json.loads(printed))


WISH = {
    "first_name": "Olena",
    "last_name": "Beispiel",
    "email": "olena@verein.example",
    "organisation": "Verein 7",
    "locale": "de",
}


def registrations_on_postgresql(folder: Path) -> Iterator[Row]:
    with postgresql_database(f"reihe_bench_{uuid.uuid4().hex[:8]}") as limit_url:
        bare = limits.hot_row(limit_url, clients=CONNECTIONS, seconds=SECONDS)
    with postgresql_database(f"reihe_bench_{uuid.uuid4().hex[:8]}") as url:
        event_id = scenes.registration_with_one_event(url)
        with serving("registration", url, folder, processes=2) as address:
            outcome = driven(address, "registrations", {"event_id": event_id})
            ceiling = driven(address, "posts", {"path": "/api/registration/v1/limit", "body": WISH})
    what = "registrations, one hot event, PostgreSQL"
    yield Row(what, outcome.rate, "pgbench, hot row, 32 clients", bare, "≥ 0.9", outcome)
    yield Row(what, outcome.rate, "validate-only route", ceiling.rate, "≥ 0.25", outcome)


def registrations_on_sqlite(folder: Path) -> Iterator[Row]:
    bare = limits.sqlite_rows(folder, batch=16, seconds=SECONDS)
    url = f"sqlite:///{folder / 'registration.db'}"
    event_id = scenes.registration_with_one_event(url)
    with serving("registration", url, folder, processes=1) as address:
        outcome = driven(address, "registrations", {"event_id": event_id})
    yield Row(
        "registrations, one hot event, SQLite", outcome.rate, "sqlite3, batches of 16 rows", bare, "≥ 0.3", outcome
    )


def pages_and_feeds(folder: Path) -> Iterator[Row]:
    url = f"sqlite:///{folder / 'catalogue.db'}"
    slug = scenes.catalogue_with_events(url, events=FEED_ENTRIES)
    with serving("catalogue", url, folder, processes=1) as address:
        hello = driven(address, "gets", {"path": "/limit/hello"}).rate
        etag = requests.get(f"http://{address}/calendar.ics", timeout=30).headers["ETag"]
        for what, options, target in (
            ("public event page", {"path": f"/events/{slug}"}, "≥ 0.4"),
            ("feed, 500 entries, 304", _feed({"If-None-Match": etag}), "≥ 0.7"),
            ("feed, 500 entries, 200, gzip", _feed({"Accept-Encoding": "gzip"}), "≥ 0.4"),
        ):
            outcome = driven(address, "gets", options)
            yield Row(what, outcome.rate, "Flask's hello world", hello, target, outcome)


def _feed(headers: Mapping[str, str]) -> Mapping[str, Any]:
    return {"path": "/calendar.ics", "headers": headers}


BENCHMARKS = {
    "registrations-postgresql": registrations_on_postgresql,
    "registrations-sqlite": registrations_on_sqlite,
    "catalogue": pages_and_feeds,
}


def report(rows: list[Row], fsync: str) -> str:
    head = (
        f"{datetime.now(UTC):%Y-%m-%d}, {limits.machine()}, driver, application and database together; "
        f"{CONNECTIONS} connections, {SECONDS} s each; fdatasync: {fsync}.\n\n"
        "| what | a second | p50 / p99 ms | limit in the same run | a second | ratio | target |\n"
        "|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(row.as_markdown() for row in rows) + "\n"


def main(names: list[str]) -> int:
    require("pgbench")
    logs.configure(service="benchmarks", level=logging.WARNING)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(dir=ROOT / "var" if (ROOT / "var").is_dir() else None) as folder:
        for name in names or BENCHMARKS:
            rows += BENCHMARKS[name](Path(folder))
        text = report(rows, limits.fsync_time(Path(folder)))
    sys.stdout.write(text)
    failed = {row.what: row.outcome.statuses for row in rows if set(row.outcome.statuses) - {"200", "201", "304"}}
    if failed:
        sys.stderr.write(f"Answers that were not expected: {failed}\n")
        return 1
    if not names:
        before, _, rest = README.read_text().partition(BEGIN)
        README.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
