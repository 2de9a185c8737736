from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.system.breakable import Breakable, breakable_system
from tests.system.harness import RunningSystem, one_process, six_processes
from tests.system.logs import complaints

STARTERS: dict[str, Callable[..., AbstractContextManager[RunningSystem]]] = {
    "one process": one_process,
    "six processes": six_processes,
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failed test what its system's processes complained of."""
    report = yield
    if report.when == "call" and report.failed:
        for value in item.funcargs.values():
            system = value.system if isinstance(value, Breakable) else value
            if isinstance(system, RunningSystem):
                report.sections.append(("what the processes complained of", "\n".join(complaints(system)[-40:])))
    return report


@pytest.fixture(scope="session", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in STARTERS])
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """A whole system, each way in which it can run."""
    with STARTERS[request.param](tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="session")
def _breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Breakable]:
    with breakable_system(tmp_path_factory.mktemp("breakable")) as breakable:
        yield breakable


@pytest.fixture
def breakable(_breakable: Breakable) -> Breakable:
    """Six processes with a broker and a mail server of their own, whole again before each test.

    A test that uses it is marked with ``breaks``.
    """
    _breakable.mend()
    return _breakable
