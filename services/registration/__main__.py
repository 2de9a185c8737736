"""``python -m services.registration web|worker|migrate|check|…``."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.registration import app, organisation_table, retention
from services.registration.consistency import findings
from services.registration.erasure import forgotten_people
from services.registration.kept_needs import renew_seals
from services.registration.republishing import republish
from services.registration.settings import RegistrationSettings
from services.registration.webhooks import renew_secrets
from shared import logs
from shared.audit import by_command
from shared.commands import Messages, run, say
from shared.errors import InvalidError
from shared.retention import add_retention
from shared.serve import serve
from shared.spreadsheet_reading import rows_of
from shared.vault import Vault
from shared.worker import Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class RegistrationCommands:
    name = "registration"

    def web(self, arguments: argparse.Namespace) -> int:
        settings = RegistrationSettings.from_environment()

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
        return Messages(
            core.database, core.inbox, core.outbox, core.clock, lambda: republish(core.database, core.clock)
        )

    def add_commands(self, commands: Any) -> None:
        erasures = commands.add_parser("erasures", help="list the ids of all who were forgotten, to be kept apart")
        erasures.set_defaults(run=self._list_erasures)
        again = commands.add_parser("reapply-erasures", help="forget once more who is listed, after a restore")
        again.add_argument("file", type=Path, help="as `erasures` lists them")
        again.set_defaults(run=self._reapply_erasures)
        add_retention(commands, self._compose, retention.rules)
        check = commands.add_parser("check", help="prove that counters, rows, decisions and messages agree")
        check.set_defaults(run=self._check)

        renew = commands.add_parser(
            "renew-seals", help="encrypt needs and webhooks' secrets with the newest of the keys"
        )
        renew.set_defaults(run=self._renew_seals)

        organisations = commands.add_parser("organisations", help="read the directory of organisations from a table")
        reading = organisations.add_subparsers(required=True).add_parser("import", help="CSV or XLSX")
        reading.add_argument("file", type=Path)
        reading.add_argument("--check", action="store_true", help="only say what would happen")
        reading.set_defaults(run=self._import_organisations)

    def _list_erasures(self, _arguments: argparse.Namespace) -> int:
        core = self._compose()
        try:
            with core.database.read() as session:
                for person_id in forgotten_people(session):
                    say(str(person_id))
        finally:
            core.close()
        return 0

    def _reapply_erasures(self, arguments: argparse.Namespace) -> int:
        try:
            ids = [UUID(line) for line in arguments.file.read_text().split()]
        except (OSError, ValueError) as error:
            say(f"{arguments.file}: {error}. It must hold one id in each line, as `erasures` lists them.")
            return 2
        core = self._compose()
        try:
            known = app.reapply_erasures(core, ids)
        finally:
            core.close()
        say(f"{known} of {len(ids)} were forgotten once more; the others are not known here.")
        return 0

    def _import_organisations(self, arguments: argparse.Namespace) -> int:
        core = self._compose()
        try:
            with core.database.read() as session:
                planned = organisation_table.plan(session, rows_of(arguments.file.read_bytes()))
            for bad in planned.bad:
                say(f"Row {bad.number}: {' '.join(map(str, bad.errors))}")
            if not planned.bad and not arguments.check:
                author = by_command("organisations import")
                organisation_table.carry_out(core.database, core.clock, planned.rows, author)
        except (OSError, InvalidError) as error:
            say(str(error.text if isinstance(error, InvalidError) else error))
            return 2
        finally:
            core.close()
        say(f"{planned.new} new, {planned.known} known, {len(planned.bad)} bad.")
        return 1 if planned.bad else 0

    def _renew_seals(self, _arguments: argparse.Namespace) -> int:
        core = self._compose()
        try:
            with core.database.unit_of_work(core.clock()) as uow:
                vault = Vault(core.settings.needs_keys)
                renewed = renew_seals(uow, vault) + renew_secrets(uow, vault)
                uow.commit()
        finally:
            core.close()
        say(f"{renewed} sealed with the newest key.")
        return 0

    def _check(self, _arguments: argparse.Namespace) -> int:
        core = self._compose()
        try:
            broken = 0
            for finding in findings(core.database, core.clock()):
                say(finding)
                broken += 1
        finally:
            core.close()
        say(f"{broken} promises are broken." if broken else "All promises are kept.")
        return 1 if broken else 0

    def _compose(self) -> app.RegistrationCore:
        return app.compose(RegistrationSettings.from_environment())


if __name__ == "__main__":
    logs.configure(service="registration")
    sys.exit(run(RegistrationCommands()))
