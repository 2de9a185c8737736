"""What a test does to the databases of a running system behind its back."""

import psycopg
from sqlalchemy import inspect, text

from shared.database import make_engine
from shared.messages import SERVICES
from tests.system.harness import RunningSystem


def database_url(system: RunningSystem, service: str) -> str:
    return system.environ[f"REIHE_{service.upper()}_DATABASE_URL"]


def end_leases(system: RunningSystem) -> None:
    """As if so much time had passed that what dead workers had claimed is free again."""
    for service in SERVICES:
        engine = make_engine(database_url(system, service))
        with engine.execution_options(writing=True).begin() as connection:
            columns = inspect(connection).get_multi_columns()
            for (_, table), found in columns.items():
                if "claimed_until" in (column["name"] for column in found):
                    connection.execute(text(f"UPDATE {table} SET claimed_until = NULL"))
        engine.dispose()


def end_waiting(system: RunningSystem) -> None:
    """As if so much time had passed that each mail may be tried again."""
    with psycopg.connect(database_url(system, "notifications")) as connection:
        connection.execute("UPDATE mails SET available_at = created_at")


def times_received(system: RunningSystem, service: str, aggregate_id: str) -> int:
    """How many messages about this aggregate lie, handled or not, in the service's inbox."""
    with psycopg.connect(database_url(system, service)) as connection:
        row = connection.execute("SELECT count(*) FROM inbox WHERE aggregate_id = %s", [aggregate_id]).fetchone()
        assert row is not None
        return int(row[0])


def cut_connections(system: RunningSystem) -> int:
    """End all connections to the system's databases, whatever they are doing; how many there were."""
    names = [database_url(system, service).rpartition("/")[2] for service in SERVICES]
    with psycopg.connect(database_url(system, "catalogue"), autocommit=True) as connection:
        others = "FROM pg_stat_activity WHERE datname = ANY(%s) AND pid <> pg_backend_pid()"
        return len(connection.execute(f"SELECT pg_terminate_backend(pid) {others}", [names]).fetchall())
