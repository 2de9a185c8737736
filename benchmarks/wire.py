"""HTTP/1.1 as far as a load driver needs it: requests as bytes, and where in what was received an answer ends."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_HEAD_ENDS = b"\r\n\r\n"
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)\r", re.IGNORECASE)
_RETRY_AFTER = re.compile(rb"\r\nRetry-After: *(\d+)\r", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nConnection: *close\r", re.IGNORECASE)
_WITHOUT_BODY = frozenset({204, 304})


class WireError(Exception):
    """What came is no answer that this driver can read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``retry_after`` in seconds, 0 where the answer does not ask for a repetition."""

    status: int
    length: int
    retry_after: float
    closes: bool


def request(method: str, address: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """The request as it is sent to ``address``, ``host:port``."""
    lines = {"Host": address, **(headers or {})}
    if body:
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def post(address: str, path: str, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> bytes:
    """The same with a body of JSON."""
    as_json = {"Content-Type": "application/json", **(headers or {})}
    return request("POST", address, path, json.dumps(body).encode(), as_json)


def answer_in(received: bytes | bytearray) -> Answer | None:
    """What the head says, ``length`` counting head and body; None while the head is not whole.

    Raises :class:`WireError` for what is no answer of HTTP/1.1 with a known length.
    """
    ends = received.find(_HEAD_ENDS)
    if ends < 0:
        return None
    head = bytes(received[: ends + len(_HEAD_ENDS)])
    status = _STATUS.match(head)
    if status is None:
        raise WireError(f"not an answer of HTTP/1.1: {head[:80]!r}")
    code = int(status[1])
    length = _LENGTH.search(head)
    if length is None and code not in _WITHOUT_BODY:
        raise WireError(f"an answer {code} without Content-Length")
    of_body = 0 if length is None or code in _WITHOUT_BODY else int(length[1])
    retry_after = _RETRY_AFTER.search(head)
    return Answer(code, len(head) + of_body, float(retry_after[1]) if retry_after else 0.0, bool(_CLOSE.search(head)))
