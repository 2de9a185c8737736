"""What becomes of a batch when the database fails, on both databases."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event as sqlalchemy_event

from services.registration.booking import Registered, Wish
from services.registration.consistency import findings
from services.registration.desk import Answer, Desks, Take
from services.registration.models import AUDIT, OUTBOX
from services.registration.seats import opened
from services.registration.serving import serve, serve_event
from shared.clock import system_clock
from shared.database import Database, make_engine
from shared.errors import BusyError, ConflictError, NotFoundError, ReiheError
from shared.messaging.outbox import Outbox
from shared.testing import eventually
from tests.registration.parts import House


def served(house: House, event_id: UUID, wishes: list[Wish]) -> list[Answer]:
    return serve_event(house.database, house.clock, event_id, lambda: wishes)


def states(answers: list[Answer]) -> list[str]:
    return [answer.state if isinstance(answer, Registered) else repr(answer) for answer in answers]


@contextmanager
def at_commit(house: House, number: int, deed: Callable[[Any], None]) -> Iterator[None]:
    """Do something before the nth COMMIT from now on."""
    commits = iter(range(1, 1_000))

    def count(connection: Any) -> None:
        if next(commits) == number:
            deed(connection)

    sqlalchemy_event.listen(house.database.engine, "commit", count)
    try:
        yield
    finally:
        sqlalchemy_event.remove(house.database.engine, "commit", count)


def lose_connection(connection: Any) -> None:
    connection.connection.dbapi_connection.close()


def lose_connection_after_commit(connection: Any) -> None:
    connection.connection.dbapi_connection.commit()
    lose_connection(connection)


@pytest.mark.parametrize("loss", [lose_connection, lose_connection_after_commit])
def test_a_connection_lost_before_or_after_commit_costs_nobody_their_place(
    house: House, loss: Callable[[Any], None]
) -> None:
    event = house.event(capacity=2)
    wishes = [house.wish() for _ in range(3)]
    with at_commit(house, 1, loss):
        answers = served(house, event, wishes)
    assert states(answers) == ["confirmed", "confirmed", "waitlisted"]
    assert [a.registration_id for a in answers if isinstance(a, Registered)] == [w.registration_id for w in wishes]
    assert house.states(event) == ["confirmed", "confirmed", "waitlisted"]
    assert len(house.messages("registration.confirmed.v1")) == 2
    assert list(findings(house.database, house.clock())) == []


def test_when_the_database_stays_away_everybody_is_asked_to_come_again(house: House) -> None:
    event = house.event()
    wishes = [house.wish() for _ in range(3)]
    with at_commit(house, 1, lose_connection), at_commit(house, 2, lose_connection_after_commit):
        answers = served(house, event, wishes)
    assert [type(answer) for answer in answers] == [BusyError] * 3
    again = served(house, event, wishes)
    assert states(again) == ["confirmed", "confirmed", "waitlisted"]
    assert len(house.states(event)) == 3


def test_a_poisonous_wish_among_good_ones_harms_itself_alone(house: House) -> None:
    event = house.event(capacity=2)
    poison = house.wish("Bo Berg", locale=None)
    answers = served(house, event, [house.wish("Ana Novak"), poison, house.wish("Cy Cole")])
    assert states([answers[0], answers[2]]) == ["confirmed", "confirmed"]
    assert isinstance(answers[1], Exception)
    assert not isinstance(answers[1], ReiheError)
    assert house.states(event) == ["confirmed", "confirmed"]
    assert list(findings(house.database, house.clock())) == []


def test_the_same_key_twice_in_one_batch_is_one_registration(house: House) -> None:
    event = house.event()
    same = {"idempotency_key": "k-1", "body_digest": "d"}
    one, again = served(house, event, [house.wish("Ana Novak", **same), house.wish("Ana Novak", **same)])
    assert isinstance(one, Registered)
    assert isinstance(again, Registered)
    assert (one.registration_id, one.repeated) == (again.registration_id, not again.repeated)
    assert house.states(event) == ["confirmed"]


def test_the_same_address_twice_in_one_batch_is_registered_once(house: House) -> None:
    event = house.event()
    one, again = served(house, event, [house.wish("Ana Novak"), house.wish("Ana Novak")])
    assert isinstance(one, Registered)
    assert isinstance(again, ConflictError)
    assert again.code == "already_registered"
    assert house.states(event) == ["confirmed"]


def test_whoever_is_taken_after_registration_opened_is_not_too_early_however_long_the_lock_took(house: House) -> None:
    event = house.event(registration_opens_at=house.clock() + timedelta(seconds=1))

    def take() -> list[Wish]:
        house.clock.moment += timedelta(seconds=2)
        return [wish]

    wish = house.wish()
    assert states(serve_event(house.database, house.clock, event, take)) == ["confirmed"]


def test_an_unknown_event_is_said_to_each(house: House) -> None:
    nowhere = house.wish().registration_id
    answers = served(house, nowhere, [house.wish(), house.wish()])
    assert [type(answer) for answer in answers] == [NotFoundError] * 2
    assert answers[0] is not answers[1], "two threads raise them"


def test_a_lock_that_does_not_come_is_not_waited_for_once_for_each(house: House) -> None:
    event = house.event()
    house.database.engine.dispose()
    locks_refused = []

    def note(context: Any) -> None:
        locks_refused.append(context.statement)

    sqlalchemy_event.listen(house.database.engine, "connect", _wait_shortly)
    sqlalchemy_event.listen(house.database.engine, "handle_error", note)
    with house.database.unit_of_work(house.clock()) as uow, opened(uow, event):
        answers = served(house, event, [house.wish() for _ in range(3)])
    assert [type(answer) for answer in answers] == [BusyError] * 3
    assert len(locks_refused) == 1
    assert house.states(event) == []


def served_together(house: House, wishes: Mapping[UUID, list[Wish]]) -> dict[UUID, list[str]]:
    takes: dict[UUID, Take] = {event_id: partial(list, of_event) for event_id, of_event in wishes.items()}
    found = serve(house.database, house.clock, takes)
    return {event_id: states(list(found[event_id])) for event_id in wishes}


def commits(house: House, deed: Callable[[], Any]) -> int:
    """How many transactions it commits."""
    counted: list[Any] = []

    def count(connection: Any) -> None:
        counted.append(connection)

    sqlalchemy_event.listen(house.database.engine, "commit", count)
    try:
        deed()
    finally:
        sqlalchemy_event.remove(house.database.engine, "commit", count)
    return len(counted)


def test_several_events_are_answered_in_one_transaction(house: House) -> None:
    events = [house.event(capacity=1) for _ in range(3)]
    wishes = {event: [house.wish(), house.wish()] for event in events}
    answers: dict[UUID, list[str]] = {}
    assert commits(house, lambda: answers.update(served_together(house, wishes))) == 1
    assert answers == {key: ["confirmed", "waitlisted"] for key in events}
    assert [house.states(event) for event in events] == [["confirmed", "waitlisted"]] * 3
    assert list(findings(house.database, house.clock())) == []


def test_one_person_who_comes_to_several_events_at_once_is_one_person(house: House) -> None:
    wishes = {house.event(): [house.wish("Ana Novak")] for _ in range(3)}
    assert served_together(house, wishes) == {key: ["confirmed"] for key in wishes}
    made = [wish.registration_id for of_event in wishes.values() for wish in of_event]
    assert len({house.registration(one).person_id for one in made}) == 1


def test_what_is_wrong_with_one_event_is_no_others_concern(house: House) -> None:
    nowhere, event = house.wish().registration_id, house.event()
    answers = served_together(house, {nowhere: [house.wish()], event: [house.wish()]})
    assert answers[event] == ["confirmed"]
    assert "NotFoundError" in answers[nowhere][0]


@pytest.mark.parametrize("loss", [lose_connection, lose_connection_after_commit])
def test_a_connection_lost_with_several_events_costs_nobody_their_place(
    house: House, loss: Callable[[Any], None]
) -> None:
    events = [house.event(capacity=1) for _ in range(2)]
    wishes = {event: [house.wish(), house.wish()] for event in events}
    with at_commit(house, 1, loss):
        answers = served_together(house, wishes)
    assert answers == {key: ["confirmed", "waitlisted"] for key in events}
    assert list(findings(house.database, house.clock())) == []


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_an_event_that_somebody_else_has_locked_holds_up_no_other_of_the_turn(house: House) -> None:
    """On SQLite there is one lock for all."""
    locked, free = sorted(house.event() for _ in range(2))
    wishes = {locked: [house.wish()], free: [house.wish()]}
    with ThreadPoolExecutor(1) as threads:
        with house.database.unit_of_work(house.clock()) as uow, opened(uow, locked):
            answers = threads.submit(served_together, house, wishes)
            eventually(lambda: house.states(free) == ["confirmed"])
            assert not answers.done()
        assert answers.result(20) == {locked: ["confirmed"], free: ["confirmed"]}


def _wait_shortly(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    if type(connection).__module__ == "sqlite3":
        cursor.execute("PRAGMA busy_timeout = 50")
    else:
        cursor.execute("SET lock_timeout = '50ms'")
        connection.commit()
    cursor.close()


PROCESSES, PEOPLE_EACH, SEATS = 2, 40, 30


def register_many(url: str, event_id: UUID, mark: str) -> None:
    """What a web process does with many people at once; runs in a process of its own."""
    database = Database(make_engine(url), Outbox(OUTBOX, "registration"), audit_log=AUDIT)
    desks = Desks(partial(serve, database, system_clock), most_waiting=PEOPLE_EACH)
    together = threading.Barrier(PEOPLE_EACH)

    def come(number: int) -> Registered:
        together.wait()
        wish = Wish("Ana", f"Novak {number}", f"{mark}-{number}@example.org", "de", f"Verein {number}")
        return desks.register(event_id, wish)

    with ThreadPoolExecutor(PEOPLE_EACH) as threads:
        assert len({registered.registration_id for registered in threads.map(come, range(PEOPLE_EACH))}) == PEOPLE_EACH
    database.close()


def test_two_processes_at_one_hot_event_never_share_a_seat(house: House) -> None:
    house.clock.moment = system_clock()
    event = house.event(capacity=SEATS, max_per_organisation=PROCESSES)
    url = house.database.engine.url
    plain = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=register_many, args=(plain, event, f"p{n}")) for n in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    everybody = PROCESSES * PEOPLE_EACH
    assert house.states(event) == ["confirmed"] * SEATS + ["waitlisted"] * (everybody - SEATS)
    assert list(findings(house.database, house.clock())) == []
