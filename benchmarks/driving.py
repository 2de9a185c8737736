"""A web process under load, and the driver that loads it, each a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from benchmarks import scenes
from benchmarks.load import Outcome
from shared.testing import ROOT, eventually, free_port

CONNECTIONS = 32
SECONDS = 8


@contextmanager
def serving(service: str, database_url: str, folder: Path, *, processes: int) -> Iterator[str]:
    """The address of a web process of this service on this database."""
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", service, address, str(processes)],
        env={**scenes.environment(database_url), "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics")},
        cwd=ROOT,
    )
    try:
        eventually(lambda: _answers(address), within=30)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        return requests.get(f"http://{address}/readyz", timeout=2).ok
    except requests.RequestException:
        return False


def driven(
    address: str, kind: str, options: Mapping[str, Any], *, connections: int = CONNECTIONS, seconds: float = SECONDS
) -> Outcome:
    """``kind`` and ``options`` as :mod:`benchmarks.load` knows them."""
    wish = {"kind": kind, "options": options, "address": address, "connections": connections, "seconds": seconds}
    command = [sys.executable, "-m", "benchmarks.load", json.dumps(wish)]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return Outcome(**json.loads(printed))
