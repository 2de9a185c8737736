from collections.abc import Iterator

import pytest

from tests.system.harness import RunningSystem, one_process


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """A running system whose interfaces are asked. Tests that use it are marked with the group ``api``."""
    with one_process(tmp_path_factory.mktemp("api")) as running:
        yield running
