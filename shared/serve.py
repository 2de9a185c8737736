"""gunicorn, started with our settings. They stand here and nowhere else."""

import gc
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from prometheus_client import multiprocess

from shared.config import ConfigurationError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another wants it. Whoever serves a desk comes back from the database
ten times in a transaction, with the lock that everybody waits for; Python's 5 ms each time are most of its duration."""
THREADS = 48
"""As many as a desk should gather in a rush, and some for pages. Whoever waits at a desk costs nothing and makes the
batch larger, which is then cheaper for all; with 16, a third of a rush was asked to come again."""
KEEP_ALIVE_SECONDS = 15
"""Longer than the gateway keeps an idle connection, so that it never sends into one that is being closed."""
METRICS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus-client's own variable: where several processes keep their numbers for one ``/metrics``."""


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn has no annotations
    """gunicorn's own lines, through the program's log and without what they quote of a request."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.setLevel(logging.WARNING)
        self.error_log.propagate = True
        self.error_log.filters = [_without_request]


def _without_request(record: logging.LogRecord) -> bool:
    # Both come with the address of the page, and with it a person's token; the first has an exception that may too.
    for beginning in ("Error handling request", "Invalid request"):
        if str(record.msg).startswith(beginning):
            kind = record.exc_info[0] if record.exc_info else None
            record.msg = f"{beginning}: {kind.__name__}" if kind else beginning
            record.args, record.exc_info = (), None
    return True


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no annotations
    """Serves the application that ``build`` makes; ``build`` runs in each process, after the fork."""

    def __init__(self, build: Callable[[], "WSGIApplication"], **options: Any) -> None:
        self._build = build
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        defaults = {
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": KEEP_ALIVE_SECONDS,
            "control_socket_disable": True,
            "forwarded_allow_ips": "127.0.0.1,::1",
            "logger_class": ServerLog,
        }
        for name, value in {**defaults, **self._options}.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        built = self._build()
        # What is there now stays to the end; looking through it for garbage again and again would hold up all threads.
        gc.collect()
        gc.freeze()
        return built


def serve(build: Callable[[], "WSGIApplication"], bind: str, *, processes: int = 1, **options: Any) -> int:
    """Serve until SIGTERM; returns the exit code.

    Raises :class:`ConfigurationError` if several processes have no directory in which their metrics come together.
    """
    directory = os.environ.get(METRICS_DIRECTORY, "")
    if directory:
        _empty(Path(directory))
        options["child_exit"] = _forget_process
    elif processes > 1:
        raise ConfigurationError(f"{METRICS_DIRECTORY}: is required with several processes; name an empty directory")
    if hasattr(os, "sched_setaffinity"):
        options |= {"pre_fork": _choose_cpu, "post_fork": _keep_to_cpu}
    sys.setswitchinterval(SWITCH_SECONDS)
    Server(build, bind=bind, workers=processes, **options).run()
    return 0


def _empty(directory: Path) -> None:
    """Remove the numbers of an earlier run."""
    directory.mkdir(parents=True, exist_ok=True)
    for numbers in directory.glob("*.db"):
        numbers.unlink()


def _forget_process(_arbiter: object, worker: Any) -> None:
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # prometheus-client leaves it so


def _choose_cpu(arbiter: Any, worker: Any) -> None:
    """The CPU that the fewest of the other processes keep to; of those, the one on which we are, as there was room."""
    kept_to = Counter(other.cpu for other in arbiter.WORKERS.values())
    here = _current_cpu()
    worker.cpu = min(sorted(os.sched_getaffinity(0)), key=lambda cpu: (kept_to[cpu], cpu != here))


def _current_cpu() -> int:
    """The 39th field of proc_pid_stat(5); the second, a name in brackets, may hold spaces."""
    return int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[36])


def _keep_to_cpu(_arbiter: object, worker: Any) -> None:
    # Python runs one thread of a process at a time. On several CPUs its threads wake only to wait for each other, and
    # take what the other CPU's cache holds with them: one process answers half as many requests.
    os.sched_setaffinity(0, {worker.cpu})
