"""The six processes as in production, on one machine: behind nginx, on PostgreSQL and RabbitMQ, with a mail catcher.

``make services``. Makes the databases, their roles and a virtual host of the broker where they are missing, brings the
databases to the newest revision, and stops all that it started on Ctrl-C.
"""

import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg
from honcho.environ import parse_procfile
from honcho.manager import Manager
from psycopg.conninfo import conninfo_to_dict

from deploy import gateway
from shared.commands import say
from shared.config import ConfigurationError, parse_switch
from shared.messages import SERVICES
from shared.messaging.outbox import TransportError
from shared.messaging.rabbitmq import RabbitTransport

ROOT = Path(__file__).parents[1]
PORTS = {"REIHE_PORT": "8000", "CATALOGUE_PORT": "8001", "REGISTRATION_PORT": "8002", "NOTIFICATIONS_PORT": "8003"}
SMTP_PORT = "8025"
POSTGRES_URL = "postgresql://postgres@127.0.0.1:5432/postgres"
AMQP_SERVER = "amqp://guest:guest@127.0.0.1:5672"
PREFIX = "reihe"
"""Of the databases' and roles' names; the virtual host has this name too."""
STOPPED = (130, 143)
"""honcho's exit codes after SIGINT and SIGTERM."""

Environment = dict[str, str]


class CannotStartError(Exception):
    """Something is missing on this machine; the message says how to mend it."""


