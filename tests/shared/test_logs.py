import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What goes into the log; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level, configuration = list(root.handlers), root.level, structlog.get_config()
    stream = io.StringIO()
    logs.configure(service="catalogue", stream=stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.configure(**configuration)


def entries(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def fail(name: str) -> None:
    try:
        raise ValueError(f"Key (email)=({name}@verein.example) already exists.")
    except ValueError as error:
        raise RuntimeError(f"could not register {name}") from error


@pytest.mark.parametrize("logger", [structlog.get_logger("test"), logging.getLogger("test")], ids=["ours", "libraries"])
def test_an_exception_is_logged_with_its_place_and_kind_but_not_with_what_it_quotes(
    written: io.StringIO, logger: Any
) -> None:
    name = "".join(["ole", "na"])  # so that the lines of this file do not hold it
    try:
        fail(name)
    except RuntimeError:
        logger.exception("step_failed")
    (entry,) = entries(written)
    assert entry["event"] == "step_failed"
    first, second = entry["exception"].split("\n\n")
    assert first.endswith("\nValueError")
    assert second.endswith("\nRuntimeError")
    assert 'test_logs.py", line' in second
    assert "in fail" in second
    assert name not in written.getvalue()
