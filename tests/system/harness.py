"""A whole system, started as its operators start it, and a client to use it with."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from deploy import gateway
from services.__main__ import environment_of_one_process
from shared.messages import SERVICES
from shared.testing import ROOT, eventually, free_port, postgresql_database, require, virtual_host
from tests.calendars import in_processes
from tests.system.mail_server import MailServer
from tests.system.mails import Mails, folder_of_mails

TOKEN = "test-token-" + "t" * 32
KEYS = ("REIHE_SECRET_KEY", "REIHE_LINK_KEY", "REIHE_NEEDS_KEY", "REIHE_SECOND_FACTOR_KEY")
SECRETS = {name: f"{name.lower():-<40}" for name in KEYS}


@dataclass
class RunningSystem:
    """``base_url`` is where people reach it. ``processes`` by name, so that a test can kill one."""

    base_url: str
    mails: Mails
    environ: Mapping[str, str]
    folder: Path
    ready_urls: Mapping[str, str]
    """Service → address of its ``/readyz``, past the gateway."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Those of all processes that were ever started, by the processes' names."""

    def get(self, path: str, *, staff: bool = False, headers: Mapping[str, str] | None = None) -> requests.Response:
        return requests.get(self.base_url + path, headers=self._headers(staff, headers), timeout=30)

    def post(self, path: str, body: Any, *, staff: bool = False, key: str | None = None) -> requests.Response:
        """POST JSON with an idempotency key of its own, unless one is given."""
        headers = self._headers(staff, {"Idempotency-Key": key or uuid.uuid4().hex})
        return requests.post(self.base_url + path, json=body, headers=headers, timeout=30)

    def patch(self, path: str, body: Any, *, staff: bool = False) -> requests.Response:
        return requests.patch(self.base_url + path, json=body, headers=self._headers(staff, None), timeout=30)

    @staticmethod
    def _headers(staff: bool, more: Mapping[str, str] | None) -> dict[str, str]:
        return {**({"Authorization": f"Bearer {TOKEN}"} if staff else {}), **(more or {})}

    def run(self, *command: str, **environ: str) -> str:
        """Run one of the project's commands to its end; what it said. ``environ`` goes before the system's."""
        arguments = [sys.executable, "-m", *command]
        done = subprocess.run(
            arguments,
            env={**self.environ, **environ},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, name: str, *command: str, **environ: str) -> None:
        """Start one of the project's commands as a process; ``environ`` goes before the system's."""
        self.spawn(name, sys.executable, "-m", *command, **environ)

    def spawn(self, name: str, *command: str, **environ: str) -> None:
        """Start a process with a process group of its own; its output goes to a file of its name."""
        with self.log_of(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env={**self.environ, **environ}, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        self.commands[name] = command

    def start_again(self, name: str) -> None:
        """Start a process that was stopped or killed as it was started before, without an environment of its own."""
        self.spawn(name, *self.commands[name])

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        process.wait(timeout=40)

    def kill(self, name: str) -> None:
        """End a process and its children as a power cut would: at once, with nothing tidied up."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def stop_all(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for name in list(self.processes):
            self.stop(name)

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def web_of(self, service: str) -> str:
        """Name of the process that serves this service's pages."""
        return f"{service}-web" if f"{service}-web" in self.commands else "reihe"

    def waits(self) -> dict[str, float]:
        """What waits in outboxes, inboxes and for the mail server, by how many seconds the oldest has waited."""
        found: dict[str, float] = {}
        for service, url in self.ready_urls.items():
            answer = requests.get(url, timeout=10)
            answer.raise_for_status()
            ages = {name: age for name, age in answer.json().items() if name.startswith("oldest_")}
            found |= {f"{service} {name}": age for name, age in ages.items() if age is not None}
        return found

    def wait_until_ready(self) -> None:
        """Until each service says so and the first page is there; fails with the log of a process that ended."""
        for url in (*self.ready_urls.values(), f"{self.base_url}/"):
            eventually(lambda url=url: self._answers(url), within=60, because=f"{url} is ready")  # type: ignore[misc]

    def _answers(self, url: str) -> bool:
        ended = {name: process.poll() for name, process in self.processes.items() if process.poll() is not None}
        if ended:
            logs = "\n".join(self.log_of(name).read_text()[-4000:] for name in ended)
            raise AssertionError(f"ended too early: {ended}\n{logs}")
        try:
            return requests.get(url, timeout=5).status_code == 200
        except requests.ConnectionError:
            time.sleep(0.05)
            return False


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "REIHE_ENVIRONMENT": "load-test",
        "REIHE_RATE_LIMITS": "off",
        "REIHE_HOLIDAYS": "none",
        "REIHE_DATA_DIR": str(folder),
        "REIHE_API_TOKEN": TOKEN,
        "REIHE_MAIL_FROM": "reihe@verband.example",
        "REIHE_ADMIN_EMAIL": "admin@verband.example",
        "REIHE_ADMIN_PASSWORD": "a long test password",
        **SECRETS,
        **in_processes.environment(),
        **more,
    }


@contextmanager
def one_process(folder: Path, **more: str) -> Iterator[RunningSystem]:
    """Everything in one process on SQLite, mails as files. ``more`` is added to its environment."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    environ = environment_of_one_process(environment(folder, REIHE_PORT=str(port), REIHE_BASE_URL=base_url, **more))
    ready_urls = {service: f"{base_url}/ops/{service}/readyz" for service in SERVICES}
    system = RunningSystem(base_url, folder_of_mails(folder / "mail"), environ, folder, ready_urls)
    system.start("reihe", "services")
    try:
        system.wait_until_ready()
        yield system
    finally:
        system.stop_all()


@contextmanager
def six_processes(
    folder: Path, *, amqp_url: str = "", mail_server: MailServer | None = None
) -> Iterator[RunningSystem]:
    """Three web and three worker processes on PostgreSQL and RabbitMQ, behind nginx, mails over SMTP."""
    for name in ("postgresql", "rabbitmq", "nginx"):
        require(name)
    mark = uuid.uuid4().hex[:8]
    with ExitStack() as stack:
        databases = {
            f"REIHE_{service.upper()}_DATABASE_URL": stack.enter_context(
                postgresql_database(f"reihe_{service}_{mark}", durable=False)
            )
            for service in SERVICES
        }
        broker = amqp_url or stack.enter_context(virtual_host(f"reihe-system-{mark}"))
        server = mail_server or stack.enter_context(MailServer())
        base_url = f"http://127.0.0.1:{free_port()}"
        environ = environment(
            folder, REIHE_BASE_URL=base_url, REIHE_AMQP_URL=broker, REIHE_SMTP_URL=server.url, **databases
        )
        addresses = {service: f"127.0.0.1:{free_port()}" for service in SERVICES}
        ready_urls = {service: f"http://{address}/readyz" for service, address in addresses.items()}
        system = RunningSystem(base_url, Mails(server.messages), environ, folder, ready_urls)
        stack.callback(system.stop_all)
        _start_services(system, addresses)
        yield system


def _start_services(system: RunningSystem, addresses: Mapping[str, str]) -> None:
    for service in SERVICES:
        system.run(f"services.{service}", "migrate")
    for service, address in addresses.items():
        system.start(f"{service}-web", f"services.{service}", "web", "--bind", address)
        system.start(f"{service}-worker", f"services.{service}", "worker")
    configuration = gateway.configuration(system.base_url.removeprefix("http://"), addresses, limited=False)
    system.spawn("nginx", *gateway.command(system.folder / "nginx", configuration))
    system.wait_until_ready()
