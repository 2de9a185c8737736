"""Somebody who subscribes to a feed with vdirsyncer and looks at it with khal, behind a cache as browsers have one."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

_BIN = Path(sys.executable).parent

_VDIRSYNCER = """
[general]
status_path = "{folder}/status"
[pair feed]
a = "server"
b = "disk"
collections = null
conflict_resolution = "a wins"
[storage server]
type = "http"
url = "{url}"
[storage disk]
type = "filesystem"
path = "{folder}/entries"
fileext = ".ics"
"""
_KHAL = """
[calendars]
[[feed]]
path = {folder}/entries
readonly = True
[locale]
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
timeformat = %H:%M
dateformat = %d.%m.
longdateformat = %Y-%m-%d
datetimeformat = %d.%m. %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


@dataclass
class Subscriber:
    """``folder`` holds what vdirsyncer and khal keep; ``answers`` are the statuses that the server gave, in order."""

    folder: Path
    answers: list[int] = field(default_factory=list)

    def fetch(self) -> None:
        """Look for changes, as the programs do by themselves from time to time."""
        self._run("vdirsyncer", "--config", str(self.folder / "vdirsyncer.conf"), "sync")

    def sees(self, day: str) -> list[str]:
        """The entries of a day (``2027-03-28``), each as ``title, from–to, state``."""
        shape = "{title}, {start-time}–{end-time}, {status}"
        command = ("khal", "-c", str(self.folder / "khal.conf"), "list", "--day-format", "", "--format", shape)
        return [line for line in self._run(*command, day, "1d").splitlines() if line]

    def _run(self, program: str, *arguments: str) -> str:
        environ = {"PATH": str(_BIN), "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        command = [str(_BIN / program), *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def subscribed(url: str, folder: Path) -> Iterator[Subscriber]:
    """Nothing is fetched yet. vdirsyncer itself asks without conditions, so a cache asks for it."""
    subscriber = Subscriber(folder)
    with _cache_before(url, subscriber.answers) as cached:
        (folder / "entries").mkdir()
        (folder / "vdirsyncer.conf").write_text(_VDIRSYNCER.format(folder=folder, url=cached))
        (folder / "khal.conf").write_text(_KHAL.format(folder=folder))
        subscriber._run("vdirsyncer", "--config", str(folder / "vdirsyncer.conf"), "discover")
        subscriber.answers.clear()
        yield subscriber


@contextmanager
def _cache_before(url: str, answers: list[int]) -> Iterator[str]:
    """The address of an HTTP cache that asks the server each time whether what it holds is still right."""
    held = {"etag": b"", "body": b""}

    class Cache(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = requests.get(url, headers={"If-None-Match": held["etag"]}, timeout=30)
            answers.append(answer.status_code)
            if answer.status_code == 200:
                held.update(etag=answer.headers["ETag"].encode(), body=answer.content)
            self.send_response(200 if answer.status_code == 304 else answer.status_code)
            self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
            self.end_headers()
            self.wfile.write(held["body"])

        def log_message(self, *arguments: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Cache)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/feed.ics"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
