from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Column, String, Table, Uuid, select
from sqlalchemy.exc import IntegrityError, StatementError

from shared.database import Database, JsonValue, UtcDateTime, make_metadata, new_id
from shared.rows import insert_rows, rounded
from shared.testing import TurnableClock
from tests.conftest import EngineFor

METADATA = make_metadata()
NOTES = Table(
    "notes",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("name", String(80), unique=True),
    Column("written_at", UtcDateTime),
    Column("body", JsonValue),
)
LISTS = Table("lists", METADATA, Column("id", Uuid, primary_key=True), Column("name", String(80)))
MOMENT = datetime(2027, 3, 28, 3, 30, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture
def database(engine_for: EngineFor, database_kind: str) -> Database:
    return Database(engine_for(database_kind, "rows", METADATA))


def note(name: str, **values: Any) -> dict[str, Any]:
    return {"id": new_id(), "name": name, "written_at": MOMENT, "body": None, **values}


def written(database: Database, clock: TurnableClock, *rows: dict[str, Any], unless_taken: str = "") -> int:
    with database.unit_of_work(clock()) as uow:
        number = insert_rows(uow.session, NOTES, rows, unless_taken=unless_taken)
        uow.commit()
    return number


def test_every_kind_of_value_comes_back_as_it_was(database: Database, clock: TurnableClock) -> None:
    ana = note("Ana \"'\\ 💐 Şule", body={"ages": [3, 5], "other": None, "quoted": '"', "yes": True})
    bob = note("Bob", written_at=None)
    assert written(database, clock, ana, bob) == 2
    with database.read() as session:
        found = {row.id: row._mapping for row in session.execute(select(NOTES))}
    assert found == {ana["id"]: {**ana, "written_at": MOMENT.astimezone(UTC)}, bob["id"]: bob}


def test_what_is_written_last_is_there_with_the_commit_and_not_before(database: Database, clock: TurnableClock) -> None:
    with database.unit_of_work(clock()) as uow:
        uow.write_last(NOTES, [note("Ana"), note("Bob", written_at=None)])
        uow.write_last(LISTS, [])
        uow.write_last(LISTS, [{"id": new_id(), "name": "Ana's"}])
        uow.write_last(NOTES, [note("Cem")])
        assert not uow.session.execute(select(NOTES.c.id)).all()
        uow.commit()
        uow.write_last(LISTS, [{"id": new_id(), "name": "left"}])
    with database.read() as session:
        assert sorted(session.scalars(select(NOTES.c.name))) == ["Ana", "Bob", "Cem"]
        assert session.scalars(select(LISTS.c.name)).all() == ["Ana's"]


def test_nothing_at_all_is_stored_as_null(database: Database, clock: TurnableClock) -> None:
    written(database, clock, note("Ana"))
    with database.read() as session:
        assert session.execute(select(NOTES.c.id).where(NOTES.c.body.is_(None))).all()


def test_a_row_whose_value_is_taken_is_left_out_and_not_counted(database: Database, clock: TurnableClock) -> None:
    written(database, clock, note("Ana"))
    assert written(database, clock, note("Ana"), note("Bob"), unless_taken="name") == 1


def test_a_value_that_is_taken_is_otherwise_an_error(database: Database, clock: TurnableClock) -> None:
    written(database, clock, note("Ana"))
    with pytest.raises(IntegrityError):
        written(database, clock, note("Bob"), note("Ana"))


def test_an_instant_without_a_zone_is_refused(database: Database, clock: TurnableClock) -> None:
    naive = note("Ana", written_at=datetime(2027, 3, 28, 3, 30))  # noqa: DTZ001  # the very thing that is refused
    with pytest.raises((ValueError, StatementError), match="time zone"):
        written(database, clock, naive)


@pytest.mark.parametrize(("number", "listed"), [(0, 0), (1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (64, 64)])
def test_a_list_for_a_condition_is_as_long_as_a_power_of_two_and_says_the_same(number: int, listed: int) -> None:
    values = [f"v{n}" for n in range(number)]
    assert len(rounded(values)) == listed
    assert set(rounded(values)) == set(values)
