"""A load driver: as many kept-alive connections as wished, each in a thread, for a number of seconds."""

import http.client
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import quantiles

BUSY = 503

Request = tuple[str, str, bytes, Mapping[str, str]]
"""Method, path, body, headers."""

Requests = Callable[[], Request | None]
"""The next request, or None when there is none left."""


@dataclass(frozen=True)
class Outcome:
    """``rate`` counts answers with a status below 400, a second; latencies in milliseconds.

    A client that is asked to come again (503) does so, with the same key, when the answer says; ``statuses`` tells how
    often, and the latencies are of the others.
    """

    rate: float
    p50: float
    p99: float
    statuses: dict[str, int]


class _Connection(threading.Thread):
    def __init__(self, address: str, requests: Requests, deadline: float) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._requests = requests
        self._deadline = deadline
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()

    def run(self) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        while time.perf_counter() < self._deadline and (request := self._requests()):
            while pause := self._asked_to_come_again(connection, request):
                time.sleep(pause)
        connection.close()

    def _asked_to_come_again(self, connection: http.client.HTTPConnection, request: Request) -> float:
        """Send it; after how many seconds it is to be repeated, 0 if it was answered."""
        method, path, body, headers = request
        began = time.perf_counter()
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        response.read()
        self.statuses[response.status] += 1
        if response.status == BUSY:
            return float(response.headers["Retry-After"])
        self.latencies.append((time.perf_counter() - began) * 1000)
        return 0.0


def drive(address: str, requests: Requests, *, connections: int, seconds: float) -> Outcome:
    """Send what ``requests`` gives, over each connection one after the other, until the time is over."""
    began = time.perf_counter()
    threads = [_Connection(address, requests, began + seconds) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    latencies = sorted(latency for thread in threads for latency in thread.latencies)
    statuses = sum((thread.statuses for thread in threads), Counter[int]())
    good = sum(count for status, count in statuses.items() if status < 400)
    cuts = quantiles(latencies, n=100) if len(latencies) > 1 else [0.0] * 99
    return Outcome(good / elapsed, cuts[49], cuts[98], {str(status): n for status, n in sorted(statuses.items())})


def registrations(event_ids: Sequence[str], attempts: int = 10**9) -> Requests:
    """Each request is a new person's registration, for one event after the other; at most so many."""
    numbers = iter(range(attempts))
    lock = threading.Lock()

    def request() -> Request | None:
        with lock:
            number = next(numbers, None)
        if number is None:
            return None
        body = {
            "first_name": "Olena",
            "last_name": f"Beispiel {number}",
            "email": f"person-{number}@verein.example",
            "organisation": f"Verein {number % 500}",
            "locale": "de",
        }
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"bench-{number}"}
        path = f"/api/registration/v1/events/{event_ids[number % len(event_ids)]}/registrations"
        return "POST", path, json.dumps(body).encode(), headers

    return request


def gets(path: str, headers: Mapping[str, str] | None = None) -> Requests:
    request: Request = ("GET", path, b"", headers or {})
    return lambda: request


def posts(path: str, body: Mapping[str, object]) -> Requests:
    request: Request = ("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return lambda: request


def main(arguments: list[str]) -> None:
    """Run as a process of its own, so that the driver's threads don't share the benchmark's interpreter."""
    wish = json.loads(arguments[0])
    kinds: dict[str, Callable[..., Requests]] = {
        "registrations": registrations,
        "gets": gets,
        "posts": posts,
    }
    requests = kinds[wish["kind"]](**wish["options"])
    outcome = drive(wish["address"], requests, connections=wish["connections"], seconds=wish["seconds"])
    sys.stdout.write(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main(sys.argv[1:])
