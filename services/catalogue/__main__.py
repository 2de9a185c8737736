"""``python -m services.catalogue web|worker|migrate|account|demo|…``."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from services.catalogue import app
from services.catalogue.account_commands import add_account_commands
from services.catalogue.settings import CatalogueSettings
from shared import logs
from shared.commands import Messages, run, say
from shared.retention import add_retention
from shared.serve import serve
from shared.worker import Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class CatalogueCommands:
    name = "catalogue"

    def web(self, arguments: argparse.Namespace) -> int:
        settings = CatalogueSettings.from_environment()

        def build() -> "WSGIApplication":
            return app.create_app(app.compose(settings))

        return serve(build, arguments.bind, processes=arguments.processes)

    def worker(self) -> Worker:
        return app.create_worker(self._compose())

    def migrate(self) -> None:
        """Also makes the first account, and loads the demo if ``REIHE_DEMO`` says so."""
        core = self._compose()
        try:
            app.migrate(core)
            lines = app.prepare(core)
            if core.settings.demo:
                lines += app.load_demo(core)
        finally:
            core.close()
        for line in lines:
            say(line)

    def messages(self) -> Messages:
        core = self._compose()
        return Messages(core.database, core.inbox, core.outbox, core.clock, lambda: app.republish(core))

    def add_commands(self, commands: Any) -> None:
        add_retention(commands, self._compose, app.retention_rules)
        add_account_commands(commands, self._connect)
        demo = commands.add_parser("demo", help="the demo programme")
        loading = demo.add_subparsers(required=True, metavar="action").add_parser(
            "load", help="load the demo programme into an empty catalogue"
        )
        loading.set_defaults(run=self._load_demo)
        renewing = commands.add_parser("renew-seals", help="encrypt second factors with the newest of the keys")
        renewing.set_defaults(run=self._renew_seals)

    def _load_demo(self, _arguments: argparse.Namespace) -> int:
        core = self._compose()
        try:
            lines = app.load_demo(core)
        finally:
            core.close()
        for line in lines or ["The catalogue is not empty; nothing was changed."]:
            say(line)
        return 0

    def _renew_seals(self, _arguments: argparse.Namespace) -> int:
        core = self._compose()
        try:
            renewed = app.renew_seals(core)
        finally:
            core.close()
        say(f"{renewed} sealed with the newest key.")
        return 0

    def _connect(self) -> Any:
        core = self._compose()
        return core.database, core.clock

    def _compose(self) -> app.CatalogueCore:
        return app.compose(CatalogueSettings.from_environment())


if __name__ == "__main__":
    logs.configure(service="catalogue")
    sys.exit(run(CatalogueCommands()))
