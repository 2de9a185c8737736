"""The audit log: written with the change or not at all, never changed, with people's values masked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from shared.audit import (
    VISITOR,
    AuditLog,
    Subject,
    Wanted,
    added,
    audit_table,
    author_of,
    by_account,
    differences,
    entries_page,
    masked_name,
)
from shared.database import Database, make_metadata
from shared.languages import text as _
from shared.testing import TurnableClock
from tests.conftest import EngineFor

METADATA = make_metadata()
LOG = AuditLog(audit_table(METADATA), {"tea.made": _("Tea made"), "tea.drunk": _("Tea drunk")})
ALICE, TEA = by_account(uuid4()), Subject("tea", uuid4())


@pytest.fixture
def database(engine_for: EngineFor, database_kind: str) -> Database:
    return Database(engine_for(database_kind, "audited", METADATA), audit_log=LOG)


def _act(database: Database, clock: TurnableClock, action: str, event_id: object = None) -> None:
    with database.unit_of_work(clock()) as uow:
        uow.audit(action, ALICE, TEA, event_id=event_id, changes=added(cups=2))  # type: ignore[arg-type]
        uow.commit()


def test_an_act_stands_in_the_log_once_it_is_committed(database: Database, clock: TurnableClock) -> None:
    with database.unit_of_work(clock()) as uow:
        uow.audit("tea.made", VISITOR, TEA)
    _act(database, clock, "tea.drunk")
    with database.read() as session:
        [row] = entries_page(session, LOG, Wanted()).items
    assert (row.action, row.author_id, row.subject_id, row.at) == ("tea.drunk", ALICE.id, TEA.id, clock())
    assert row.changes == {"cups": {"after": 2}}


def test_an_act_that_is_not_listed_is_refused(database: Database, clock: TurnableClock) -> None:
    with database.unit_of_work(clock()) as uow, pytest.raises(ValueError, match=r"tea\.spilt"):
        uow.audit("tea.spilt", ALICE, TEA)


def test_the_newest_come_first_and_filters_leave_out_the_rest(database: Database, clock: TurnableClock) -> None:
    event_id = uuid4()
    _act(database, clock, "tea.made")
    clock.turn(days=1)
    _act(database, clock, "tea.drunk", event_id)
    with database.read() as session:

        def found(wanted: Wanted) -> list[str]:
            return [row.action for row in entries_page(session, LOG, wanted).items]

        assert found(Wanted()) == ["tea.drunk", "tea.made"]
        assert found(Wanted(action="tea.made", author_id=ALICE.id, subject_id=TEA.id)) == ["tea.made"]
        assert found(Wanted(event_id=event_id)) == found(Wanted(of_events=True)) == ["tea.drunk"]
        assert found(Wanted(about=[event_id])) == ["tea.drunk"]
        assert found(Wanted(about=[event_id, TEA.id])) == ["tea.drunk", "tea.made"]  # type: ignore[list-item]
        assert found(Wanted(about=[])) == []
        assert found(Wanted(author_kind="account")) == ["tea.drunk", "tea.made"]
        assert found(Wanted(author_kind="person")) == []
        assert found(Wanted(since=clock())) == ["tea.drunk"]
        assert found(Wanted(until=clock() - timedelta(hours=1))) == ["tea.made"]
        first = entries_page(session, LOG, Wanted(), limit=1)
        rest = entries_page(session, LOG, Wanted(), limit=1, cursor=first.next_cursor)
    assert [row.action for row in (*first.items, *rest.items)] == ["tea.drunk", "tea.made"]


@pytest.mark.parametrize("statement", [update(LOG.table).values(action="x"), delete(LOG.table)])
def test_postgresql_refuses_to_change_what_stands_in_the_log(
    engine_for: EngineFor, clock: TurnableClock, statement: object
) -> None:
    database = Database(engine_for("postgresql", "audited", METADATA), audit_log=LOG)
    _act(database, clock, "tea.made")
    with database.unit_of_work(clock()) as uow, pytest.raises(DatabaseError, match="append-only"):
        uow.session.execute(statement)  # type: ignore[call-overload]


def test_values_of_people_are_masked_and_long_ones_left_out() -> None:
    before = {
        "first_name": "Ana",
        "email": "ana@verein.example",
        "capacity": 20,
        "description": {"de": "a"},
        "slug": "a",
    }
    after = {**before, "first_name": "Zoë Maria", "email": "z@x.org", "capacity": 25, "description": {"de": "b"}}
    assert differences(before, after) == {
        "first_name": {"before": "A…", "after": "Z… M…"},
        "email": {"before": "a…@v….example", "after": "z…@x….org"},
        "capacity": {"before": 20, "after": 25},
        "description": {"before": "…", "after": "…"},
    }
    assert masked_name("Ana Novak") == "A… N…"


def test_an_actor_is_an_account_or_a_command() -> None:
    assert author_of(str(ALICE.id)) == ALICE
    assert author_of("first account").name == "first account"
