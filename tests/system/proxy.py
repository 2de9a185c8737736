"""A TCP proxy that can hold back what a server answers to one of its clients."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

OPENING_BYTES = 8192
"""So much of what a client says at first is kept, to know it by."""


class Proxy:
    """Passes connections on to a port of 127.0.0.1."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._changed = threading.Condition()
        self._held: bytes = b""
        self._sockets: list[socket.socket] = [self._listener]

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @contextmanager
    def holding_back_answers_to(self, client: bytes) -> Iterator[None]:
        """Meanwhile nothing reaches the clients that said this in the beginning; what they say is passed on."""
        self._hold(client)
        try:
            yield
        finally:
            self._hold(b"")

    def _hold(self, client: bytes) -> None:
        with self._changed:
            self._held = client
            self._changed.notify_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            server = socket.create_connection(("127.0.0.1", self._server_port))
            self._sockets += [client, server]
            opening = bytearray()
            self._start(self._pass_on, client, server, opening)
            self._start(self._pass_back, server, client, opening)

    @staticmethod
    def _start(target: object, *arguments: object) -> None:
        threading.Thread(target=target, args=arguments, daemon=True).start()  # type: ignore[arg-type]

    def _pass_on(self, client: socket.socket, server: socket.socket, opening: bytearray) -> None:
        while said := _received(client):
            opening += said[: OPENING_BYTES - len(opening)]
            _send(server, said)
        _close(server)

    def _pass_back(self, server: socket.socket, client: socket.socket, opening: bytearray) -> None:
        while answered := _received(server):
            with self._changed:
                self._changed.wait_for(lambda: not (self._held and self._held in opening))
            _send(client, answered)
        _close(client)

    def __enter__(self) -> "Proxy":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._sockets:
            _close(each)


def _received(sender: socket.socket) -> bytes:
    """Empty when the connection has ended, one way or another."""
    try:
        return sender.recv(65536)
    except OSError:
        return b""


def _send(receiver: socket.socket, said: bytes) -> None:
    try:
        receiver.sendall(said)
    except OSError:
        _close(receiver)


def _close(connection: socket.socket) -> None:
    with suppress(OSError):  # the other end may have gone before
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
