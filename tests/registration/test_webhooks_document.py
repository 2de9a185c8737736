"""docs/webhooks.md: its examples accept what we send and nothing else, and its tables are complete."""

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.registration.outward import CONNECT_SECONDS, LONGEST_SECONDS
from services.registration.web import webhook_words
from services.registration.webhook_delivery import FIRST_RETRY, GIVE_UP_AFTER, LONGEST_RETRY, PAUSE_AFTER
from services.registration.webhook_signatures import GRACE, new_secret, signed_headers
from services.registration.webhooks import KEPT, TEST_TOPIC, TOPICS
from shared.testing import ROOT
from tests.registration.parts import House
from tests.registration.receiver import Receiver
from tests.registration.test_webhooks import add, deliver, receiver, relay

__all__ = ["receiver"]

DOCUMENT = (ROOT / "docs/webhooks.md").read_text()
BODY = '{"type": "webhook.tested.v1", "data": {"note": "Größe"}}'.encode()
SECRET, OTHER = new_secret(), new_secret()

Verify = Callable[[str, Mapping[str, str], bytes], bool]


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    return str(found)


def python_example() -> Any:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    return names["verified"]


def in_python(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        python_example()(secret, headers, body)
    except ValueError:
        return False
    return True


@pytest.fixture(params=["python", "sh"])
def verify(request: pytest.FixtureRequest, tmp_path: Path) -> Verify:
    """Whether the example takes the message for ours."""
    if request.param == "python":
        return in_python
    script = tmp_path / "verify.sh"
    script.write_text(block("sh"))

    def in_shell(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        arguments = [headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")]
        environ = {**os.environ, "WEBHOOK_SECRET": secret}
        command = ["sh", str(script), *arguments]
        return subprocess.run(command, input=body, env=environ, capture_output=True, check=False).returncode == 0

    return in_shell


def headers(*secrets: str, age: timedelta = timedelta()) -> dict[str, str]:
    return signed_headers(secrets or (SECRET,), "01890000-0000-7000-8000-000000000105", datetime.now(UTC) - age, BODY)


def test_the_examples_accept_what_is_signed_with_the_secret(verify: Verify) -> None:
    assert verify(SECRET, headers(), BODY)


def test_the_examples_accept_either_secret_while_both_sign(verify: Verify) -> None:
    both = headers(SECRET, OTHER)
    assert verify(SECRET, both, BODY)
    assert verify(OTHER, both, BODY)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_the_examples_refuse_a_header_that_was_changed(verify: Verify, name: str) -> None:
    sent = headers()
    changed = {**sent, name: sent[name][:-1] + ("1" if sent[name][-1] == "0" else "0")}
    assert not verify(SECRET, changed, BODY)


def test_the_examples_refuse_another_body_and_another_secret(verify: Verify) -> None:
    assert not verify(SECRET, headers(), BODY + b" ")
    assert not verify(OTHER, headers(), BODY)


@pytest.mark.parametrize("minutes", [-10, 10])
def test_the_examples_refuse_what_is_not_from_now(verify: Verify, minutes: int) -> None:
    assert not verify(SECRET, headers(age=timedelta(minutes=minutes)), BODY)


def test_the_shell_takes_no_command_for_a_timestamp(tmp_path: Path, verify: Verify) -> None:
    trap = tmp_path / "trap"
    assert not verify(SECRET, {**headers(), "webhook-timestamp": f"a[$(touch {trap})]"}, BODY)
    assert not trap.exists()


def test_the_python_example_reads_what_really_arrives(sqlite_house: House, receiver: Receiver) -> None:
    _id, secret = add(sqlite_house, receiver.url())
    registration_id = sqlite_house.register(sqlite_house.event(), "Ana Novak").registration_id
    relay(sqlite_house)
    deliver(sqlite_house)
    (request,) = receiver.requests
    message = python_example()(secret, request.headers, request.body, now=sqlite_house.clock().timestamp())
    assert (message["subject"], message["data"]["first_name"]) == (str(registration_id), "Ana")


def test_every_topic_and_every_error_is_described() -> None:
    assert set(re.findall(r"^\| `([\w.]+\.v1)`", DOCUMENT, re.MULTILINE)) == {*TOPICS, TEST_TOPIC}
    assert set(re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE)) == webhook_words.ERRORS.keys()


def test_the_times_that_it_names_are_those_that_hold() -> None:
    assert timedelta(seconds=30) == FIRST_RETRY
    assert "after 30 seconds, then after twice as long" in DOCUMENT
    assert (timedelta(hours=2), timedelta(hours=24)) == (LONGEST_RETRY, GIVE_UP_AFTER)
    assert "up to every two hours, for 24 hours" in DOCUMENT
    assert timedelta(days=3) == PAUSE_AFTER
    assert "failed for three days" in DOCUMENT
    assert timedelta(days=7) == KEPT
    assert "the messages of the last 7 days" in DOCUMENT
    assert timedelta(hours=24) == GRACE
    assert "For 24 hours each message then carries two signatures" in DOCUMENT
    assert f"within {CONNECT_SECONDS:.0f} seconds, or it broke off" in DOCUMENT
    assert f"within {LONGEST_SECONDS:.0f} seconds, says that" in DOCUMENT
