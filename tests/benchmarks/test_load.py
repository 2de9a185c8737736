"""The load driver, against a server that answers as it is told."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from typing import BinaryIO

import pytest

from benchmarks import wire
from benchmarks.load import drive, gets, posts, registrations

CREATED = b"HTTP/1.1 201 CREATED\r\nContent-Length: 2\r\n\r\nok"
COME_AGAIN = b"HTTP/1.1 503 SERVICE UNAVAILABLE\r\nretry-after: 0\r\ncontent-length: 4\r\n\r\nbusy"

Answers = Callable[[bytes], bytes]
"""What to send for a request; nothing means to close the connection."""


class Server:
    """Takes one connection after the other, each in a thread, and keeps every request that came."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _peer = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with closing(connection), connection.makefile("rb") as incoming:
            while request := _read(incoming):
                self.requests.append(request)
                answer = self._answers(request)
                connection.sendall(answer)
                if not answer or b"Connection: close" in answer:
                    return

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


def _read(incoming: BinaryIO) -> bytes:
    request = b""
    while line := incoming.readline():
        request += line
        if line == b"\r\n":
            break
    length = re.search(rb"Content-Length: (\d+)", request)
    return request + (incoming.read(int(length[1])) if length else b"")


@contextmanager
def serving(answers: Answers) -> Iterator[Server]:
    server = Server(answers)
    try:
        yield server
    finally:
        server.close()


def test_every_request_is_sent_once_and_each_answer_is_counted() -> None:
    with serving(lambda _request: CREATED) as server:
        outcome = drive(server.address, registrations(server.address, ["a", "b"], 50), connections=4, seconds=60)
    assert outcome.statuses == {"201": 50}
    keys = [re.search(rb"Idempotency-Key: (\S+)", request) for request in server.requests]
    assert sorted(key[1] for key in keys if key) == sorted(f"bench-{n}".encode() for n in range(50))
    assert sum(request.startswith(b"POST /api/registration/v1/events/a/") for request in server.requests) == 25
    assert server.connections == 4
    assert outcome.rate > 0
    assert 0 < outcome.p50 <= outcome.p99


def test_whoever_is_asked_to_come_again_comes_with_the_same_request() -> None:
    turns = count()
    with serving(lambda _request: COME_AGAIN if next(turns) < 3 else CREATED) as server:
        outcome = drive(server.address, registrations(server.address, ["a"], 1), connections=1, seconds=60)
    assert outcome.statuses == {"201": 1, "503": 3}
    assert len(set(server.requests)) == 1
    assert len(server.requests) == 4


def test_no_request_is_begun_after_the_time_is_over_but_a_begun_one_is_answered() -> None:
    with serving(lambda _request: CREATED) as server:
        outcome = drive(server.address, gets(server.address, "/"), connections=2, seconds=0)
    assert outcome.statuses == {}
    assert server.requests == []


def test_refusals_are_counted_but_not_as_answers_a_second() -> None:
    refused = b"HTTP/1.1 422 UNPROCESSABLE\r\nContent-Length: 0\r\n\r\n"
    with serving(lambda _request: refused) as server:
        outcome = drive(server.address, registrations(server.address, ["a"], 3), connections=1, seconds=60)
    assert outcome.statuses == {"422": 3}
    assert outcome.rate == 0


def test_an_answer_is_whole_only_with_its_last_byte() -> None:
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000
    turns = count()
    with serving(lambda _request: large if next(turns) % 2 == 0 else CREATED) as server:
        outcome = drive(server.address, registrations(server.address, ["a"], 4), connections=1, seconds=60)
    assert outcome.statuses == {"200": 2, "201": 2}


def test_a_connection_that_the_server_closes_after_an_answer_is_opened_again() -> None:
    last = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    with serving(lambda _request: last) as server:
        outcome = drive(server.address, registrations(server.address, ["a"], 3), connections=1, seconds=60)
    assert outcome.statuses == {"200": 3}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", ConnectionError),
        (b"HTTP/1.1 200 OK\r\n\r\nhow long is this?", wire.WireError),
        (b"SSH-2.0-server\r\n\r\n", wire.WireError),
        (CREATED + b"more", wire.WireError),
    ],
)
def test_what_is_no_whole_answer_fails_the_benchmark(answer: bytes, error: type[Exception]) -> None:
    with serving(lambda _request: answer) as server, pytest.raises(error):
        drive(server.address, posts(server.address, "/", {"a": 1}), connections=1, seconds=60)


def test_an_answer_without_a_body_ends_with_its_head() -> None:
    head = b"HTTP/1.1 304 NOT MODIFIED\r\nContent-Length: 12\r\n\r\n"
    assert wire.answer_in(head) == wire.Answer(304, len(head), 0.0, closes=False)
