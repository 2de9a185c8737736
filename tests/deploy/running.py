"""nginx with the shipped configuration, running for a test."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import gateway as nginx
from shared.testing import eventually, free_port, require
from tests.deploy.upstreams import ask


@dataclass(frozen=True)
class RunningGateway:
    """``output`` is the file with all that nginx wrote: access log and errors."""

    address: str
    output: Path


@contextmanager
def running_gateway(directory: Path, addresses: nginx.Addresses, *, limited: bool = True) -> Iterator[RunningGateway]:
    """``addresses`` of the services, as ``{"catalogue": "127.0.0.1:8001", …}``; unlimited, no flood is held back."""
    require("nginx")
    address = f"127.0.0.1:{free_port()}"
    command = nginx.command(directory, nginx.configuration(address, addresses, limited=limited))
    output = directory / "output.log"
    with output.open("wb") as stream, subprocess.Popen(command, stdout=stream, stderr=stream) as process:
        try:
            eventually(lambda: _answers(address), because=f"nginx does not answer: {output.read_text()}")
            yield RunningGateway(address, output)
        finally:
            process.terminate()
            process.wait(timeout=10)


def _answers(address: str) -> bool:
    try:
        return ask(address, "/metrics").status == 404
    except OSError:
        return False
