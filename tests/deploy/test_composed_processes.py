"""Each container of docker-compose.yml as a process: its command and environment, in a copy of its image's folder."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from shared.messages import SERVICES
from shared.messaging import rabbitmq
from shared.testing import POSTGRES_URL, ROOT, eventually, free_port, require, virtual_host
from tests.deploy.composed import VARIABLE, services, settings_of, with_values
from tests.deploy.image import instructions, make_image_folder
from tests.deploy.upstreams import ask

PYTHON = Path(sys.executable).parent
KINDS = ("migrate", "web", "worker")
SERVER = POSTGRES_URL.rsplit("@")[-1].split("/")[0]


NAMED = {name for container in services() for name, _, _ in VARIABLE.findall(str(settings_of(container)))}
VALUES = {name: "0123456789abcdef" * 3 for name in NAMED if re.search("KEY|PASSWORD", name)} | {
    "REIHE_BASE_URL": "https://reihe.example.org",
    "REIHE_MAIL_FROM": "reihe@example.org",
    "REIHE_SMTP_URL": "smtp://mail.example.org:587",
    "REIHE_ADMIN_EMAIL": "admin@example.org",
    "REIHE_DKIM_KEY": "",
    "REIHE_SIGNING_KEY": "",
}
"""What .env holds."""


def environment(container: str, data_dir: Path, *, prefix: str = "reihe", amqp_url: str = "") -> dict[str, str]:
    """The container's environment and nothing else, with its neighbours as they are on this machine."""
    environ = {name: with_values(value, VALUES) for name, value in settings_of(container).items()}
    for name in (name for name in environ if name.endswith("_DATABASE_URL")):
        url = environ[name].replace("@postgres:5432/", f"@{SERVER}/")
        environ[name] = re.sub(r"\breihe_", f"{prefix}_", url)
    return {
        **environ,
        "REIHE_AMQP_URL": amqp_url,
        "REIHE_DATA_DIR": str(data_dir),
        "PATH": f"{PYTHON}:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",  # as the image has it
    }


@pytest.fixture
def prefix() -> Iterator[str]:
    """Of the databases and roles that the database's container makes at its first start."""
    require("postgresql")
    name = f"reihe_test_{uuid4().hex[:12]}"
    server = {key: str(value) for key, value in psycopg.conninfo.conninfo_to_dict(POSTGRES_URL).items()}
    libpq = {"PGHOST": server["host"], "PGPORT": server.get("port", "5432"), "PGUSER": server["user"]}
    environ = {**VALUES, **libpq, "PGPASSWORD": server.get("password", ""), "PATH": os.environ["PATH"]}
    environ["REIHE_DATABASE_PREFIX"] = name
    try:
        for _ in range(2):  # run again, it changes nothing but the passwords
            script = ["sh", str(ROOT / "deploy/postgres/init.sh")]
            subprocess.run(script, env=environ, check=True, capture_output=True, text=True)
        yield name
    finally:
        with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
            for identifier in (sql.Identifier(f"{name}_{service}") for service in SERVICES):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(identifier))


@pytest.fixture
def amqp_url() -> Iterator[str]:
    with virtual_host(f"reihe-test-{uuid4().hex[:12]}") as url:
        yield url


@contextmanager
def process(command: list[str], environ: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    with (
        TemporaryFile("w+") as output,
        subprocess.Popen(command, cwd=folder, env=environ, stdout=output, stderr=output, text=True) as running,
    ):
        try:
            yield running
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=30) == 0
        finally:
            running.kill()
            output.seek(0)
            print(output.read())  # noqa: T201  # pytest shows it when the test fails


def is_consumed(url: str, queue: str) -> bool:
    connection = rabbitmq.connect(url, name="test")
    try:
        channel = connection.channel()
        rabbitmq.declare_topology(channel)
        return bool(channel.queue_declare(queue, passive=True).method.consumer_count == 1)
    finally:
        connection.close()


def test_all_containers_run_as_composed_and_write_nowhere_but_to_tmp(
    prefix: str, amqp_url: str, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "tmp"
    elsewhere.mkdir()
    addresses = {service: f"127.0.0.1:{free_port()}" for service in SERVICES}
    with ExitStack() as stack:
        for service in SERVICES:
            make_image_folder(service, tmp_path / service)
        before = {path for service in SERVICES for path in (tmp_path / service).rglob("*")}
        for service, address in addresses.items():
            run = {kind: described(f"{service}-{kind}", prefix, amqp_url, elsewhere) for kind in KINDS}
            migrated = finished(*run["migrate"], tmp_path / service)
            assert migrated.returncode == 0, migrated.stderr
            if service == "catalogue":
                assert "Sign in at https://reihe.example.org/login as admin@example.org" in migrated.stdout
            serving = [word.replace("0.0.0.0:8000", address) for word in run["web"][0]]
            stack.enter_context(process(serving, run["web"][1], tmp_path / service))
            stack.enter_context(process(*run["worker"], tmp_path / service))
        for service, address in addresses.items():
            eventually(partial(is_ready, address), within=120)
            assert health_check(service, address) == 0
            eventually(partial(is_consumed, amqp_url, service), within=120)
    assert [health_check(service, address) for service, address in addresses.items()] == [1, 1, 1]
    after = {path for service in SERVICES for path in (tmp_path / service).rglob("*")}
    assert after == before, "something was written where a container may not"


def described(container: str, prefix: str, amqp_url: str, data_dir: Path) -> tuple[list[str], dict[str, str]]:
    """Command and environment."""
    return services()[container]["command"], environment(container, data_dir, prefix=prefix, amqp_url=amqp_url)


def finished(command: list[str], environ: dict[str, str], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def is_ready(address: str) -> bool:
    try:
        return ask(address, "/readyz").status == 200
    except OSError:
        return False


def health_check(service: str, address: str) -> int:
    """Exit code of the image's own check."""
    text = next(i.text for i in instructions(service) if i.keyword == "HEALTHCHECK").split("CMD", 1)[1]
    program = re.search(r'"-c", "(.*)"\]', text)
    assert program is not None
    command = [sys.executable, "-c", program[1].replace("127.0.0.1:8000", address)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_a_role_reaches_no_database_but_its_own(prefix: str) -> None:
    own = f"postgresql://{prefix}_catalogue:{VALUES['REIHE_CATALOGUE_DATABASE_PASSWORD']}@{SERVER}"
    with psycopg.connect(f"{own}/{prefix}_catalogue") as connection:
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(f"{own}/{prefix}_registration")


def test_a_database_without_a_password_is_not_made() -> None:
    refused = subprocess.run(
        ["sh", ROOT / "deploy/postgres/init.sh"], env={"PATH": "/bin"}, capture_output=True, text=True, check=False
    )
    assert refused.returncode != 0
    assert "REIHE_CATALOGUE_DATABASE_PASSWORD: must be set" in refused.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_service_does_not_start_in_production_without_its_secrets(kind: str, tmp_path: Path) -> None:
    environ = {**environment(f"registration-{kind}", tmp_path), "REIHE_LINK_KEY": ""}
    refused = finished(services()[f"registration-{kind}"]["command"], environ, ROOT)
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        2,
        "REIHE_LINK_KEY: is required; set it, or REIHE_LINK_KEY_FILE to a file that holds it",
    )
