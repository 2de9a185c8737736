"""Webhooks: laid out when a message is sent, signed, delivered, tried again, paused, replayed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration import webhooks
from services.registration.models import AUDIT, OUTBOX, Delivery, Webhook
from services.registration.outward import Outward
from services.registration.settings import parse_networks
from services.registration.webhook_delivery import Courier
from services.registration.webhook_signatures import signed_headers
from services.registration.webhooks import Entered
from shared.audit import Wanted, entries_page
from shared.database import new_id
from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.messages.base import Envelope
from shared.messaging.outbox import Outbox, Relay
from shared.vault import Vault
from tests.registration.parts import House
from tests.registration.receiver import Receiver, Request, receiving

VAULT = Vault(("n" * 40,))
ACCOUNT = new_id()
CONFIRMED = "registration.confirmed.v1"


class NoBroker:
    """A transport that takes everything."""

    def send(self, envelopes: Sequence[Envelope]) -> None: ...
    def keep_alive(self) -> None: ...
    def close(self) -> None: ...


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


def add(house: House, url: str, *topics: str) -> tuple[UUID, str]:
    with house.database.unit_of_work(house.clock()) as uow:
        webhook, secret = webhooks.add_webhook(uow, Entered(url, topics or (CONFIRMED,)), ACCOUNT, VAULT, insecure=True)
        uow.commit()
    return webhook.id, secret


def relay(house: House) -> None:
    outbox = Outbox(OUTBOX, "registration")
    Relay(house.database, outbox, NoBroker(), house.clock, on_sent=webhooks.lay_out).step()


def deliver(house: House) -> None:
    outward = Outward(parse_networks("127.0.0.0/8"), resolve=lambda _host, _port: ["127.0.0.1"])
    Courier(house.database, outward, VAULT, house.clock).step()


def deliveries(house: House) -> Sequence[Delivery]:
    with house.database.read() as session:
        return session.scalars(select(Delivery).order_by(Delivery.id)).all()


def webhook(house: House) -> Webhook:
    with house.database.read() as session:
        return session.scalars(select(Webhook)).one()


def test_a_registration_arrives_signed(house: House, receiver: Receiver) -> None:
    _id, secret = add(house, receiver.url())
    registration_id = house.register(house.event(), "Ana Novak").registration_id
    relay(house)
    deliver(house)
    (request,) = receiver.requests
    event = json.loads(request.body)
    assert (event["type"], event["subject"]) == (CONFIRMED, str(registration_id))
    headers = request.headers
    assert headers["webhook-id"] == event["id"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"
    assert int(headers["webhook-timestamp"]) == int(house.clock().timestamp())
    (delivery,) = deliveries(house)
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 204, 1)


def test_only_the_topics_that_were_chosen_and_each_message_once(house: House, receiver: Receiver) -> None:
    add(house, receiver.url(), "registration.waitlisted.v1")
    event = house.event(capacity=1)
    house.register(event, "Ana Novak")
    house.register(event, "Ben Berg")
    relay(house)
    Outbox(OUTBOX, "registration").resend(house.database, house.clock() - timedelta(hours=1), house.clock())
    relay(house)
    assert [delivery.topic for delivery in deliveries(house)] == ["registration.waitlisted.v1"]


def test_what_is_refused_comes_again_later_and_fails_after_a_day(house: House, receiver: Receiver) -> None:
    add(house, receiver.url())
    house.register(house.event(), "Ana Novak")
    relay(house)
    receiver.status = 500
    deliver(house)
    deliver(house)
    assert len(receiver.requests) == 1
    (delivery,) = deliveries(house)
    assert (delivery.state, delivery.status, delivery.error) == ("queued", 500, "refused")
    house.clock.turn(hours=25)
    deliver(house)
    assert [one.state for one in deliveries(house)] == ["failed"]
    assert receiver.requests[0].headers["webhook-id"] == receiver.requests[1].headers["webhook-id"]


def test_a_webhook_that_fails_for_days_is_paused_until_it_is_changed(house: House, receiver: Receiver) -> None:
    webhook_id, _secret = add(house, receiver.url())
    event = house.event(capacity=9)
    receiver.status = 500
    house.register(event, "Ana Novak")
    relay(house)
    deliver(house)
    house.clock.turn(days=3)
    deliver(house)
    assert webhook(house).paused_at == house.clock()
    house.register(event, "Ben Berg")
    relay(house)
    deliver(house)
    assert len(receiver.requests) == 2
    receiver.status = 200
    with house.database.unit_of_work(house.clock()) as uow:
        webhooks.change_webhook(uow, webhook_id, Entered(receiver.url(), (CONFIRMED,)), ACCOUNT, insecure=True)
        uow.commit()
    deliver(house)
    assert len(receiver.requests) == 3
    assert (webhook(house).paused_at, webhook(house).failing_since) == (None, None)


def test_a_delivery_is_replayed_with_the_same_id(house: House, receiver: Receiver) -> None:
    webhook_id, _secret = add(house, receiver.url())
    house.register(house.event(), "Ana Novak")
    relay(house)
    deliver(house)
    (delivery,) = deliveries(house)
    with house.database.unit_of_work(house.clock()) as uow:
        webhooks.replay(uow, webhook_id, delivery.id, ACCOUNT)
        uow.commit()
    deliver(house)
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len(receiver.requests) == 2


def test_deliveries_are_forgotten_after_a_week(house: House, receiver: Receiver) -> None:
    add(house, receiver.url())
    house.register(house.event(), "Ana Novak")
    relay(house)
    house.clock.turn(days=7, seconds=1)
    with house.database.unit_of_work(house.clock()) as uow:
        webhooks.forget_deliveries(uow)
        uow.commit()
    assert deliveries(house) == []


def test_the_log_tells_who_did_what_without_path_and_secret(house: House, receiver: Receiver) -> None:
    webhook_id, secret = add(house, receiver.url())
    house.register(house.event(), "Ana Novak")
    relay(house)
    with house.database.unit_of_work(house.clock()) as uow:
        webhooks.change_webhook(
            uow, webhook_id, Entered(receiver.url(), (CONFIRMED,), active=False), ACCOUNT, insecure=True
        )
        webhooks.delete_webhook(uow, webhook_id, ACCOUNT)
        uow.commit()
    with house.database.read() as session:
        acts = entries_page(session, AUDIT, Wanted(subject_id=webhook_id)).items
    assert [act.action for act in acts] == ["webhook.deleted", "webhook.changed", "webhook.added"]
    assert acts[1].changes == {"active": {"before": True, "after": False}}
    assert not any("key=1" in str(act.changes) or secret in str(act.changes) for act in acts)
    assert deliveries(house) == []


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a.example/", "http://a.example/", "https://", "https://me:pw@a.example/", "https://a.example:99999/"],
)
def test_addresses_that_are_refused(sqlite_house: House, url: str) -> None:
    with sqlite_house.database.unit_of_work(sqlite_house.clock()) as uow, pytest.raises(InvalidError) as caught:
        webhooks.add_webhook(uow, Entered(url, (CONFIRMED,)), ACCOUNT, VAULT, insecure=False)
    assert list(caught.value.errors) == ["url"]


@pytest.mark.parametrize("topics", [(), ("seats.changed.v1",)])
def test_topics_that_are_refused(sqlite_house: House, topics: tuple[str, ...]) -> None:
    with sqlite_house.database.unit_of_work(sqlite_house.clock()) as uow, pytest.raises(InvalidError) as caught:
        webhooks.add_webhook(uow, Entered("https://a.example/", topics), ACCOUNT, VAULT, insecure=False)
    assert list(caught.value.errors) == ["topics"]


def test_a_delivery_of_another_webhook_is_not_replayed(sqlite_house: House, receiver: Receiver) -> None:
    webhook_id, _secret = add(sqlite_house, receiver.url())
    with sqlite_house.database.unit_of_work(sqlite_house.clock()) as uow, pytest.raises(NotFoundError):
        webhooks.replay(uow, webhook_id, new_id(), ACCOUNT)


def test_after_renewing_the_secrets_the_old_key_is_needed_no_more(sqlite_house: House, receiver: Receiver) -> None:
    _id, secret = add(sqlite_house, receiver.url())
    with sqlite_house.database.unit_of_work(sqlite_house.clock()) as uow:
        assert webhooks.renew_secrets(uow, Vault(("m" * 40, "n" * 40))) == 1
        uow.commit()
    assert Vault(("m" * 40,)).opened(webhook(sqlite_house).secret) == {"secret": secret}


def signatures(secret: str, request: Request) -> str:
    """What the receiver computes with this secret."""
    headers = request.headers
    return signed_headers([secret], headers["webhook-id"], moment_of(request), request.body)["webhook-signature"]


def moment_of(request: Request) -> datetime:
    return datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)


def test_for_a_day_both_secrets_sign_and_then_the_new_one_alone(house: House, receiver: Receiver) -> None:
    webhook_id, old = add(house, receiver.url())
    with house.database.unit_of_work(house.clock()) as uow:
        _webhook, new = webhooks.renew_secret(uow, webhook_id, ACCOUNT, VAULT)
        uow.commit()
    event = house.event()
    for hours in (0, 24):
        house.clock.turn(hours=hours)
        house.register(event)
        relay(house)
        deliver(house)
    during, after = receiver.requests
    assert during.headers["webhook-signature"].split(" ") == [signatures(new, during), signatures(old, during)]
    assert after.headers["webhook-signature"] == signatures(new, after)


def test_a_test_message_tells_of_nobody(house: House, receiver: Receiver) -> None:
    webhook_id, _secret = add(house, receiver.url())
    with house.database.unit_of_work(house.clock()) as uow:
        webhooks.send_test(uow, webhook_id, ACCOUNT)
        uow.commit()
    deliver(house)
    (request,) = receiver.requests
    message = json.loads(request.body)
    assert (message["type"], message["data"]) == ("webhook.tested.v1", {"webhook_id": str(webhook_id)})
    assert message["id"] == request.headers["webhook-id"]


def test_a_webhook_that_stands_still_gets_no_test_message(house: House) -> None:
    webhook_id, _secret = add(house, "http://hooks.example/in")
    with house.database.unit_of_work(house.clock()) as uow:
        webhooks.set_active(uow, webhook_id, False, ACCOUNT)
        with pytest.raises(ConflictError) as refused:
            webhooks.send_test(uow, webhook_id, ACCOUNT)
    assert refused.value.code == "webhook_paused"


def test_what_waited_while_it_was_paused_is_delivered_when_it_goes_on(house: House, receiver: Receiver) -> None:
    webhook_id, _secret = add(house, receiver.url())
    house.register(house.event())
    relay(house)
    for active, arrived in ((False, 0), (True, 1)):
        with house.database.unit_of_work(house.clock()) as uow:
            webhooks.set_active(uow, webhook_id, active, ACCOUNT)
            uow.commit()
        deliver(house)
        assert len(receiver.requests) == arrived
