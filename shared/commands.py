"""The command line that every service has: web, worker, migrate, and mending of messages."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from shared.clock import Clock
from shared.config import ConfigurationError
from shared.database import Database
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import Outbox
from shared.worker import Worker

Command = Callable[[argparse.Namespace], int]


@dataclass(frozen=True)
class Messages:
    """What the commands for messages need of a service. ``republish`` sends current snapshots; it returns how many."""

    database: Database
    inbox: Inbox
    outbox: Outbox
    clock: Clock
    republish: Callable[[], int]


class ServiceCommands(Protocol):
    """What a service's ``__main__`` offers; each method builds only what it needs."""

    name: str

    def web(self, arguments: argparse.Namespace) -> int: ...
    def worker(self) -> Worker: ...
    def migrate(self) -> None: ...
    def messages(self) -> Messages: ...
    def add_commands(self, commands: Any) -> None:
        """Add the service's own subcommands to argparse's subparsers."""


def run(service: ServiceCommands, arguments: Sequence[str] | None = None) -> int:
    """Parse and run one command; configuration errors are printed without a traceback."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    commands = parser.add_subparsers(required=True, metavar="command")
    _add(commands, "worker", "deliver and handle messages until stopped", lambda _: _work(service))
    _add(commands, "migrate", "bring the database to the newest revision", lambda _: _migrate(service))
    web = _add(commands, "web", "serve HTTP", service.web)
    web.add_argument("--bind", default="127.0.0.1:8001", help="address and port")
    web.add_argument("--processes", type=int, default=1, help="each has 16 threads (default: 1)")
    _add_message_commands(commands, service)
    service.add_commands(commands)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201  # a command speaks to its caller
        return 2


def _add(commands: Any, name: str, help_text: str, command: Command) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
    parser.set_defaults(run=command)
    return parser


def _work(service: ServiceCommands) -> int:
    service.worker().run()
    return 0


def _migrate(service: ServiceCommands) -> int:
    service.migrate()
    return 0


def _add_message_commands(commands: Any, service: ServiceCommands) -> None:
    _add(commands, "parked", "list the messages that were parked", lambda _: _list_parked(service.messages()))
    for name, help_text in (("replay", "handle parked messages again"), ("discard", "give parked messages up")):
        parser = _add(commands, name, help_text, lambda a, name=name: _mend(service.messages(), name, a))  # type: ignore[misc]
        parser.add_argument("ids", nargs="*", type=UUID)
        parser.add_argument("--all", action="store_true")
    resend = _add(commands, "resend", "send again what was sent since then", lambda a: _resend(service.messages(), a))
    resend.add_argument("--since", required=True, type=_moment, help="ISO 8601 with offset, or a span such as 6h")
    _add(commands, "republish", "send the current snapshots again", lambda _: _republish(service.messages()))


def _list_parked(messages: Messages) -> int:
    for row in (*messages.inbox.parked(), *_parked_on_their_way_out(messages)):
        say(f"{row.id}  {row.parked_at:%Y-%m-%d %H:%M}  {row.topic}  {row.error}")
    return 0


def _parked_on_their_way_out(messages: Messages) -> list[Any]:
    with messages.database.read() as session:
        return messages.outbox.parked(session)


def _mend(messages: Messages, name: str, arguments: argparse.Namespace) -> int:
    parked = (*messages.inbox.parked(), *_parked_on_their_way_out(messages))
    ids = [row.id for row in parked] if arguments.all else arguments.ids
    database, now = messages.database, messages.clock()
    if name == "replay":
        changed = messages.inbox.replay(ids) + messages.outbox.replay(database, ids, now)
    else:
        changed = messages.inbox.discard(ids) + messages.outbox.discard(database, ids, now)
    say(f"{changed} of {len(ids)} messages")
    return 0 if changed == len(ids) else 1


def _resend(messages: Messages, arguments: argparse.Namespace) -> int:
    now = messages.clock()
    since = arguments.since if isinstance(arguments.since, datetime) else now - arguments.since
    say(f"{messages.outbox.resend(messages.database, since, now)} messages will be sent again")
    return 0


def _republish(messages: Messages) -> int:
    say(f"{messages.republish()} snapshots will be sent")
    return 0


_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _moment(value: str) -> datetime | timedelta:
    if value[:-1].isdigit() and value[-1:] in _UNITS:
        return timedelta(**{_UNITS[value[-1]]: int(value[:-1])})
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("the time needs its offset, such as 2027-03-28T10:00:00+02:00")
    return moment


def say(line: str) -> None:
    """Print for whoever called the command."""
    print(line)  # noqa: T201  # a command speaks to its caller
