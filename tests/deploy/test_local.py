"""`make services`: everything on one machine, and away again."""

import email
import email.policy
import json
import os
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from deploy.mail_catcher import mail_catcher
from shared.messages import SERVICES
from shared.testing import POSTGRES_URL, ROOT, eventually, free_port, require
from tests.deploy.upstreams import ask

PORTS = ("REIHE_PORT", "CATALOGUE_PORT", "REGISTRATION_PORT", "NOTIFICATIONS_PORT", "SMTP_PORT")


def environment(folder: Path, **more: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ports = {name: str(free_port()) for name in PORTS}
    return {"PATH": path, "HOME": str(folder), "REIHE_DATA_DIR": str(folder), "REIHE_POSTGRES_URL": POSTGRES_URL} | {
        **ports,
        **more,
    }


def start(environ: dict[str, str], output: Path) -> subprocess.Popen[bytes]:
    with output.open("wb") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.local"],
            cwd=ROOT,
            env=environ,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )


@dataclass(frozen=True)
class Local:
    address: str
    output: Path
    process: subprocess.Popen[bytes]


@contextmanager
def running(folder: Path) -> Iterator[Local]:
    prefix = f"reihe_test_{uuid4().hex[:12]}"
    environ = environment(folder, REIHE_DATABASE_PREFIX=prefix)
    output = folder / "output.log"
    process = start(environ, output)
    address = f"127.0.0.1:{environ['REIHE_PORT']}"
    try:
        eventually(lambda: process.poll() is not None or all_answer(address), within=120)
        assert process.poll() is None, output.read_text()
        yield Local(address, output, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=90)
        remove(prefix)


def remove(prefix: str) -> None:
    subprocess.run(["rabbitmqctl", "--quiet", "delete_vhost", prefix], capture_output=True, check=False)
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        for name in (sql.Identifier(f"{prefix}_{service}") for service in SERVICES):
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))


def all_answer(address: str) -> bool:
    try:
        return all(ask(address, f"/api/{service}/v1/openapi.json").status == 200 for service in SERVICES)
    except OSError:
        return False


def test_a_registration_at_the_gateway_becomes_a_mail_and_ctrl_c_stops_everything(tmp_path: Path) -> None:
    for name in ("postgresql", "rabbitmq", "nginx"):
        require(name)
    with running(tmp_path) as local:
        assert "/login as admin@example.org with the password " in local.output.read_text()
        events = json.loads(ask(local.address, "/api/catalogue/v1/events").body)["items"]
        event = next(one for one in events if one["slug"] == "satzungsarbeit")
        path = f"/api/registration/v1/events/{event['id']}/registrations"
        wish = json.dumps({"first_name": "Ada", "last_name": "Probst", "email": "ada@example.org"}).encode()

        def registered() -> bool:
            """Registration knows an event a moment after catalogue."""
            answer = ask(local.address, path, method="POST", headers={"Content-Type": "application/json"}, body=wish)
            return answer.status == 201

        eventually(registered, because="registration does not take the wish")
        mail = eventually(lambda: next((tmp_path / "mail").glob("*.eml"), None), because="no mail arrives")
        parsed = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
        assert "ada@example.org" in str(parsed["To"])
        local.process.send_signal(signal.SIGINT)
        assert local.process.wait(timeout=90) == 0
    started = set(re.findall(r"(\S+) started \(pid=(\d+)\)", local.output.read_text()))
    assert len(started) == 8
    assert not [pid for _, pid in started if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize("url", ["postgresql://postgres@127.0.0.1:1/postgres", "nonsense"])
def test_a_database_server_that_does_not_let_us_in_is_said_with_the_way_to_mend_it(tmp_path: Path, url: str) -> None:
    require("nginx")
    output = tmp_path / "output.log"
    assert start(environment(tmp_path, REIHE_POSTGRES_URL=url), output).wait(timeout=30) == 2
    assert "PostgreSQL does not let us in" in output.read_text()
    assert "set REIHE_POSTGRES_URL to a role that may create databases" in output.read_text()
    assert "Traceback" not in output.read_text()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    require("nginx")
    catcher = mail_catcher(tmp_path / "mail", free_port())
    catcher.start()
    try:
        output = tmp_path / "output.log"
        assert start(environment(tmp_path, REGISTRATION_PORT=str(catcher.port)), output).wait(timeout=30) == 2
        assert f"port {catcher.port} is taken" in output.read_text()
        assert "set REGISTRATION_PORT to another" in output.read_text()
    finally:
        catcher.stop()


def test_the_mail_catcher_keeps_each_mail_as_it_came_in_order(tmp_path: Path) -> None:
    catcher = mail_catcher(tmp_path / "mail", free_port())
    catcher.start()
    try:
        with smtplib.SMTP("127.0.0.1", catcher.port) as client:
            for number in range(3):
                client.sendmail("a@example.org", ["b@example.org"], f"Subject: {number}\r\n\r\nGrüße".encode())
    finally:
        catcher.stop()
    mails = [path.read_bytes() for path in sorted((tmp_path / "mail").iterdir())]
    assert mails == [f"Subject: {number}\r\n\r\nGrüße\r\n".encode() for number in range(3)]
