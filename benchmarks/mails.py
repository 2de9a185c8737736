"""Mails: how many one worker composes and sends, and how long one takes from its registration to the mail server."""

import smtplib
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks import scenes
from benchmarks.registrations import new_database_name
from benchmarks.rows import Row
from benchmarks.statements import counted
from services.notifications import app as notifications
from services.notifications.mime import Envelope
from services.notifications.sending import Sender
from services.notifications.settings import NotificationsSettings, SmtpServer
from services.notifications.transport.smtp import SmtpTransport
from shared.clock import system_clock
from shared.database import new_id
from shared.messages.base import Envelope as Message
from shared.testing import ROOT, eventually, free_port, postgresql_database
from tests.contracts import samples
from tests.system.acts import ask_to_register, event_on, publish
from tests.system.harness import RunningSystem, six_processes
from tests.system.mail_server import MailServer

MAILS = 1_000
ONE_AFTER_THE_OTHER = 60
A_SECOND, SECONDS = 50, 15
LONGEST_BACKLOG = 300.0
CLIENTS = 16


class RememberingTransport(SmtpTransport):
    """Keeps what it sent."""

    def __init__(self, port: int) -> None:
        super().__init__(SmtpServer("smtp", "127.0.0.1", port), timeout=10, own_name="reihe.example")
        self.sent: list[Envelope] = []

    def send(self, envelope: Envelope) -> None:
        super().send(envelope)
        self.sent.append(envelope)


def composed_and_sent(_folder: Path) -> Iterator[Row]:
    """From messages in the inbox to mails at the server, one thing after the other in one process."""
    with postgresql_database(new_database_name()) as url, _mail_sink() as port:
        core = notifications.compose(NotificationsSettings.from_environment(environment(url)))
        notifications.migrate(core)
        core.inbox.store(confirmations(MAILS))
        transport = RememberingTransport(port)
        sender = Sender(core.database, transport, core.settings, system_clock)
        with counted(core.database) as statements:
            began = time.perf_counter()
            while core.inbox.step() or sender.step():
                pass
            ours = MAILS / (time.perf_counter() - began)
        transport.close()
        core.close()
        bare = _bare_smtplib(port, transport.sent)
    yield Row(
        "mails with invitation, composed and sent by one worker",
        f"{ours:.0f} a second",
        "≥ 0.3",
        statements=f"{len(statements) / MAILS:.1f} for 1",
        limit=f"smtplib, the same bytes: {bare:.0f}",
        ratio=f"**{ours / bare:.3f}**",
        unexpected={} if len(transport.sent) == MAILS else {"mails": len(transport.sent)},
    )


def environment(database_url: str) -> dict[str, str]:
    more = {"REIHE_NOTIFICATIONS_DATABASE_URL": database_url, "REIHE_MAIL_FROM": "reihe@verband.example"}
    return {**scenes.environment(database_url), **more}


def confirmations(number: int) -> list[Message]:
    """An event in two months and that many people who have a seat."""
    event, seat = (samples.sample(topic) for topic in ("event.published.v1", "registration.confirmed.v1"))
    event_id, begins = uuid.uuid4(), datetime.now(UTC) + timedelta(days=60)
    times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=6)).isoformat(), "cancelled": False}
    session = {**event.body["sessions"][0], **times, "session_id": str(uuid.uuid4())}
    bodies = [_seat(seat.body, event_id, mark) for mark in range(number)]
    return [
        message(event, event_id, {**event.body, "event_id": str(event_id), "sessions": [session]}),
        *(message(seat, uuid.UUID(body["registration_id"]), body) for body in bodies),
    ]


def _seat(sample: Any, event_id: uuid.UUID, mark: int) -> dict[str, Any]:
    ids = {"event_id": str(event_id), "registration_id": str(uuid.uuid4()), "person_id": str(uuid.uuid4())}
    told = {"reason": "seat_free", "summarised": False, "enrolment_id": None, "previous_state": None}
    return {**sample, **ids, **told, "email": f"person-{mark}@verein.example"}


