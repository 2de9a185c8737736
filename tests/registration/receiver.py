"""A receiver of webhooks: a real HTTP server on this machine that keeps what it was sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: dict[str, str]
    """By name in small letters."""
    body: bytes


@dataclass
class Receiver:
    """``status`` is what it answers with."""

    port: int
    status: int = 204
    requests: list[Request] = field(default_factory=list)

    def url(self, host: str = "hooks.example") -> str:
        return f"http://{host}:{self.port}/in?key=1"


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append(Request(self.path, headers, body))
            self.send_response(receiver.status)
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
