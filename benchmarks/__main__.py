"""``python -m benchmarks``: measure, print a table, and write it into benchmarks/README.md."""

import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import catalogue, certificates, door, growth, limits, mails, registrations
from benchmarks.driving import CONNECTIONS, SECONDS
from benchmarks.rows import Row
from shared import logs
from shared.testing import ROOT, require

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"

BENCHMARKS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "registrations-postgresql": registrations.one_hot_event,
    "registrations-events": registrations.many_events,
    "registrations-sqlite": registrations.on_sqlite,
    "rush": registrations.rush,
    "growth": growth.register_among_many,
    "seat-free": growth.seat_comes_free,
    "people-table": growth.people_table,
    "catalogue": catalogue.pages_and_feeds,
    "mails": mails.composed_and_sent,
    "mails-accepted": mails.until_accepted,
    "certificates": certificates.issued_and_stored,
    "check-in": door.check_in,
}


def report(rows: list[Row], fsync: str) -> str:
    head = (
        f"{datetime.now(UTC):%Y-%m-%d}, {limits.machine()}, driver, application and database together; "
        f"{CONNECTIONS} connections, {SECONDS} s each; fdatasync: {fsync}.\n\n"
        "| what | measured | p50 / p99 ms | SQL statements | limit in the same run | ratio | target |\n"
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
    failed = {row.what: row.unexpected for row in rows if row.unexpected}
    if failed:
        sys.stderr.write(f"Answers that were not expected: {failed}\n")
        return 1
    if not names:
        before, _, rest = README.read_text().partition(BEGIN)
        README.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