def message(sample: Message, aggregate_id: uuid.UUID, body: dict[str, Any]) -> Message:
    return Message(new_id(), sample.topic, sample.source, aggregate_id, 1, datetime.now(UTC), "", body)


def _bare_smtplib(port: int, mails: Sequence[Envelope]) -> float:
    """Mails a second over one connection."""
    with smtplib.SMTP("127.0.0.1", port) as connection:
        began = time.perf_counter()
        for mail in mails:
            connection.sendmail(mail.sender, [mail.recipient], mail.content)
        return len(mails) / (time.perf_counter() - began)


@contextmanager
def _mail_sink() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.mail_sink", str(port)], cwd=ROOT)
    try:
        eventually(lambda: _listens(port))
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class TimingServer(MailServer):
    """Notes when it took each recipient's first mail."""

    def __init__(self) -> None:
        super().__init__()
        self.taken_at: dict[str, float] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        answer = await super().handle_DATA(server, session, envelope)
        self.taken_at.setdefault(envelope.rcpt_tos[0], time.perf_counter())
        return answer


def until_accepted(folder: Path) -> Iterator[Row]:
    """Six processes, driver and mail server on this machine; timed from when the registration is sent."""
    server = TimingServer()
    with server, six_processes(folder, mail_server=server) as system:
        day = datetime.now(UTC) + timedelta(days=60)
        times = (day.isoformat(), (day + timedelta(hours=6)).isoformat())
        event = publish(system, event_on(times, slug="benchmark", capacity=100_000))
        idle = _one_after_the_other(system, server, event["id"])
        yield _row("registration sent → mail accepted, idle", idle, "p95 ≤ 300 ms")
        busy, drained = _many_a_second(system, server, event["id"])
        what = f"registration sent → mail accepted, {A_SECOND} registrations a second for {SECONDS} s"
        yield _row(what, busy, "p95 ≤ 2 s, backlog drains", f"; the last {drained:.1f} s after the last registration")


def _one_after_the_other(system: RunningSystem, server: TimingServer, event_id: str) -> list[float]:
    took = []
    for number in range(ONE_AFTER_THE_OTHER):
        address = f"idle-{number}@verein.example"
        began = _register(system, event_id, address)
        eventually(lambda address=address: address in server.taken_at)  # type: ignore[misc]
        took.append(server.taken_at[address] - began)
    return took


def _many_a_second(system: RunningSystem, server: TimingServer, event_id: str) -> tuple[list[float], float]:
    """Seconds that each took; and from the last registration until all mails were there."""
    addresses = [f"busy-{number}@verein.example" for number in range(A_SECOND * SECONDS)]
    began = time.perf_counter()

    def register(number: int) -> float:
        time.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
        return _register(system, event_id, addresses[number])

    with ThreadPoolExecutor(CLIENTS) as clients:
        sent_at = list(clients.map(register, range(len(addresses))))
    ended = time.perf_counter()
    eventually(lambda: all(address in server.taken_at for address in addresses), within=LONGEST_BACKLOG)
    took = [server.taken_at[address] - sent for address, sent in zip(addresses, sent_at, strict=True)]
    return took, max(0.0, max(server.taken_at[address] for address in addresses) - ended)


def _register(system: RunningSystem, event_id: str, address: str) -> float:
    began = time.perf_counter()
    answer = ask_to_register(system, event_id, address)
    if answer.status_code != 201:  # created
        raise RuntimeError(f"not registered: {answer.status_code} {answer.text}")
    return began


def _row(what: str, took: Sequence[float], target: str, more: str = "") -> Row:
    cuts = quantiles(took, n=100)
    p50, p95, p99 = (f"{cuts[part - 1] * 1000:.0f}" for part in (50, 95, 99))
    return Row(what, f"p95 {p95} ms{more}", target, latencies=f"{p50} / {p99}")
