"""When somebody else holds an event's seats for too long."""

from typing import Any

from sqlalchemy import event as sqlalchemy_event

from services.registration.seats import opened
from tests.registration.front import Front


def _wait_shortly(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    if type(connection).__module__ == "sqlite3":
        cursor.execute("PRAGMA busy_timeout = 50")
    else:
        cursor.execute("SET lock_timeout = '50ms'")
        connection.commit()
    cursor.close()


def test_whoever_cannot_wait_any_longer_is_asked_to_come_again(front_of_both: Front) -> None:
    front = front_of_both
    event = front.house.event()
    front.core.database.engine.dispose()
    sqlalchemy_event.listen(front.core.database.engine, "connect", _wait_shortly)
    with front.house.database.unit_of_work(front.house.clock()) as uow, opened(uow, event):
        answer = front.register(event, "Ana Novak")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "2"
    assert front.register(event, "Ana Novak").status_code == 201


def test_a_database_that_was_never_migrated_is_a_mistake_and_not_a_rush(front: Front) -> None:
    front.core.database.engine.dispose()
    sqlalchemy_event.listen(front.core.database.engine, "connect", _attach_nothing)
    assert front.get("/events/0192f0c1-7b2a-7c3d-8e4f-a1b2c3d4e5f6").status_code == 500


def _attach_nothing(connection: Any, _record: Any) -> None:
    """Let every query find a table without its columns."""
    connection.execute("CREATE TEMP TABLE events (nothing)")
