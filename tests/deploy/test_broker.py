"""RabbitMQ as it is composed: our queues, one user, and nobody else."""

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.messages import SERVICES
from shared.messaging import rabbitmq
from shared.messaging.outbox import TransportError
from shared.messaging.rabbitmq import RabbitTransport
from shared.testing import RABBITMQ_SERVER, ROOT, eventually, free_port, require
from tests.deploy.composed import services

START = ROOT / "deploy/rabbitmq/start.sh"
PASSWORD = "a-password_of-the-test"


def start(folder: Path, password: str, command: list[str]) -> "subprocess.CompletedProcess[str]":
    environ = {"PATH": "/usr/bin:/bin", "REIHE_AMQP_PASSWORD": password}
    return subprocess.run(
        ["sh", START, folder, *command], env=environ, capture_output=True, text=True, check=False, timeout=30
    )


def test_the_broker_starts_with_our_topology_and_a_user_whose_password_nobody_else_reads(tmp_path: Path) -> None:
    folder = tmp_path / "definitions"
    assert start(folder, PASSWORD, ["echo", "the broker's", "arguments"]).stdout == "the broker's arguments\n"
    access = json.loads((folder / "10-access.json").read_text())
    assert [(user["name"], user["password"]) for user in access["users"]] == [("reihe", PASSWORD)]
    assert json.loads((folder / "20-topology.json").read_text()) == rabbitmq.topology()
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("password", ["", 'quote"quote', "at@sign", "a/b", "$(id)", "ü"])
def test_a_password_that_would_break_an_address_or_the_file_is_refused(tmp_path: Path, password: str) -> None:
    refused = start(tmp_path / "definitions", password, ["true"])
    assert refused.returncode != 0
    assert "REIHE_AMQP_PASSWORD" in refused.stderr
    assert not (tmp_path / "definitions").exists()


def test_the_definitions_lie_where_the_broker_looks_for_them() -> None:
    folder = services()["rabbitmq"]["entrypoint"][2]
    configuration = (ROOT / "deploy/rabbitmq/rabbitmq.conf").read_text().splitlines()
    assert f"load_definitions = {folder}" in configuration
    assert any(mount.split(":")[0] == folder for mount in services()["rabbitmq"]["tmpfs"])


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """A broker of the test's own, started as composed; its address without user."""
    require("rabbitmqctl")
    require("rabbitmq-server")
    port, distribution, mapper = free_port(), free_port(), free_port()
    configuration = (ROOT / "deploy/rabbitmq/rabbitmq.conf").read_text()
    text = configuration.replace("/run/reihe", str(folder / "definitions"))
    (folder / "rabbitmq.conf").write_text(f"{text}\nlisteners.tcp.1 = 127.0.0.1:{port}\n")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "REIHE_AMQP_PASSWORD": PASSWORD,
        "RABBITMQ_NODENAME": f"reihe_test_{port}@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "database"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "ERL_EPMD_PORT": str(mapper),
    }
    with (folder / "output.log").open("wb") as output:
        process = subprocess.Popen(
            ["sh", START, folder / "definitions", RABBITMQ_SERVER], env=environ, stdout=output, stderr=output
        )
    try:
        eventually(lambda: is_open(f"amqp://reihe:{PASSWORD}@127.0.0.1:{port}/%2F"), within=90)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)
        subprocess.run(["epmd", "-port", str(mapper), "-kill"], capture_output=True, check=False)


def is_open(url: str) -> bool:
    transport = RabbitTransport(url, "test")
    try:
        transport.send([])
    except TransportError:
        return False
    transport.close()
    return True


@pytest.mark.long
def test_a_real_broker_takes_the_definitions_again_and_again_and_has_no_guest(tmp_path: Path) -> None:
    for _ in range(2):
        with broker(tmp_path) as address:
            assert not is_open(f"amqp://guest:guest@{address}/%2F")
            connection = rabbitmq.connect(f"amqp://reihe:{PASSWORD}@{address}/%2F", name="test")
            channel = connection.channel()
            for queue in (*SERVICES, rabbitmq.DEAD_LETTER_QUEUE):
                channel.queue_declare(queue, passive=True)
            connection.close()
        shutil.rmtree(tmp_path / "definitions")
