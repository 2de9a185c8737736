"""The commands that every service has for messages, as an operator calls them."""

import argparse
from datetime import timedelta
from typing import Any

import pytest

from shared.commands import Messages, run
from shared.database import UnitOfWork
from shared.messaging.delivery import waiting_messages
from shared.messaging.inbox import MAX_ATTEMPTS, Received
from shared.messaging.outbox import Relay
from shared.testing import TurnableClock
from shared.worker import Worker
from tests.conftest import EngineFor
from tests.shared.parts import TABLES, End, Pigeon
from tests.shared.test_inbox import drain, envelope


class Mended:
    """A handler that fails until its cause was mended."""

    done = False

    def __call__(self, _uow: UnitOfWork, _message: Received) -> None:
        if not self.done:
            raise RuntimeError("there is no such table")


class Service:
    """A service of which only the messages matter, if any."""

    name = "catalogue"

    def __init__(self, end: End | None = None) -> None:
        self.end = end

    def messages(self) -> Messages:
        end = self.end
        assert end is not None
        return Messages(end.database, end.inbox, end.outbox, end.clock, lambda: 0)

    def web(self, arguments: argparse.Namespace) -> int:
        raise NotImplementedError

    def worker(self) -> Worker:
        raise NotImplementedError

    def migrate(self) -> None:
        raise NotImplementedError

    def add_commands(self, commands: Any) -> None: ...


@pytest.fixture
def mended() -> Mended:
    return Mended()


@pytest.fixture
def end(engine_for: EngineFor, database_kind: str, clock: TurnableClock, mended: Mended) -> End:
    engine = engine_for(database_kind, "end", TABLES.metadata)
    return End("catalogue", engine, clock, {"seats.changed.v1": mended})


def park(end: End, number: int = 1) -> list[str]:
    """So many messages that were tried until they were given up; their ids."""
    sent = [envelope(version=version + 1) for version in range(number)]
    end.inbox.store(sent)
    for _ in range(MAX_ATTEMPTS):
        drain(end)
        end.clock.turn(minutes=10)
    return [str(message.message_id) for message in sent]


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    """Before it, the log may have said something."""
    return capsys.readouterr().out.splitlines()[-1]


def test_parked_messages_are_listed_with_the_reason(end: End, capsys: pytest.CaptureFixture[str]) -> None:
    (message_id,) = park(end)
    assert run(Service(end), ["parked"]) == 0
    said = capsys.readouterr().out
    assert message_id in said
    assert "seats.changed.v1" in said
    assert "RuntimeError" in said


def test_it_is_said_when_nothing_is_parked(end: End, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["parked"], ["replay", "--all"], ["discard", "--all"]):
        assert run(Service(end), command) == 0
        assert last_line(capsys) == "No message is parked."


def test_a_parked_message_is_handled_again_after_its_cause_was_mended(
    end: End, mended: Mended, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = park(end, 2)
    mended.done = True
    assert run(Service(end), ["replay", first]) == 0
    drain(end)
    assert last_line(capsys) == "1 of 1 messages will be handled again."
    assert [str(row.id) for row in end.inbox.parked()] == [second]


def test_all_parked_messages_are_given_up_at_once(end: End, capsys: pytest.CaptureFixture[str]) -> None:
    park(end, 2)
    assert run(Service(end), ["discard", "--all"]) == 0
    assert last_line(capsys) == "2 of 2 messages were given up."
    assert end.inbox.parked() == []


def test_an_id_that_is_not_parked_is_a_failure(end: End, capsys: pytest.CaptureFixture[str]) -> None:
    park(end)
    assert run(Service(end), ["replay", str(envelope().message_id)]) == 1
    assert last_line(capsys) == "0 of 1 messages will be handled again."


@pytest.mark.parametrize("command", ["replay", "discard"])
def test_nothing_is_changed_unless_it_is_said_which(end: End, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    park(end)
    with pytest.raises(SystemExit) as stopped:
        run(Service(end), [command])
    assert stopped.value.code == 2
    assert "--all" in capsys.readouterr().err
    assert len(end.inbox.parked()) == 1


def test_what_was_sent_is_sent_again(engine_for: EngineFor, database_kind: str, clock: TurnableClock) -> None:
    engine = engine_for(database_kind, "sender", TABLES.metadata)
    sender, pigeon = End("registration", engine, clock), Pigeon()
    sender.publish_seats()
    relay = Relay(sender.database, sender.outbox, pigeon, clock)
    relay.step()
    clock.turn(hours=2)
    assert run(Service(sender), ["resend", "--since", (clock() - timedelta(hours=3)).isoformat()]) == 0
    assert run(Service(sender), ["resend", "--since", "1h"]) == 0
    relay.step()
    assert len(pigeon.carried) == 2


@pytest.mark.parametrize("since", ["yesterday", "6", "h", "²h", "99999d", "2027-03-28T10:00:00", "-1h"])
def test_a_moment_that_is_not_understood_is_refused_with_examples(
    since: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(Service(), ["resend", f"--since={since}"])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "2027-03-28T10:00:00+02:00" in said
    assert "6h" in said


def test_readiness_counts_what_was_parked_on_its_way_in(end: End) -> None:
    park(end, 2)
    waiting = waiting_messages(end.database, end.outbox, end.inbox, end.clock)
    assert waiting == {
        "oldest_outbox_seconds": None,
        "oldest_inbox_seconds": None,
        "parked_outbox_messages": 0,
        "parked_inbox_messages": 2,
    }