def local_environment(environ: Mapping[str, str]) -> Environment:
    """What the six processes are told, except where the database and the broker are."""
    ports = {name: environ.get(name) or port for name, port in {**PORTS, "SMTP_PORT": SMTP_PORT}.items()}
    data_dir = Path(environ.get("REIHE_DATA_DIR") or "var").absolute()
    defaults = {
        **ports,
        "REIHE_ENVIRONMENT": "development",
        "REIHE_DEMO": "1",
        "REIHE_BASE_URL": f"http://localhost:{ports['REIHE_PORT']}",
        "REIHE_MAIL_FROM": "reihe@localhost.example",
        "REIHE_SMTP_URL": f"smtp://127.0.0.1:{ports['SMTP_PORT']}",
        "REIHE_DATABASE_PREFIX": PREFIX,
    }
    given = {name: value for name, value in environ.items() if value}
    return {**defaults, **given, "REIHE_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}


def require_free_ports(environ: Mapping[str, str]) -> None:
    for name in [*PORTS, "SMTP_PORT"]:
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", int(environ[name])))
            except OSError as error:
                raise CannotStartError(
                    f"port {environ[name]} is taken; stop what listens there, or set {name} to another"
                ) from error


def make_databases(environ: Mapping[str, str]) -> Environment:
    """A database and a role for each service, with new passwords; the settings that name them."""
    server = _postgresql(environ.get("REIHE_POSTGRES_URL") or POSTGRES_URL)
    passwords = {service: secrets.token_hex(24) for service in SERVICES}
    variables = {f"REIHE_{service.upper()}_DATABASE_PASSWORD": word for service, word in passwords.items()}
    _run([str(ROOT / "deploy/postgres/init.sh")], {**environ, **variables, **_libpq(server)}, "make the databases")
    place = f"{server.get('host', '127.0.0.1')}:{server.get('port', 5432)}"
    names = {service: f"{environ['REIHE_DATABASE_PREFIX']}_{service}" for service in SERVICES}
    return {
        f"REIHE_{service.upper()}_DATABASE_URL": f"postgresql://{names[service]}:{word}@{place}/{names[service]}"
        for service, word in passwords.items()
    }


def _postgresql(url: str) -> Mapping[str, object]:
    """The parts of the address, if the server lets us in."""
    if shutil.which("psql") is None:
        raise CannotStartError("psql is missing; on Debian: apt-get install postgresql")
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        raise CannotStartError(
            f"PostgreSQL does not let us in: {str(error).splitlines()[0]}\nStart it (on Debian: apt-get install "
            "postgresql), and set REIHE_POSTGRES_URL to a role that may create databases: "
            "postgresql://user:password@host:5432/postgres"
        ) from error
    return conninfo_to_dict(url)


def _libpq(server: Mapping[str, object]) -> Environment:
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return {variable: str(server[name]) for name, variable in names.items() if name in server}


def find_broker(environ: Mapping[str, str]) -> Environment:
    """The address of the broker: the one that is set, else a virtual host of our own, else the broker's first."""
    url = environ.get("REIHE_AMQP_URL") or f"{AMQP_SERVER}/{_virtual_host(environ['REIHE_DATABASE_PREFIX'])}"
    transport = RabbitTransport(url, "set-up")
    try:
        transport.send([])
    except TransportError as error:
        raise CannotStartError(
            f"RabbitMQ does not let us in ({error}). Start it (on Debian: apt-get install rabbitmq-server), or set "
            "REIHE_AMQP_URL: amqp://user:password@host:5672/%2F"
        ) from error
    transport.close()
    return {"REIHE_AMQP_URL": url}


def _virtual_host(name: str) -> str:
    """``name``, if this user may make it with rabbitmqctl; else the broker's first."""
    commands = (["add_vhost", name], ["set_permissions", "-p", name, "guest", ".*", ".*", ".*"])
    if shutil.which("rabbitmqctl") is None:
        return quote("/", safe="")
    for arguments in commands:
        command = ["rabbitmqctl", "--quiet", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # ours
        if done.returncode != 0 and "already exists" not in done.stderr:
            say("This user may not make a virtual host with rabbitmqctl; the broker's first one is used.")
            return quote("/", safe="")
    return name


def migrate(environ: Environment) -> None:
    """Catalogue's migration also makes the first account and loads the demo, and says how to sign in."""
    for service in SERVICES:
        _run([sys.executable, "-m", f"services.{service}", "migrate"], environ, f"migrate {service}")


def _run(command: list[str], environ: Environment, purpose: str) -> None:
    sys.stdout.flush()
    if subprocess.run(command, env=environ, cwd=ROOT, check=False).returncode != 0:  # noqa: S603  # ours
        raise CannotStartError(f"Could not {purpose}; the reason stands above.")


def commands(environ: Environment) -> dict[str, str]:
    """Name → shell command of all that runs."""
    data_dir = Path(environ["REIHE_DATA_DIR"])
    listening = gateway.configuration(
        f"127.0.0.1:{environ['REIHE_PORT']}",
        {service: f"127.0.0.1:{environ[f'{service.upper()}_PORT']}" for service in SERVICES},
        limited=parse_switch(environ.get("REIHE_RATE_LIMITS", "on")),
    )
    catcher = [sys.executable, "-m", "deploy.mail_catcher", str(data_dir / "mail"), environ["SMTP_PORT"]]
    return {
        **parse_procfile((ROOT / "deploy/Procfile").read_text()).processes,
        "mail-catcher": f"exec {shlex.join(catcher)}",
        "gateway": f"exec {shlex.join(gateway.command(data_dir / 'nginx', listening))}",
    }


def run(environ: Environment) -> int:
    """Run everything until one process ends or somebody says stop; the exit code."""
    manager = Manager()
    for name, command in commands(environ).items():
        manager.add_process(name, command, env=environ, cwd=str(ROOT))
    say(
        f"Serving on {environ['REIHE_BASE_URL']}; mails are kept in {environ['REIHE_DATA_DIR']}/mail. Ctrl-C stops all."
    )
    manager.loop()
    return 0 if manager.returncode in STOPPED else int(manager.returncode or 1)


def main() -> int:
    try:
        environ = local_environment(os.environ)
        gateway.nginx()
        require_free_ports(environ)
        environ |= make_databases(environ)
        environ |= find_broker(environ)
        migrate(environ)
        return run(environ)
    except (CannotStartError, ConfigurationError, gateway.NginxMissingError) as error:
        print(error, file=sys.stderr)  # noqa: T201  # a command speaks to its caller
        return 2


if __name__ == "__main__":
    sys.exit(main())
