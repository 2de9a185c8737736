"""A load driver: as many kept-alive connections as wished, for a number of seconds.

Driver and server share the machine, so the driver is cheap: one thread, requests that are bytes already, and of an
answer only what tells whether it is good and whole.
"""

import heapq
import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from itertools import repeat
from statistics import quantiles

from benchmarks import wire

BUSY = 503
RECEIVED_AT_ONCE = 256 * 1024
PATIENCE_SECONDS = 30.0

Requests = Callable[[], bytes | None]
"""The next request as it is sent, or None when there is none left."""


@dataclass(frozen=True)
class Outcome:
    """``rate`` counts answers with a status below 400, a second; latencies in milliseconds.

    A client that is asked to come again (503) does so, with the same key, when the answer says; ``statuses`` tells how
    often, and the latencies are of the others. ``cpu_ms`` is the driver's own CPU time for an answer.
    """

    rate: float
    p50: float
    p99: float
    statuses: dict[str, int]
    cpu_ms: float


class _Client:
    """One connection with the request that is on its way."""

    def __init__(self, address: str) -> None:
        host, _, port = address.partition(":")
        self._peer = (host, int(port))
        self._received = bytearray()
        self._answer: wire.Answer | None = None
        self._request = b""
        self._sent_at = 0.0
        self.socket = self._connected()

    def _connected(self) -> socket.socket:
        made = socket.create_connection(self._peer, timeout=PATIENCE_SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def send(self, request: bytes) -> None:
        """``request`` once more is what :meth:`repeat` sends."""
        self._request, self._sent_at = request, time.perf_counter()
        self.socket.sendall(request)

    def repeat(self) -> None:
        self.send(self._request)

    def receive(self) -> wire.Answer | None:
        """What has come by now; the answer as soon as its whole body is there. Call it when the socket is readable."""
        came = self.socket.recv(RECEIVED_AT_ONCE)
        if not came:
            raise ConnectionError("the server closed a connection in the midst of a request")
        self._received += came
        answer = self._answer = self._answer or wire.answer_in(self._received)
        if answer is None or len(self._received) < answer.length:
            return None
        if len(self._received) > answer.length:
            raise wire.WireError("more came than the answer's Content-Length")
        self._received.clear()
        self._answer = None
        return answer

    @property
    def waited_ms(self) -> float:
        return (time.perf_counter() - self._sent_at) * 1000

    def connect_again(self) -> None:
        self.close()
        self.socket = self._connected()

    def close(self) -> None:
        self.socket.close()


class _Drive:
    """All connections, served in turn by one thread."""

    def __init__(self, requests: Requests, deadline: float) -> None:
        self._requests = requests
        self._deadline = deadline
        self._selector = selectors.DefaultSelector()
        self._pausing: list[tuple[float, int, _Client]] = []
        self._under_way = 0
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()

    def run(self, clients: Sequence[_Client]) -> None:
        with self._selector:
            self._run(clients)

    def _run(self, clients: Sequence[_Client]) -> None:
        for client in clients:
            self._selector.register(client.socket, selectors.EVENT_READ, client)
            self._send_next(client)
        while self._under_way or self._pausing:
            ready = self._selector.select(self._until_next())
            if not ready and not self._pausing:
                raise TimeoutError(f"no answer within {PATIENCE_SECONDS:.0f} s")
            for key, _events in ready:
                self._hear(key.data)
            self._repeat_what_is_due()

    def _send_next(self, client: _Client) -> None:
        if time.perf_counter() < self._deadline and (request := self._requests()):
            self._under_way += 1
            client.send(request)

    def _until_next(self) -> float:
        """Seconds to wait for answers, until somebody is to come again."""
        return max(0.0, self._pausing[0][0] - time.perf_counter()) if self._pausing else PATIENCE_SECONDS

    def _hear(self, client: _Client) -> None:
        answer = client.receive()
        if answer is None:
            return
        self._under_way -= 1
        self.statuses[answer.status] += 1
        if answer.status != BUSY:
            self.latencies.append(client.waited_ms)
        if answer.closes:
            self._selector.unregister(client.socket)
            client.connect_again()
            self._selector.register(client.socket, selectors.EVENT_READ, client)
        if answer.status == BUSY:
            heapq.heappush(self._pausing, (time.perf_counter() + answer.retry_after, id(client), client))
        else:
            self._send_next(client)

    def _repeat_what_is_due(self) -> None:
        while self._pausing and self._pausing[0][0] <= time.perf_counter():
            _due, _tie, client = heapq.heappop(self._pausing)
            self._under_way += 1
            client.repeat()


def drive(address: str, requests: Requests, *, connections: int, seconds: float) -> Outcome:
    """Send what ``requests`` gives, over each connection one after the other, until the time is over.

    Raises :class:`ConnectionError`, :class:`TimeoutError` or :class:`benchmarks.wire.WireError` if the server does not
    answer as it should.
    """
    with ExitStack() as stack:
        clients = [stack.enter_context(closing(_Client(address))) for _ in range(connections)]
        began, cpu = time.perf_counter(), time.process_time()
        driven = _Drive(requests, began + seconds)
        driven.run(clients)
    elapsed, cpu = time.perf_counter() - began, time.process_time() - cpu
    statuses = driven.statuses
    good = sum(count for status, count in statuses.items() if status < 400)
    cuts = quantiles(driven.latencies, n=100) if len(driven.latencies) > 1 else [0.0] * 99
    counted = {str(status): number for status, number in sorted(statuses.items())}
    return Outcome(good / elapsed, cuts[49], cuts[98], counted, cpu * 1000 / max(1, statuses.total()))


def registrations(address: str, event_ids: Sequence[str], attempts: int = 10**9) -> Requests:
    """Each request is a new person's registration, for one event after the other; at most so many."""
    paths = [f"/api/registration/v1/events/{event_id}/registrations" for event_id in event_ids]
    made = (_registration(address, paths[number % len(paths)], number) for number in range(attempts))
    return lambda: next(made, None)


def _registration(address: str, path: str, number: int) -> bytes:
    body = {
        "first_name": "Olena",
        "last_name": f"Beispiel {number}",
        "email": f"person-{number}@verein.example",
        "organisation": f"Verein {number % 500}",
        "locale": "de",
    }
    return wire.post(address, path, body, {"Idempotency-Key": f"bench-{number}"})


def gets(address: str, path: str, headers: Mapping[str, str] | None = None) -> Requests:
    return repeat(wire.request("GET", address, path, headers=headers)).__next__


def posts(address: str, path: str, body: Mapping[str, object]) -> Requests:
    return repeat(wire.post(address, path, body)).__next__


def main(arguments: list[str]) -> None:
    """Run as a process of its own, so that the driver does not share the benchmark's interpreter."""
    wish = json.loads(arguments[0])
    kinds: dict[str, Callable[..., Requests]] = {
        "registrations": registrations,
        "gets": gets,
        "posts": posts,
    }
    requests = kinds[wish["kind"]](wish["address"], **wish["options"])
    outcome = drive(wish["address"], requests, connections=wish["connections"], seconds=wish["seconds"])
    sys.stdout.write(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main(sys.argv[1:])
