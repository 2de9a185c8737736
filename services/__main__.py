"""The whole system in one process: three services on SQLite, messages handed over in memory, mails as files.

``python -m services``. The only module that sees all three services.
"""

import argparse
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.catalogue import app as catalogue
from services.catalogue.settings import CatalogueSettings
from services.notifications import app as notifications
from services.notifications.settings import NotificationsSettings
from services.registration import app as registration
from services.registration.settings import RegistrationSettings
from shared import logs
from shared.clock import Clock, system_clock
from shared.composition import Core
from shared.config import ConfigurationError, parse_switch
from shared.messaging.in_process import InProcessTransport
from shared.messaging.outbox import Relay
from shared.serve import serve
from shared.web.gateway import Gateway
from shared.worker import Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class System:
    """All three services, composed. ``start`` begins the workers' threads."""

    catalogue: Core[CatalogueSettings]
    registration: Core[RegistrationSettings]
    notifications: Core[NotificationsSettings]

    @property
    def cores(self) -> tuple[Core[Any], ...]:
        return (self.catalogue, self.registration, self.notifications)

    def application(self) -> "WSGIApplication":
        return Gateway(
            {
                "catalogue": catalogue.create_app(self.catalogue),
                "registration": registration.create_app(self.registration),
                "notifications": notifications.create_app(self.notifications),
            }
        )

    def workers(self) -> list[Worker]:
        transport = self._transport()
        return [
            catalogue.create_worker(self.catalogue, transport),
            registration.create_worker(self.registration, transport),
            notifications.create_worker(self.notifications, transport),
        ]

    def migrate(self) -> None:
        catalogue.migrate(self.catalogue)
        registration.migrate(self.registration)
        notifications.migrate(self.notifications)

    def hand_over(self) -> None:
        """Let every service hear all that the others have to say, before any thread does so."""
        transport = self._transport()
        relays = [Relay(core.database, core.outbox, transport, core.clock) for core in self.cores]
        steps = [*(relay.step for relay in relays), *(core.inbox.step for core in self.cores)]
        while any(step() for step in steps):
            pass

    def close(self) -> None:
        for core in self.cores:
            core.close()

    def _transport(self) -> InProcessTransport:
        return InProcessTransport({core.name: core.inbox for core in self.cores})


DEMO_INSTALLATION = {
    "REIHE_ORGANISER": "Fachberatung Migrantenselbstorganisationen",
    "REIHE_ASSOCIATION": "Der Paritätische NRW",
    "REIHE_FUNDER_LINE": "Gefördert vom Ministerium für Kinder, Jugend, Familie, Gleichstellung, Flucht und "
    "Integration des Landes Nordrhein-Westfalen",
    "REIHE_SIGNATORY": "Sinan Kumru",
    "REIHE_SIGNATORY_ROLE": "Fachberatung MSO",
    "REIHE_CONTACT_EMAIL": "kontakt@reihe.example",
    "REIHE_PRIVACY_CONTACT": "Datenschutzbeauftragte der Fachberatung, datenschutz@reihe.example",
}
"""Whose programme the demo is; what an installation says of itself goes before."""


