"""The readers, as one fixture."""

from collections.abc import Callable

import pytest

from shared.testing import require
from tests.calendars.readers import ReadEntry, read_with_icaljs, read_with_libical

Read = Callable[[bytes], list[ReadEntry]]

READERS: dict[str, Read] = {"node_modules": read_with_icaljs, "libical": read_with_libical}


@pytest.fixture(scope="session", params=READERS, ids=["ical.js", "libical"])
def read(request: pytest.FixtureRequest) -> Read:
    """Reads a calendar; each test runs once with each reader."""
    require(request.param)
    return READERS[request.param]
