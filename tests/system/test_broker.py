"""RabbitMQ is away, dies, or loses its queues."""

import pytest

from shared.testing import eventually
from tests.system.acts import register, settle
from tests.system.breakable import Breakable, breaks
from tests.system.crowd import Crowd

pytestmark = breaks


@pytest.mark.parametrize("end", ["stop", pytest.param("kill", marks=pytest.mark.long)])
def test_people_register_while_the_broker_is_away_and_get_their_mails_once_when_it_is_back(
    breakable: Breakable, end: str
) -> None:
    system, event = breakable.system, breakable.event()
    crowd = Crowd(system, event["id"], size=20)
    crowd.begin()
    crowd.wait_for(5)
    getattr(breakable.broker, end)()
    answers = crowd.end()
    assert not crowd.refusals
    assert {answer["state"] for answer in answers} == {"confirmed"}
    assert "registration oldest_outbox_seconds" in system.waits()

    breakable.broker.start()
    settle(system, event["id"])
    assert system.mails.counted(crowd.addresses) == dict.fromkeys(crowd.addresses, 1)
    assert "All promises are kept." in system.run("services.registration", "check")


def test_messages_survive_in_the_queue_of_a_broker_that_dies(breakable: Breakable) -> None:
    system, event = breakable.system, breakable.event()
    settle(system, event["id"])
    system.stop("notifications-worker")
    addresses = [f"guest-{number}-{event['slug']}@verein.example" for number in range(5)]
    for address in addresses:
        register(system, event["id"], address)
    eventually(lambda: "registration oldest_outbox_seconds" not in system.waits(), because="all is in the queue")
    breakable.broker.kill()
    breakable.broker.start()
    system.start_again("notifications-worker")
    settle(system, event["id"])
    assert system.mails.counted(addresses) == dict.fromkeys(addresses, 1)


def test_what_a_purged_queue_has_lost_is_sent_again_on_command_and_no_mail_comes_twice(breakable: Breakable) -> None:
    system, event = breakable.system, breakable.event()
    settle(system, event["id"])
    told, lost = (f"{name}-{event['slug']}@verein.example" for name in ("told", "lost"))
    register(system, event["id"], told)
    settle(system, event["id"])
    system.stop("notifications-worker")
    register(system, event["id"], lost)
    eventually(lambda: "registration oldest_outbox_seconds" not in system.waits(), because="all is in the queue")
    assert breakable.broker.purge("notifications") == 1
    system.start_again("notifications-worker")
    settle(system, event["id"])
    assert system.mails.counted([told, lost]) == {told: 1, lost: 0}

    assert "will be sent again" in system.run("services.registration", "resend", "--since", "1h")
    settle(system, event["id"])
    assert system.mails.counted([told, lost]) == {told: 1, lost: 1}
