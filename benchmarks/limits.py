"""What the machine itself gives: PostgreSQL without us, SQLite without us, Flask without us."""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psycopg

HOT_ROW = """\
BEGIN;
UPDATE counters SET taken = taken + 1 WHERE id = 1;
INSERT INTO places (id, body) VALUES (gen_random_uuid(), 'x');
INSERT INTO notes (id, body) VALUES (gen_random_uuid(), 'x');
COMMIT;
"""
TABLES = """\
CREATE TABLE counters (id int PRIMARY KEY, taken int NOT NULL) WITH (fillfactor = 50);
CREATE TABLE places (id uuid PRIMARY KEY, body text);
CREATE TABLE notes (id uuid PRIMARY KEY, body text);
INSERT INTO counters VALUES (1, 0);
"""


def pgbench() -> str:
    found = shutil.which("pgbench") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/pgbench")), None)
    if found is None:
        raise FileNotFoundError("pgbench is missing; it comes with PostgreSQL")
    return found


def hot_row(database_url: str, *, clients: int, seconds: int) -> float:
    """Transactions a second that pgbench commits, UPDATE and two INSERTs each, all on one hot row."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(TABLES)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(HOT_ROW)
        script.flush()
        command = [pgbench(), "-n", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", script.name, database_url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", printed)
    if found is None:
        raise ValueError(printed)
    return float(found.group(1))


def sqlite_rows(folder: Path, *, batch: int, seconds: float) -> float:
    """Rows a second that the sqlite3 module writes in committed batches (WAL, synchronous=FULL)."""
    connection = sqlite3.connect(folder / "limit.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE places (id TEXT PRIMARY KEY, body TEXT)")
    written, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO places VALUES (?, ?)", [(uuid.uuid4().hex, "x" * 300) for _ in range(batch)]
        )
        connection.execute("COMMIT")
        written += batch
    elapsed = time.perf_counter() - began
    connection.close()
    return written / elapsed


def fsync_time(folder: Path) -> str:
    """pg_test_fsync's figure for fdatasync, for comparing machines; a dash where it is missing."""
    program = next(map(str, Path("/usr/lib/postgresql").glob("*/bin/pg_test_fsync")), None)
    if program is None:
        return "–"
    command = [program, "-s", "1", "-f", str(folder / "fsync")]
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"fdatasync\s+([\d.]+ ops/sec\s+\d+ usecs/op)", printed)
    return " ".join(found.group(1).split()) if found else "–"


def machine() -> str:
    memory = int(re.findall(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[0]) // 1024**2
    return f"{os.cpu_count()} cores, {memory} GiB of memory"
