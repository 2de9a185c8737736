"""A RabbitMQ node of the test's own: the machine's broker must not be stopped, for others use it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.messaging import rabbitmq
from shared.messaging.outbox import TransportError
from shared.messaging.rabbitmq import RabbitTransport
from shared.testing import RABBITMQ_SERVER, eventually, free_port, require


class Broker:
    """Keeps everything in ``folder``, so that it knows its queues again when it is started once more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.local = 127.0.0.1:{self._port}\n")
        (folder / "no-environment.conf").touch()
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),  # for the cookie
            "RABBITMQ_NODENAME": f"reihe-test-{self._port}@localhost",
            "RABBITMQ_CONF_ENV_FILE": str(folder / "no-environment.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "no-plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self._port}/%2F"

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Until clients are let in."""
        with (self._folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [RABBITMQ_SERVER], env=self._environ, cwd=self._folder, stdout=log, stderr=log, start_new_session=True
            )
        eventually(self._lets_us_in, within=60, because="RabbitMQ is ready")

    def _lets_us_in(self) -> bool:
        transport = RabbitTransport(self.url, "test")
        try:
            transport.send([])
        except TransportError:
            return False
        transport.close()
        return True

    def stop(self) -> None:
        """As its administrator stops it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut ends it."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, number)
            process.wait(timeout=40)

    def purge(self, queue: str) -> int:
        """Throw away what lies in a queue; how many messages that were."""
        connection = rabbitmq.connect(self.url, name="test")
        try:
            return int(connection.channel().queue_purge(queue).method.message_count)
        finally:
            connection.close()


@contextmanager
def own_broker(folder: Path) -> Iterator[Broker]:
    require("rabbitmq-server")
    broker = Broker(folder)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(folder / "mnesia", ignore_errors=True)
