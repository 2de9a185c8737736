"""A calendar client subscribes to the running system and sees what becomes of an event."""

import uuid
from pathlib import Path

import pytest

from tests.system.acts import SPRING_DAY, event_on, publish
from tests.system.harness import RunningSystem
from tests.system.subscriber import subscribed

REASON = {"reason": {"de": "Die Referentin ist erkrankt."}}

pytestmark = [
    pytest.mark.xdist_group("one process"),
    pytest.mark.parametrize("system", ["one process"], indirect=True),
]


def test_khal_sees_an_event_its_change_and_its_cancellation(system: RunningSystem, tmp_path: Path) -> None:
    mark = uuid.uuid4().hex[:6]
    title, city, day = "Vereinsrecht", f"Bochum-{mark}", SPRING_DAY[0][:10]
    event = event_on(SPRING_DAY, slug=f"recht-{mark}", capacity=20) | {"title": {"de": title}}
    event["venue"]["city"] = city
    path = f"/api/catalogue/v1/events/{publish(system, event)['id']}"
    with subscribed(f"{system.base_url}/calendar.ics?city={city}", tmp_path) as client:
        client.fetch()
        assert client.sees(day) == [f"{title}, 10:00–16:00, CONFIRMED "]
        client.fetch()
        assert client.answers == [200, 304]

        system.patch(path, {"title": {"de": f"{title} für alle"}}, staff=True)
        system.post(f"{path}/publish", {}, staff=True)
        client.fetch()
        assert client.sees(day) == [f"{title} für alle, 10:00–16:00, CONFIRMED "]

        system.post(f"{path}/cancel", REASON, staff=True)
        client.fetch()
        assert client.sees(day) == [f"Abgesagt: {title} für alle, 10:00–16:00, CANCELLED "]
        client.fetch()
        assert client.answers == [200, 304, 200, 200, 304]