def environment_of_one_process(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with what one process does not need to be told: its databases and its address."""
    data_dir = Path(environ.get("REIHE_DATA_DIR") or "var").absolute()
    port = environ.get("REIHE_PORT") or "8000"
    defaults = {
        "REIHE_DATA_DIR": str(data_dir),
        "REIHE_BASE_URL": f"http://localhost:{port}",
        "REIHE_MAIL_FROM": "reihe@localhost.example",
    }
    if environ.get("REIHE_DEMO") == "1":
        defaults |= DEMO_INSTALLATION
    for service in ("catalogue", "registration", "notifications"):
        defaults[f"REIHE_{service.upper()}_DATABASE_URL"] = f"sqlite:///{data_dir / service}.db"
    return {**defaults, **{name: value for name, value in environ.items() if value}}


def compose(environ: Mapping[str, str], clock: Clock = system_clock) -> System:
    """Raises :class:`ConfigurationError` for a setting that is missing or makes no sense."""
    return System(
        catalogue.compose(CatalogueSettings.from_environment(environ), clock=clock),
        registration.compose(RegistrationSettings.from_environment(environ), clock=clock),
        notifications.compose(NotificationsSettings.from_environment(environ), clock=clock),
    )


class Process:
    """What gunicorn's one worker process holds: the system and its threads."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._workers: list[Worker] = []
        self._system: System | None = None

    def build(self) -> "WSGIApplication":
        self._system = compose(self._environ)
        return self._system.application()

    def start_workers(self, _gunicorn_worker: object) -> None:
        if self._system is not None:
            self._workers = self._system.workers()
            for worker in self._workers:
                worker.start()

    def stop(self, _arbiter: object, _gunicorn_worker: object) -> None:
        for worker in self._workers:
            worker.stop()
        if self._system is not None:
            self._system.close()


def prepare(environ: Mapping[str, str], *, demo: bool) -> list[str]:
    """Migrate, make the first account, load the demo into an empty database; lines that say how to sign in."""
    system = compose(environ)
    try:
        system.migrate()
        lines = catalogue.prepare(system.catalogue)
        if demo:
            lines += _load_demo(system)
    finally:
        system.close()
    return lines


def _load_demo(system: System) -> list[str]:
    """Into an empty catalogue. Nobody can register for a programme before registration has heard of it."""
    lines = catalogue.load_demo(system.catalogue)
    if lines:
        system.hand_over()
        lines += registration.load_demo(system.registration)
    return lines


def _begin_log(environ: Mapping[str, str]) -> list[str]:
    """In development the log goes to a file, so that the terminal is free for what people need to know."""
    if environ.get("REIHE_ENVIRONMENT") != "development":
        logs.configure(service="reihe")
        return []
    path = Path(environ["REIHE_DATA_DIR"]) / "reihe.log"
    logs.configure(service="reihe", stream=path.open("a", encoding="utf-8"))
    return [f"The log goes to {path}"]


def _check_address(host: str, port: str) -> None:
    """Raise :class:`ConfigurationError` where nobody can listen: gunicorn would say so in the log, where few look."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host.strip("[]"), int(port)))
    except (ValueError, OverflowError):
        raise ConfigurationError(f"REIHE_PORT: {port} is no port") from None
    except OSError as error:
        raise ConfigurationError(
            f"REIHE_PORT: cannot listen at {host}:{port} ({error.strerror}); choose another, such as REIHE_PORT=8080"
        ) from error


def _where_to_look(environ: Mapping[str, str]) -> list[str]:
    base_url = environ["REIHE_BASE_URL"]
    lines = [f"Reihe is at {base_url}", f"Organisers start at {base_url}/organise"]
    if environ.get("REIHE_ENVIRONMENT") == "development" and not environ.get("REIHE_SMTP_URL"):
        lines.append(f"Mails are at {base_url}/mailbox")
    return lines


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only-load-demo", action="store_true", help="load the demo programme and stop")
    only_demo = parser.parse_args(arguments).only_load_demo
    try:
        environ = environment_of_one_process(os.environ)
        host, port = environ.get("REIHE_BIND", "127.0.0.1"), environ.get("REIHE_PORT", "8000")
        if not only_demo:
            _check_address(host, port)
        Path(environ["REIHE_DATA_DIR"]).mkdir(parents=True, exist_ok=True)
        lines = _begin_log(environ)
        lines += prepare(environ, demo=only_demo or parse_switch(environ.get("REIHE_DEMO", "0")))
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201  # a command speaks to its caller
        return 2
    print("\n".join(lines if only_demo else [*lines, *_where_to_look(environ)]), flush=True)  # noqa: T201
    if only_demo:
        return 0
    process = Process(environ)
    return serve(process.build, f"{host}:{port}", post_worker_init=process.start_workers, worker_exit=process.stop)


if __name__ == "__main__":
    sys.exit(main())
