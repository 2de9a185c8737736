"""``python -m services.notifications web|worker|migrate|…``."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from services.notifications import app
from services.notifications.replies.commands import add_read_mail
from services.notifications.settings import NotificationsSettings
from shared import logs
from shared.commands import Messages, run
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
        add_read_mail(commands, self._compose)

    def _compose(self) -> app.NotificationsCore:
        return app.compose(NotificationsSettings.from_environment())


if __name__ == "__main__":
    logs.configure(service="notifications")
    sys.exit(run(NotificationsCommands()))
