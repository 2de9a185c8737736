"""The opening of registration through the web server: many connections, few seats."""

from uuid import uuid4

from tests.system.acts import SPRING_DAY, event_on, publish
from tests.system.crowd import Crowd
from tests.system.harness import RunningSystem

PEOPLE, AT_ONCE, SEATS = 150, 32, 40


def test_exactly_the_first_have_seats_and_the_others_wait_in_order(system: RunningSystem) -> None:
    event = publish(system, event_on(SPRING_DAY, slug=f"vereinsrecht-{uuid4().hex[:8]}", capacity=SEATS))
    crowd = Crowd(system, event["id"], PEOPLE, at_once=AT_ONCE)
    crowd.begin()
    answers = {answer["id"]: answer for answer in crowd.end()}

    listed = everybody(system, event["id"])
    assert [row["state"] for row in listed] == ["confirmed"] * SEATS + ["waitlisted"] * (PEOPLE - SEATS)
    assert [row["seq"] for row in listed] == list(range(1, PEOPLE + 1))
    assert {row["id"]: row["state"] for row in listed} == {id_: answer["state"] for id_, answer in answers.items()}
    waiting = [answers[row["id"]]["position"] for row in listed[SEATS:]]
    assert waiting == list(range(1, PEOPLE - SEATS + 1))
    assert set(crowd.refusals) <= {"503"}
    assert "All promises are kept." in system.run("services.registration", "check")


def everybody(system: RunningSystem, event_id: str) -> list[dict[str, object]]:
    """All registrations, in the order of their places in line."""
    listed: list[dict[str, object]] = []
    cursor = ""
    while True:
        path = f"/api/registration/v1/events/{event_id}/registrations?limit=100{cursor and f'&cursor={cursor}'}"
        page = system.get(path, staff=True).json()
        listed += page["items"]
        if page["next_cursor"] is None:
            return listed
        cursor = page["next_cursor"]
