"""``python -m services.registration``: migrate, check, republish, and the worker's parts."""

from pathlib import Path

import pytest
from sqlalchemy import update

from services.registration import app
from services.registration.__main__ import RegistrationCommands
from services.registration.limits import LINKS_PER_NETWORK, use
from services.registration.models import Attempt, SeatCounter
from services.registration.republishing import republish
from shared.commands import run
from shared.messaging.in_process import InProcessTransport
from shared.testing import TurnableClock, eventually
from tests.registration.front import settings
from tests.registration.parts import House


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An environment in which the commands find a database of their own; returns its URL."""
    url = f"sqlite:///{tmp_path / 'registration.db'}"
    monkeypatch.setenv("REIHE_ENVIRONMENT", "development")
    monkeypatch.setenv("REIHE_BASE_URL", "http://localhost:8000")
    monkeypatch.setenv("REIHE_REGISTRATION_DATABASE_URL", url)
    return url


def command(*arguments: str) -> int:
    return run(RegistrationCommands(), arguments)


def test_a_migrated_database_keeps_all_promises(environment: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("migrate") == 0
    assert command("migrate") == 0
    assert command("check") == 0
    assert capsys.readouterr().out == "All promises are kept.\n"


def test_check_says_what_is_broken(environment: str, capsys: pytest.CaptureFixture[str], clock: TurnableClock) -> None:
    command("migrate")
    core = app.compose(settings(environment), clock=clock)
    house = House(core.database, clock)
    house.register(house.event())
    with core.database.unit_of_work(clock()) as uow:
        uow.session.execute(update(SeatCounter).values(confirmed=0))
        uow.commit()
    core.close()
    assert command("check") == 1
    out = capsys.readouterr().out
    assert "the counters say 0 confirmed and 0 waiting, the rows 1 and 0" in out
    assert out.endswith("2 promises are broken.\n")


def test_republishing_tells_every_present_state_with_its_version(house: House) -> None:
    event = house.event(capacity=1)
    first, second = (house.register(event).registration_id for _ in range(2))
    house.register(event)
    house.cancel(first)
    before = house.messages()
    assert republish(house.database, house.clock) == 4
    told = house.messages()[len(before) :]
    registrations = {t.aggregate_id: t for t in told if t.topic.startswith("registration.")}
    assert {(t.topic, t.version) for t in registrations.values()} == {
        ("registration.cancelled.v1", 2),
        ("registration.confirmed.v1", 2),
        ("registration.waitlisted.v1", 1),
    }
    assert registrations[second].body["reason"] == "republished"
    (seats,) = [t for t in told if t.topic == "seats.changed.v1"]
    assert (seats.version, seats.body["confirmed"], seats.body["waiting"]) == (house.seats(event).version, 1, 1)


def test_republishing_many_goes_page_by_page(house: House) -> None:
    event = house.event(capacity=1)
    for _ in range(205):
        house.register(event)
    before = len(house.messages())
    assert republish(house.database, house.clock) == 206
    assert len({t.aggregate_id for t in house.messages()[before:]}) == 206


def test_the_worker_forgets_old_attempts(environment: str, clock: TurnableClock) -> None:
    core = app.compose(settings(environment), clock=clock)
    app.migrate(core)
    with core.database.unit_of_work(clock()) as uow:
        use(uow, LINKS_PER_NETWORK, "somebody")
        uow.commit()
    clock.turn(hours=2)
    worker = app.create_worker(core, InProcessTransport({}))
    worker.start()

    def gone() -> bool:
        with core.database.read() as session:
            return session.query(Attempt).count() == 0

    eventually(gone)
    worker.stop()
    core.close()


def test_organisations_are_imported_after_a_look(
    environment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("migrate")
    file = tmp_path / "organisations.csv"
    file.write_text("name,municipality\nBrücke,Bonn\n", encoding="utf-8")
    assert command("organisations", "import", str(file), "--check") == 0
    assert command("organisations", "import", str(file)) == 0
    assert command("organisations", "import", str(file)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 new, 0 known, 0 bad.",
        "1 new, 0 known, 0 bad.",
        "0 new, 1 known, 0 bad.",
    ]


def test_an_import_names_bad_rows_and_files(
    environment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("migrate")
    file = tmp_path / "organisations.csv"
    assert command("organisations", "import", str(file)) == 2
    file.write_text("name,member\nBrücke,perhaps\n", encoding="utf-8")
    assert command("organisations", "import", str(file)) == 1
    assert "Row 2: Whether it is a member must be yes or no." in capsys.readouterr().out
