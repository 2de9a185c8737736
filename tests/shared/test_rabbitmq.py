import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pika
import pytest
from sqlalchemy import select, update

from shared.messages import REGISTRY
from shared.messages.base import Envelope, dumped
from shared.messages.registration import SeatsChangedV1
from shared.messaging import rabbitmq
from shared.messaging.outbox import Relay, TransportError
from shared.messaging.rabbitmq import RabbitConsumer, RabbitTransport
from shared.testing import TurnableClock, eventually, require, virtual_host
from tests.conftest import EngineFor
from tests.shared.parts import EVENT, TABLES, End, seats


@pytest.fixture
def amqp_url() -> Iterator[str]:
    require("rabbitmq")
    with virtual_host(f"reihe-test-{uuid.uuid4().hex[:12]}") as url:
        yield url


def envelope() -> Envelope:
    body = dumped(SeatsChangedV1, seats())
    return Envelope(uuid.uuid4(), "seats.changed.v1", "registration", EVENT, 1, TurnableClock()(), "request-1", body)


class Receiver:
    def __init__(self, url: str, *, failures: int = 0) -> None:
        self.stored: list[Envelope] = []
        self.failures = failures
        self.consumer = RabbitConsumer(url, "catalogue", self._store)
        self.thread = threading.Thread(target=self.consumer.run, daemon=True)

    def _store(self, envelopes: list[Envelope]) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the database is away")
        self.stored.extend(envelopes)

    def __enter__(self) -> "Receiver":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.consumer.stop()
        self.thread.join(timeout=10)


def test_a_message_reaches_the_inbox_of_its_consumer_as_it_was_sent(amqp_url: str) -> None:
    sent = envelope()
    with Receiver(amqp_url) as receiver:
        transport = RabbitTransport(amqp_url, "registration")
        transport.send([sent])
        eventually(lambda: receiver.stored)
        transport.close()
    assert receiver.stored == [sent]


def test_a_message_that_could_not_be_stored_comes_again(amqp_url: str) -> None:
    with Receiver(amqp_url, failures=1) as receiver:
        transport = RabbitTransport(amqp_url, "registration")
        transport.send([envelope()])
        eventually(lambda: receiver.stored)
        transport.close()
    assert len(receiver.stored) == 1


def test_a_message_that_cannot_be_written_holds_up_no_other(amqp_url: str, engine_for: EngineFor) -> None:
    sender = End("registration", engine_for("sqlite", "sender", TABLES.metadata), TurnableClock())
    for version in (1, 2):
        sender.publish_seats(version=version)
    outbox = TABLES.outbox
    with sender.database.unit_of_work(sender.clock()) as uow:
        uow.session.execute(update(outbox).where(outbox.c.version == 1).values(body={"lone surrogate": "\ud800"}))
        uow.commit()
    relay = Relay(sender.database, sender.outbox, RabbitTransport(amqp_url, "registration"), sender.clock)
    with Receiver(amqp_url) as receiver:
        for _ in range(2):
            relay.step()
        eventually(lambda: receiver.stored)
    relay.close()
    assert [envelope.version for envelope in receiver.stored] == [2]
    with sender.database.read() as session:
        rows = session.execute(select(outbox).order_by(outbox.c.version)).all()
    assert [row.sent_at for row in rows] == [None, sender.clock()]
    assert rows[0].claimed_until is None


def test_a_message_that_no_queue_takes_is_an_error_and_not_lost(amqp_url: str) -> None:
    stray = envelope()
    stray = Envelope(stray.message_id, "nobody.listens.v1", "registration", EVENT, 1, stray.time, "", stray.body)
    with pytest.raises(TransportError, match="Unroutable"):
        RabbitTransport(amqp_url, "registration").send([stray])


def test_an_undecodable_message_goes_to_its_own_queue(amqp_url: str) -> None:
    connection = rabbitmq.connect(amqp_url, name="test")
    channel = connection.channel()
    rabbitmq.declare_topology(channel)
    channel.basic_publish(rabbitmq.EXCHANGE, "seats.changed.v1", b"\xff not json", pika.BasicProperties())
    with Receiver(amqp_url) as receiver:

        def undecodable() -> Any:
            return channel.basic_get(rabbitmq.DEAD_LETTER_QUEUE, auto_ack=True)[2]

        assert eventually(undecodable) == b"\xff not json"
    assert receiver.stored == []
    connection.close()


def test_a_broker_that_is_away_is_a_transport_error() -> None:
    with pytest.raises(TransportError):
        RabbitTransport("amqp://guest:guest@127.0.0.1:1/%2F", "registration").send([envelope()])


def test_every_topic_reaches_every_consumer_and_no_other_queue() -> None:
    bound = {
        (b["destination"], b["routing_key"])
        for b in rabbitmq.topology()["bindings"]
        if b["source"] == rabbitmq.EXCHANGE
    }
    assert bound == {(consumer, topic) for topic, message in REGISTRY.items() for consumer in message.consumers}
