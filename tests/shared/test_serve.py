"""gunicorn with our settings, as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shared.testing import ROOT, eventually, free_port
from tests.deploy.upstreams import ask

PROGRAM = """
import sys
from prometheus_client import REGISTRY, CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from shared import logs
from shared.config import ConfigurationError
from shared.serve import serve

ASKED = Counter("asked", "How often", ["path"])

def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/broken"):
        raise RuntimeError(environ["PATH_INFO"])
    ASKED.labels("x").inc()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    body = generate_latest(registry)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]

logs.configure(service="trial")
try:
    sys.exit(serve(lambda: application, sys.argv[1], processes=int(sys.argv[2])))
except ConfigurationError as error:
    sys.exit(str(error))
"""


class Trial:
    def __init__(self, address: str, errors: Path, process: subprocess.Popen[bytes]) -> None:
        self.address = address
        self.process = process
        self._errors = errors

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._errors.read_text().splitlines()]


def start(address: str, errors: Path, metrics: Path | None, processes: int) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PROMETHEUS_MULTIPROC_DIR": str(metrics or "")}
    with errors.open("wb") as stream:
        return subprocess.Popen([sys.executable, "-c", PROGRAM, address, str(processes)], env=environ, stderr=stream)


@contextmanager
def served(folder: Path, processes: int) -> Iterator[Trial]:
    address, errors = f"127.0.0.1:{free_port()}", folder / "errors.log"
    process = start(address, errors, folder / "metrics", processes)
    try:
        eventually(lambda: _answers(address), because=f"gunicorn does not answer: {errors.read_text()}")
        yield Trial(address, errors, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        return ask(address, "/").status == 200
    except OSError:
        return False


def count(body: bytes) -> float:
    line = next(line for line in body.decode().splitlines() if line.startswith("asked_total{"))
    return float(line.split()[1])


def test_several_processes_count_together_and_forget_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_1.db").write_bytes(b"of an earlier run")
    with served(tmp_path, processes=2) as trial:
        eventually(lambda: ask(trial.address, "/").status == 200 and len(list((tmp_path / "metrics").iterdir())) == 2)
        before = count(ask(trial.address, "/").body)
        assert [count(ask(trial.address, "/").body) for _ in range(20)] == [before + n for n in range(1, 21)]


def test_a_fault_is_logged_as_json_without_the_path_that_may_hold_a_token(tmp_path: Path) -> None:
    with served(tmp_path, processes=1) as trial:
        assert ask(trial.address, "/broken/token-of-a-person").status == 500
        assert ask(trial.address, "/token-of-a-person", method="B(D").status == 400
        eventually(lambda: len(trial.lines()) == 2)
        assert [(line["event"], line["service"]) for line in trial.lines()] == [
            ("Error handling request: RuntimeError", "trial"),
            ("Invalid request", "trial"),
        ]


def test_it_ends_well_when_it_is_told_to(tmp_path: Path) -> None:
    with served(tmp_path, processes=1) as trial:
        trial.process.terminate()
        assert trial.process.wait(timeout=30) == 0


def test_several_processes_without_a_place_for_their_metrics_are_refused(tmp_path: Path) -> None:
    process = start(f"127.0.0.1:{free_port()}", tmp_path / "errors.log", None, 2)
    assert process.wait(timeout=30) == 1
    assert "PROMETHEUS_MULTIPROC_DIR: is required" in (tmp_path / "errors.log").read_text()


def cpus_of(process: subprocess.Popen[bytes]) -> dict[int, set[int]]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return {int(child): os.sched_getaffinity(int(child)) for child in children}


def test_a_single_process_keeps_to_one_cpu(tmp_path: Path) -> None:
    with served(tmp_path, processes=1) as trial:
        eventually(lambda: [len(cpus) for cpus in cpus_of(trial.process).values()] == [1])


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two CPUs")
def test_each_of_several_processes_keeps_to_a_cpu_of_its_own_and_so_does_the_one_that_replaces_it(
    tmp_path: Path,
) -> None:
    with served(tmp_path, processes=2) as trial:
        eventually(lambda: sorted(map(len, cpus_of(trial.process).values())) == [1, 1])
        first, second = cpus_of(trial.process)
        kept = cpus_of(trial.process)
        assert kept[first] != kept[second]
        os.kill(second, signal.SIGKILL)
        eventually(lambda: second not in (now := cpus_of(trial.process)) and len(now) == 2)
        eventually(lambda: set(map(frozenset, cpus_of(trial.process).values())) == set(map(frozenset, kept.values())))
