"""The command that takes in mails from files: ``python -m services.notifications read-mail FILE…``."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.notifications.replies.intake import take_in
from services.notifications.replies.mail_files import mails_in
from services.notifications.settings import NotificationsSettings
from shared.clock import Clock
from shared.commands import say
from shared.composition import Core
from shared.database import Database


def add_read_mail(commands: Any, compose: Callable[[], Core[NotificationsSettings]]) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "read-mail", help="take in calendar replies and bounces from files (.eml or mbox)"
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="file")
    parser.set_defaults(run=lambda arguments: _read(compose(), arguments.files))


def _read(core: Core[NotificationsSettings], files: list[Path]) -> int:
    try:
        return max([_read_file(core.database, core.settings, core.clock, path) for path in files])
    finally:
        core.close()


def _read_file(database: Database, settings: NotificationsSettings, clock: Clock, path: Path) -> int:
    """One line for each mail. 1 if the file cannot be read."""
    try:
        for number, raw in enumerate(mails_in(path), start=1):
            with database.unit_of_work(clock()) as uow:
                outcome = take_in(uow, settings, raw)
                uow.commit()
            say(f"{path} {number}: {outcome}")
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)  # noqa: T201  # a command speaks to its caller
        return 1
    return 0
