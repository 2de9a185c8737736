"""Logs: one JSON object a line, ids only, with the request id that a message carries on."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from traceback import format_tb
from typing import TextIO

import structlog

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the HTTP request that all this work goes back to; it travels in messages."""


@contextmanager
def on_behalf_of(another: str) -> Iterator[None]:
    """What is done meanwhile goes back to another request than this thread's own."""
    before = request_id.set(another)
    try:
        yield
    finally:
        request_id.reset(before)


def _add_request_id(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if current := request_id.get():
        event["request_id"] = current
    return event


def _place_and_kind(exc_info: structlog.typing.ExcInfo) -> str:
    """A traceback of the error and its causes, first cause first, without their messages: those may quote people."""
    tracebacks: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        kind = type(error)
        module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        tracebacks.append("".join(format_tb(error.__traceback__)) + module + kind.__qualname__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(reversed(tracebacks))


def configure(*, service: str, stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's records to ``stream`` as JSON lines."""
    common: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
        structlog.processors.ExceptionRenderer(_place_and_kind),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=common,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            lambda _l, _n, event: {"service": service, **event},
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("pika").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
