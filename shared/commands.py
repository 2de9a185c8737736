"""The command line that every service has: web, worker, migrate, and mending of messages."""

import argparse
import re
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
    web.add_argument("--processes", type=int, default=1, help="each with threads of its own, on one CPU (default: 1)")
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
    _take_ids(_add(commands, "replay", "handle parked messages again", lambda a: _replay(service.messages(), a)))
    _take_ids(_add(commands, "discard", "give parked messages up", lambda a: _discard(service.messages(), a)))
    resend = _add(commands, "resend", "send again what was sent since then", lambda a: _resend(service.messages(), a))
    resend.add_argument("--since", required=True, type=_moment, help=_HOW_A_MOMENT_IS_WRITTEN)
    _add(commands, "republish", "send the current snapshots again", lambda _: _republish(service.messages()))


def _take_ids(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", nargs="*", type=UUID, default=[], metavar="id", help="as `parked` lists them")
    which.add_argument("--all", action="store_true", help="all that are parked")


def _list_parked(messages: Messages) -> int:
    parked = _parked(messages)
    for row in parked:
        say(f"{row.id}  {row.parked_at:%Y-%m-%d %H:%M}  {row.topic}  {row.error}")
    if not parked:
        say(_NOTHING_PARKED)
    return 0


_NOTHING_PARKED = "No message is parked."


def _parked(messages: Messages) -> list[Any]:
    """On the way in, then on the way out."""
    with messages.database.read() as session:
        unsent = messages.outbox.parked(session)
    return [*messages.inbox.parked(), *unsent]


def _replay(messages: Messages, arguments: argparse.Namespace) -> int:
    ids, now = _meant(messages, arguments), messages.clock()
    changed = messages.inbox.replay(ids) + messages.outbox.replay(messages.database, ids, now)
    return _tell(changed, ids, "will be handled again")


def _discard(messages: Messages, arguments: argparse.Namespace) -> int:
    ids, now = _meant(messages, arguments), messages.clock()
    changed = messages.inbox.discard(ids) + messages.outbox.discard(messages.database, ids, now)
    return _tell(changed, ids, "were given up")


def _meant(messages: Messages, arguments: argparse.Namespace) -> list[UUID]:
    return [row.id for row in _parked(messages)] if arguments.all else arguments.ids


def _tell(changed: int, ids: Sequence[UUID], what: str) -> int:
    say(f"{changed} of {len(ids)} messages {what}." if ids else _NOTHING_PARKED)
    return 0 if changed == len(ids) else 1


def _resend(messages: Messages, arguments: argparse.Namespace) -> int:
    now = messages.clock()
    since = arguments.since if isinstance(arguments.since, datetime) else now - arguments.since
    say(f"{messages.outbox.resend(messages.database, since, now)} messages will be sent again")
    return 0


def _republish(messages: Messages) -> int:
    say(f"{messages.republish()} snapshots will be sent")
    return 0


_SPAN = re.compile("([0-9]{1,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_HOW_A_MOMENT_IS_WRITTEN = "a moment such as 2027-03-28T10:00:00+02:00, or how long ago, such as 30m, 6h or 2d"


def _moment(value: str) -> datetime | timedelta:
    if span := _SPAN.fullmatch(value):
        return timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{value!r} is not {_HOW_A_MOMENT_IS_WRITTEN}")
    return moment


def say(line: str) -> None:
    """Print for whoever called the command."""
    print(line)  # noqa: T201  # a command speaks to its caller
