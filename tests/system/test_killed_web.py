"""The process that serves registrations dies by ``kill -9`` while people register."""

from uuid import uuid4

from tests.system.acts import SPRING_DAY, event_on, publish, settle
from tests.system.crowd import Crowd
from tests.system.databases import end_leases
from tests.system.harness import RunningSystem


def test_nobody_is_lost_or_registered_twice_and_all_counts_agree(system: RunningSystem) -> None:
    event = publish(system, event_on(SPRING_DAY, slug=f"vereinsrecht-{uuid4().hex[:8]}", capacity=30))
    crowd = Crowd(system, event["id"], size=50)
    crowd.begin()
    for count in (5, 25):
        crowd.wait_for(count)
        system.kill(system.web_of("registration"))
        system.start_again(system.web_of("registration"))
    states = [answer["state"] for answer in crowd.end()]
    assert (states.count("confirmed"), states.count("waitlisted")) == (30, 20)
    assert crowd.refusals, "somebody met the dead process"
    system.wait_until_ready()
    end_leases(system)
    settle(system, event["id"])
    assert system.mails.counted(crowd.addresses) == dict.fromkeys(crowd.addresses, 1)
    assert "All promises are kept." in system.run("services.registration", "check")
