"""Typesetting with somebody else's template: in a process of its own that can open nothing and soon ends.

What this module runs as a process reads one order from its standard input and writes one PDF to its standard output.
Once the fonts are in memory it gives up the right to open anything: no file, no connection, no other process's pipe.
Time and memory are bounded too. The limits are the kernel's (setrlimit), so no fault of a typesetter lifts them.
"""

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from shared.typesetting import Compile, compiled, load_fonts

SECONDS = 10
"""Of the whole process, and of the processor's time."""
MEMORY = 2**30
"""Bytes of addresses, far more than a page takes."""
LARGEST_DOCUMENT = 2**20
"""Bytes. Each is kept for years."""
_FAULT = re.compile(r"error: (.+)")
_LINE = re.compile(r"\.typ:(\d+):\d+")
_REFUSED = 3
"""How the process ends whose template has a fault; it says which on its standard error."""


class TemplateFaultError(typst.TypstError):
    """The template makes no document. ``diagnostic`` is what the typesetter says, empty if a limit ended it."""

    def __init__(self, diagnostic: str) -> None:
        super().__init__(diagnostic or "ended by a limit", diagnostic)
        self.diagnostic = diagnostic

    @property
    def first(self) -> tuple[str, str]:
        """The first fault, in the typesetter's English, and the number of its line; both empty if a limit ended it."""
        fault, line = _FAULT.search(self.diagnostic), _LINE.search(self.diagnostic)
        return fault[1] if fault else "", line[1] if line else ""


def bounded(seconds: float = SECONDS, memory: int = MEMORY) -> Compile:
    """A way to compile for :func:`shared.typesetting.typeset` that raises :class:`TemplateFaultError`."""

    def compile_(template: bytes, inputs: Mapping[str, str], timestamp: int) -> bytes:
        order = {"template": template.decode(), "inputs": inputs, "timestamp": timestamp}
        limits = [str(max(1, round(seconds))), str(memory)]
        with TemporaryDirectory() as nowhere:
            try:
                run = subprocess.run(  # noqa: S603  # this very module
                    [sys.executable, "-m", "shared.bounded_typesetting", *limits],
                    input=json.dumps(order).encode(),
                    capture_output=True,
                    timeout=seconds,
                    cwd=nowhere,
                    env=_environment(),
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise TemplateFaultError("") from error
        return _outcome(run)

    return compile_


def _environment() -> dict[str, str]:
    """None of our variables, for some are secret. Each thread claims addresses, and there may be many cores."""
    path = os.pathsep.join(str(Path(one).resolve()) for one in sys.path)
    return {"PYTHONPATH": path, "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}


def _outcome(run: "subprocess.CompletedProcess[bytes]") -> bytes:
    if run.returncode == 0 and run.stdout.startswith(b"%PDF") and len(run.stdout) <= LARGEST_DOCUMENT:
        return run.stdout
    raise TemplateFaultError(run.stderr.decode("utf-8", "replace") if run.returncode == _REFUSED else "")


def _main(seconds: str, memory: str) -> int:
    order: dict[str, Any] = json.load(sys.stdin.buffer)
    load_fonts()
    _give_up(int(seconds), int(memory))
    try:
        pdf = compiled(order["template"].encode(), order["inputs"], order["timestamp"])
    except typst.TypstError as error:
        sys.stderr.write(error.diagnostic or error.message)
        return _REFUSED
    sys.stdout.buffer.write(pdf)
    return 0


def _give_up(seconds: int, memory: int) -> None:
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        # Those that are open stay so; none can be opened.
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
