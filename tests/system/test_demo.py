"""The demo is loaded once; whoever starts the system again finds it unchanged."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shared.messages import SERVICES
from shared.testing import eventually, postgresql_database
from tests.system.harness import RunningSystem, one_process


@pytest.fixture
def demo(database_kind: str, tmp_path: Path) -> Iterator[RunningSystem]:
    with ExitStack() as stack:
        databases = (
            {
                f"REIHE_{service.upper()}_DATABASE_URL": stack.enter_context(
                    postgresql_database(f"reihe_{service}_{uuid4().hex[:8]}")
                )
                for service in SERVICES
            }
            if database_kind == "postgresql"
            else {}
        )
        yield stack.enter_context(one_process(tmp_path, REIHE_DEMO="1", **databases))


def test_a_second_start_changes_nothing(demo: RunningSystem) -> None:
    eventually(lambda: not demo.waits(), because="all is told")
    before = published(demo)
    assert before["events"]["items"]
    assert before["series"]["items"]
    demo.stop("reihe")
    demo.start_again("reihe")
    demo.wait_until_ready()
    eventually(lambda: not demo.waits(), because="all is told")
    assert published(demo) == before


def published(system: RunningSystem) -> dict[str, Any]:
    """All that readers and staff can see of the programme, and who the first account is."""
    paths = {"events": "/events?limit=100", "series": "/series?limit=100", "me": "/me"}
    found = {name: system.get(f"/api/catalogue/v1{path}", staff=True).json() for name, path in paths.items()}
    seats = {
        event["id"]: system.get(f"/api/registration/v1/events/{event['id']}").json()
        for event in found["events"]["items"]
    }
    feed = system.get("/calendar.ics?lang=de")
    return {**found, "seats": seats, "feed": feed.content, "entity tag": feed.headers["ETag"]}
