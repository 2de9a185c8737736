"""A worker dies by ``kill -9`` after it has done something to the world and before it has noted that."""

from shared.testing import eventually
from tests.system.acts import register, settle
from tests.system.breakable import Breakable, breaks
from tests.system.databases import end_leases, times_received
from tests.system.mails import text_of
from tests.system.proxy import Proxy

pytestmark = breaks


def test_what_a_relay_sent_and_did_not_mark_is_sent_again_and_the_copy_is_ignored(breakable: Breakable) -> None:
    system, event = breakable.system, breakable.event()
    system.stop("registration-worker")
    address = f"guest-{event['slug']}@verein.example"
    with Proxy(breakable.broker.port) as proxy:
        through_proxy = breakable.broker.url.replace(str(breakable.broker.port), str(proxy.port))
        system.start("registration-worker", "services.registration", "worker", REIHE_AMQP_URL=through_proxy)
        settle(system, event["id"])  # the relay is connected
        with proxy.holding_back_answers_to(b"registration-relay"):
            registration = register(system, event["id"], address)
            system.mails.wait_for(address, 1)
            assert "registration oldest_outbox_seconds" in system.waits(), "it was sent, and is not marked"
            system.kill("registration-worker")
    end_leases(system)
    system.start_again("registration-worker")
    settle(system, event["id"])
    assert times_received(system, "notifications", registration["id"]) == 1
    assert system.mails.counted([address]) == {address: 1}


def test_of_a_mail_that_was_accepted_and_not_marked_a_second_copy_comes_with_the_same_message_id(
    breakable: Breakable,
) -> None:
    system, event = breakable.system, breakable.event()
    settle(system, event["id"])
    addresses = [f"guest-{number}-{event['slug']}@verein.example" for number in range(3)]
    asked = breakable.mail_server.asked
    with breakable.mail_server.accepting_in_silence():
        for address in addresses:
            register(system, event["id"], address)
        eventually(lambda: breakable.mail_server.asked > asked, because="a mail is accepted")
        system.kill("notifications-worker")
    end_leases(system)
    system.start_again("notifications-worker")
    settle(system, event["id"])

    accepted_first, *others = addresses
    assert system.mails.counted(addresses) == {accepted_first: 2, **dict.fromkeys(others, 1)}
    first, copy = system.mails.to(accepted_first)
    assert first["Message-ID"] == copy["Message-ID"]
    assert text_of(first) == text_of(copy)
