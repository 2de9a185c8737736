"""The logs of a running system."""

from collections.abc import Iterable

from tests.system.harness import RunningSystem


def lines_with(system: RunningSystem, words: Iterable[str]) -> list[str]:
    """``<log>: <line>`` for each line, of any process, in which one of the words stands, in whatever case."""
    wanted = [word.lower() for word in words]
    return [
        f"{path.relative_to(system.folder)}: {line}"
        for path in sorted(system.folder.rglob("*.log"))
        for line in path.read_text(errors="replace").splitlines()
        if any(word in line.lower() for word in wanted)
    ]


def complaints(system: RunningSystem) -> list[str]:
    """Warnings and errors of all processes, process by process."""
    return lines_with(system, ['"level": "warning"', '"level": "error"', '"level": "critical"', "Traceback", "[error]"])
