"""How many statements things take, and that they use the indexes made for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from services.registration.attendance_list import attendance_of
from services.registration.booking import book
from services.registration.changes import cancel
from services.registration.door import expected_at
from services.registration.events import event_with_sessions, seats_of
from services.registration.models import THE_PERSON
from services.registration.my import own_registrations
from services.registration.outlook import at_next_free_seat, waitlist_of
from services.registration.people import Filter, people_of
from tests.registration.parts import House


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The SQL statements that run meanwhile, without BEGIN and COMMIT."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    sqlalchemy_event.listen(house.database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sqlalchemy_event.remove(house.database.engine, "before_cursor_execute", note)


def _book(house: House, event: UUID, number: int, **changes: Any) -> list[str]:
    wishes = [house.wish(**changes) for _ in range(number)]
    with counted(house) as statements, house.database.unit_of_work(house.clock()) as uow:
        book(uow, event, wishes)
        uow.commit()
    return statements


def test_a_registration_takes_few_statements_and_many_at_once_take_no_more(house: House) -> None:
    event = house.event(capacity=10)
    one, many = _book(house, event, 1), _book(house, event, 50)
    assert len(one) <= 10, "\n".join(one)
    assert len(many) == len(one)


def test_a_quota_costs_one_statement_more(house: House) -> None:
    free, quota = house.event(capacity=10), house.event(capacity=10, max_per_organisation=2)
    without = _book(house, free, 1, organisation="Verein")
    assert len(_book(house, quota, 1, organisation="Verein")) == len(without) + 1


def test_a_seat_that_comes_free_takes_few_statements_however_many_wait(house: House) -> None:
    event = house.event(capacity=1, max_per_organisation=1)
    seated = house.register(event, organisation="A").registration_id
    for organisation in ("A", "B", "C"):
        _book(house, event, 100, organisation=organisation)
    with counted(house) as statements, house.database.unit_of_work(house.clock()) as uow:
        cancel(uow, seated, THE_PERSON)
        uow.commit()
    # Twelve, and the one that writes into the audit log that the person gave the place up.
    assert len(statements) <= 13, "\n".join(statements)


@pytest.fixture
def full_event(house: House) -> UUID:
    event = house.event(capacity=20, max_per_organisation=30)
    _book(house, event, 30, organisation="A")
    _book(house, event, 30, organisation="B")
    return event


Reading = Callable[[Any, House, UUID], Any]

READINGS: dict[str, tuple[int, Reading]] = {
    "people by name": (6, lambda s, _h, e: people_of(s, e, Filter(q="muster", state="waitlisted"))),
    "people in line": (6, lambda s, _h, e: people_of(s, e, Filter(organisation="A"), order="seq")),
    "waitlist": (6, lambda s, h, e: waitlist_of(s, event_with_sessions(s, e), seats_of(s, e), h.clock())),
    "next free seat": (7, lambda s, h, e: at_next_free_seat(s, event_with_sessions(s, e), seats_of(s, e), h.clock())),
    "the door": (2, lambda s, _h, e: expected_at(s, e)),
    "attendance": (6, lambda s, _h, e: attendance_of(s, event_with_sessions(s, e))),
}


@pytest.mark.parametrize("name", READINGS)
def test_what_organisers_look_at_takes_few_statements(house: House, full_event: UUID, name: str) -> None:
    most, read = READINGS[name]
    with counted(house) as statements, house.database.read() as session:
        read(session, house, full_event)
    assert len(statements) <= most, "\n".join(statements)


def test_a_persons_page_takes_the_same_statements_for_one_registration_and_for_many(house: House) -> None:
    def statements_for(name: str) -> int:
        person = house.registration(house.register(house.event(capacity=0), name).registration_id).person
        with counted(house) as statements, house.database.read() as session:
            own_registrations(session, person, house.clock())
        return len(statements)

    for _ in range(5):
        house.register(house.event(capacity=0), "Ana Novak")
    assert statements_for("Ana Novak") == statements_for("Bo Berg") <= 4


# --- indexes ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowded(house: House) -> UUID:
    """An event with many registrations beside others, so that an index is worth its while."""
    events = [house.event(capacity=100, max_per_organisation=50) for _ in range(2)]
    for event in events:
        for organisation in ("A", "B", "C", ""):
            _book(house, event, 150, organisation=organisation)
    with house.database.engine.execution_options(writing=True).begin() as connection:
        connection.execute(text("ANALYZE"))
    return events[0]


def _plan(house: House, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN " if house.database.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    with house.database.engine.connect() as connection:
        return "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))


@contextmanager
def planned(house: House) -> Iterator[list[tuple[str, Any]]]:
    """The SELECTs that run meanwhile, with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    sqlalchemy_event.listen(house.database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sqlalchemy_event.remove(house.database.engine, "before_cursor_execute", note)


def test_booking_and_moving_up_read_by_index_alone(house: House, crowded: UUID) -> None:
    with house.database.read() as session:
        seated = people_of(session, crowded, Filter(state="confirmed"), limit=1).items[0].registration.id
    with planned(house) as selects:
        _book(house, crowded, 2, organisation="B", idempotency_key=None)
        house.register(crowded, idempotency_key="k", body_digest="d")
        house.cancel(seated)
    plans = [_plan(house, statement, parameters) for statement, parameters in selects]
    whole_table = [p for p in plans if "Seq Scan on registrations" in p or "SCAN registrations\n" in p + "\n"]
    assert not whole_table, "\n\n".join(whole_table)
    assert any("ix_registrations_waiting" in plan for plan in plans)
    assert any("ix_registrations_seated" in plan for plan in plans)
    assert any("uq_registrations_live_address" in plan for plan in plans)


def test_what_is_registered_already_is_looked_for_by_its_own_index_also_while_the_table_is_new(house: House) -> None:
    """PostgreSQL plans for a table that it believes to be all but empty, and keeps to the plan while it grows."""
    event = house.event(capacity=10)
    _book(house, event, 60)
    with planned(house) as selects:
        _book(house, event, 16, idempotency_key=None)
    [plan] = [_plan(house, *select) for select in selects if "UNION ALL" in select[0]]
    for index in ("uq_registrations_live_address", "uq_registrations_idempotency_key"):
        assert index in plan, plan
    assert "Seq Scan on registrations" not in plan, plan
    assert "Index Cond: (event_id" not in plan, plan


def test_the_counters_have_room_for_new_versions_on_postgresql(house: House) -> None:
    if house.database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no such settings")
    with house.database.engine.connect() as connection:
        options = connection.execute(
            text("SELECT reloptions FROM pg_class WHERE relname = 'seat_counters'")
        ).scalar_one()
    assert "fillfactor=50" in options
    assert "autovacuum_vacuum_scale_factor=0" in options
