"""The mail server is away, or takes nothing for the time being."""

from shared.testing import eventually
from tests.system.acts import register, settle
from tests.system.breakable import Breakable, breaks
from tests.system.databases import end_waiting
from tests.system.mail_server import ACCEPTED

pytestmark = breaks


def test_mails_come_once_when_the_server_is_back(breakable: Breakable) -> None:
    system, event = breakable.system, breakable.event()
    addresses = [f"guest-{number}-{event['slug']}@verein.example" for number in range(3)]
    breakable.mail_server.stop()
    for address in addresses:
        register(system, event["id"], address)
    eventually(lambda: states_of_mails(breakable, event["id"]) == ["queued"] * 3)
    breakable.mail_server.start()
    settle(system, event["id"])
    assert system.mails.counted(addresses) == dict.fromkeys(addresses, 1)


def test_a_mail_that_was_refused_for_now_is_tried_again_and_comes_once(breakable: Breakable) -> None:
    system, event = breakable.system, breakable.event()
    addresses = [f"guest-{number}-{event['slug']}@verein.example" for number in range(3)]
    asked = breakable.mail_server.asked
    breakable.mail_server.answer = "451 Please try again later"
    for address in addresses:
        register(system, event["id"], address)
    eventually(lambda: breakable.mail_server.asked == asked + 3, because="each was refused")
    assert states_of_mails(breakable, event["id"]) == ["queued"] * 3
    breakable.mail_server.answer = ACCEPTED
    end_waiting(system)
    settle(system, event["id"])
    assert system.mails.counted(addresses) == dict.fromkeys(addresses, 1)


def states_of_mails(breakable: Breakable, event_id: str) -> list[str]:
    answer = breakable.system.get(f"/api/notifications/v1/mails?event_id={event_id}", staff=True)
    return [mail["state"] for mail in answer.json()["items"]]
