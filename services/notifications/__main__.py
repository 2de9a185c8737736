"""``python -m services.notifications web|worker|migrate|…``."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.notifications import app, retention
from services.notifications.replies.commands import add_read_mail
from services.notifications.settings import NotificationsSettings
from services.notifications.signing_key import new_signing_key
from shared import logs
from shared.clock import system_clock
from shared.commands import Messages, run, say
from shared.retention import add_retention
from shared.serve import serve
from shared.worker import Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class NotificationsCommands:
    name = "notifications"

    def web(self, arguments: argparse.Namespace) -> int:
        settings = NotificationsSettings.from_environment()

        def build() -> "WSGIApplication":
            return app.create_app(app.compose(settings))

        return serve(build, arguments.bind, processes=arguments.processes)

    def worker(self) -> Worker:
        return app.create_worker(self._compose())

    def migrate(self) -> None:
        core = self._compose()
        try:
            app.migrate(core)
        finally:
            core.close()

    def messages(self) -> Messages:
        core = self._compose()
        return Messages(core.database, core.inbox, core.outbox, core.clock, lambda: app.republish(core))

    def add_commands(self, commands: Any) -> None:
        add_retention(commands, self._compose, retention.rules)
        add_read_mail(commands, self._compose)
        making = commands.add_parser("signing-key", help="make a key that signs certificates")
        making.add_argument("--to", required=True, type=Path, help="the file, which must not be there yet")
        making.add_argument("--name", default=os.environ.get("REIHE_ORGANISER") or "Reihe", help="who issues")
        making.set_defaults(run=_make_signing_key)

    def _compose(self) -> app.NotificationsCore:
        return app.compose(NotificationsSettings.from_environment())


def _make_signing_key(arguments: argparse.Namespace) -> int:
    path: Path = arguments.to
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        print(f"{path} is there already; move it away to make another.", file=sys.stderr)  # noqa: T201  # a command speaks to its caller
        return 1
    path.write_text(new_signing_key(arguments.name, system_clock()))
    say(f"Made {path}. To sign with it, set REIHE_SIGNING_KEY_FILE={path}")
    return 0


if __name__ == "__main__":
    logs.configure(service="notifications")
    sys.exit(run(NotificationsCommands()))
