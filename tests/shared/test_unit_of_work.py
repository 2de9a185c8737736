from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Table, Uuid, bindparam, insert, select, update
from sqlalchemy.exc import StatementError

from shared.database import Database, UtcDateTime, make_metadata, new_id
from shared.testing import TurnableClock
from tests.conftest import EngineFor
from tests.shared.parts import TABLES

METADATA = make_metadata()
MOMENTS = Table(
    "moments", METADATA, Column("id", Uuid, primary_key=True), Column("moment", UtcDateTime, nullable=False)
)


@pytest.fixture
def database(engine_for: EngineFor, database_kind: str) -> Database:
    return Database(engine_for(database_kind, "moments", METADATA))


def test_an_instant_comes_back_aware_and_equal(database: Database, clock: TurnableClock) -> None:
    moment = datetime(2027, 3, 28, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    with database.unit_of_work(clock()) as uow:
        uow.session.execute(insert(MOMENTS).values(id=new_id(), moment=moment))
        uow.commit()
    with database.read() as session:
        stored = session.execute(select(MOMENTS.c.moment)).scalar_one()
    assert stored == moment
    assert stored.tzinfo == UTC


def test_an_instant_without_a_zone_is_refused(database: Database, clock: TurnableClock) -> None:
    naive = datetime(2027, 3, 28, 3, 30)  # noqa: DTZ001  # the very thing that is refused
    with database.unit_of_work(clock()) as uow, pytest.raises(StatementError, match="time zone"):
        uow.session.execute(insert(MOMENTS).values(id=new_id(), moment=naive))


def test_a_savepoint_that_is_rolled_back_leaves_nothing(database: Database, clock: TurnableClock) -> None:
    with database.unit_of_work(clock()) as uow:
        savepoint = uow.session.begin_nested()
        uow.session.execute(insert(MOMENTS).values(id=new_id(), moment=clock()))
        savepoint.rollback()
        uow.commit()
    with database.read() as session:
        assert session.execute(select(MOMENTS)).all() == []


def test_a_statement_alone_is_written_at_once(database: Database, clock: TurnableClock) -> None:
    moment_id, later = new_id(), clock() + timedelta(hours=1)
    told: list[str] = []
    with database.unit_of_work(clock()) as uow:
        uow.session.execute(insert(MOMENTS).values(id=moment_id, moment=clock()))
        uow.commit()
    database.when_written(lambda: told.append("written"))
    statement = update(MOMENTS).where(MOMENTS.c.id == bindparam("moment_id")).values(moment=bindparam("later"))
    with database.alone() as alone:
        alone.write(statement, {"moment_id": moment_id, "later": later})
        assert told == ["written"]
    with database.read() as session:
        assert session.execute(select(MOMENTS.c.moment)).scalar_one() == later


def test_whoever_waits_for_work_is_woken_after_the_commit_and_only_then(
    engine_for: EngineFor, clock: TurnableClock
) -> None:
    woken: list[frozenset[str]] = []
    database = Database(engine_for("sqlite", "woken", TABLES.metadata), None, woken.append)
    with database.unit_of_work(clock()) as uow:
        uow.wake("mails")
        assert woken == []
        uow.commit()
    assert woken == [frozenset({"mails"})]


def test_a_unit_of_work_that_is_left_without_a_commit_wakes_nobody(engine_for: EngineFor, clock: TurnableClock) -> None:
    woken: list[frozenset[str]] = []
    database = Database(engine_for("sqlite", "woken", TABLES.metadata), None, woken.append)
    with database.unit_of_work(clock()) as uow:
        uow.wake("mails")
    assert woken == []


def test_ids_are_made_in_ascending_order() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert made[0].version == 7
