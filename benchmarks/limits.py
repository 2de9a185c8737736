"""What the machine itself gives: PostgreSQL without us, SQLite without us, Flask without us."""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
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
    return _transactions(database_url, HOT_ROW, clients=clients, seconds=seconds)


def batches(database_url: str, *, rows: int, clients: int, seconds: int) -> float:
    """Rows a second that pgbench inserts, so many in a transaction, each by a statement of its own."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(TABLES)
    insert = "INSERT INTO places (id, body) VALUES (gen_random_uuid(), 'x');\n"
    return rows * _transactions(database_url, f"BEGIN;\n{insert * rows}COMMIT;\n", clients=clients, seconds=seconds)


def _transactions(database_url: str, statements: str, *, clients: int, seconds: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(statements)
        script.flush()
        threads = str(min(clients, 2))
        command = [pgbench(), "-n", "-c", str(clients), "-j", threads, "-T", str(seconds), "-f", script.name]
        printed = subprocess.run([*command, database_url], capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", printed)
    if found is None:
        raise ValueError(printed)
    return float(found.group(1))


ROWS_OF_A_REGISTRATION = ("people", "registrations", "decisions", "outbox", "audit_log")


def sqlite_rows(written: Path, empty: Path, *, batch: int) -> float:
    """Registrations a second that the sqlite3 module writes in committed batches (WAL, synchronous=FULL).

    They are the very rows that stand in the database ``written``; the tables of ``empty`` have the same indexes.
    """
    source = sqlite3.connect(written)
    rows = {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in ROWS_OF_A_REGISTRATION}
    source.close()
    number = len(rows["registrations"])
    connection = sqlite3.connect(empty, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    began = time.perf_counter()
    for first in range(0, number, batch):
        connection.execute("BEGIN IMMEDIATE")
        for table, values in rows.items():
            marks = ", ".join("?" for _column in values[0])
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values[first : first + batch])
        connection.execute("COMMIT")
    elapsed = time.perf_counter() - began
    connection.close()
    return number / elapsed


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
