"""Webhooks over the API."""

import pytest

from shared.database import new_id
from tests.registration.front import Front

WEBHOOK = {"url": "https://empfang.verein.example/reihe", "topics": ["registration.confirmed.v1"]}


def test_the_secret_is_answered_once(front: Front) -> None:
    made = front.post("/webhooks", WEBHOOK, by="adam").get_json()
    assert made["secret"].startswith("whsec_")
    [listed] = front.get("/webhooks", by="adam").get_json()["items"]
    assert listed == {name: value for name, value in made.items() if name != "secret"}


def test_a_webhook_is_changed_and_deleted(front: Front) -> None:
    path = f"/webhooks/{front.post('/webhooks', WEBHOOK, by='adam').get_json()['id']}"
    changed = front.send("PUT", path, by="adam", json={**WEBHOOK, "active": False})
    assert (changed.status_code, changed.get_json()["active"]) == (200, False)
    assert front.get(f"{path}/deliveries", by="adam").get_json() == {"items": [], "next_cursor": None}
    assert front.send("DELETE", path, by="adam").status_code == 204
    assert front.send("DELETE", path, by="adam").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://verein.example"}, "url"),
        ({"url": "https://user@verein.example"}, "url"),
        ({"topics": []}, "topics"),
        ({"topics": ["event.published.v1"]}, "topics.0"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(front: Front, change: dict[str, object], field: str) -> None:
    answer = front.post("/webhooks", {**WEBHOOK, **change}, by="adam")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_a_delivery_that_does_not_exist_is_not_found(front: Front) -> None:
    webhook = front.post("/webhooks", WEBHOOK, by="adam").get_json()["id"]
    assert front.post(f"/webhooks/{webhook}/deliveries/{new_id()}/replay", {}, by="adam").status_code == 404
