"""RabbitMQ: the only module that knows pika. Topology, publishing with confirms, consuming into the inbox.

Arguments are those that RabbitMQ 3.10 and 4.x both accept.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import pika
import pika.exceptions

from shared.logs import get_logger
from shared.messages import SERVICES, topics_for
from shared.messages.base import Envelope, InvalidMessageError
from shared.messaging.outbox import TransportError

log = get_logger(__name__)

EXCHANGE = "messages"
DEAD_LETTER_EXCHANGE = "messages.undecodable"
DEAD_LETTER_QUEUE = "undecodable"
DELIVERY_LIMIT = 20
PREFETCH = 100
HEARTBEAT_SECONDS = 30
RECONNECT_SECONDS = 2.0

_LOST = (pika.exceptions.AMQPError, OSError)
_REFUSED = (pika.exceptions.UnroutableError, pika.exceptions.NackError)
"""About one message: the broker is there and does not take it."""


def queue_arguments() -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
    }


def topology() -> dict[str, Any]:
    """Exchanges, queues and bindings in the form of RabbitMQ's definitions file."""
    queues = [
        {"name": service, "vhost": "/", "durable": True, "auto_delete": False, "arguments": queue_arguments()}
        for service in SERVICES
    ]
    queues.append(
        {
            "name": DEAD_LETTER_QUEUE,
            "vhost": "/",
            "durable": True,
            "auto_delete": False,
            "arguments": {"x-queue-type": "quorum"},
        }
    )
    bindings = [_binding(EXCHANGE, service, topic) for service in SERVICES for topic in topics_for(service)]
    bindings.append(_binding(DEAD_LETTER_EXCHANGE, DEAD_LETTER_QUEUE, ""))
    return {
        "exchanges": [_exchange(EXCHANGE, "topic"), _exchange(DEAD_LETTER_EXCHANGE, "fanout")],
        "queues": queues,
        "bindings": bindings,
    }


def _exchange(name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": "/",
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _binding(source: str, queue: str, key: str) -> dict[str, Any]:
    return {
        "source": source,
        "vhost": "/",
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }


def declare_topology(channel: Any) -> None:
    """Make what :func:`topology` says, where it is not there yet. All of it, whoever starts first."""
    wanted = topology()
    for exchange in wanted["exchanges"]:
        channel.exchange_declare(exchange["name"], exchange_type=exchange["type"], durable=True)
    for queue in wanted["queues"]:
        channel.queue_declare(queue["name"], durable=True, arguments=queue["arguments"])
    for binding in wanted["bindings"]:
        channel.queue_bind(binding["destination"], binding["source"], routing_key=binding["routing_key"])


def connect(url: str, *, name: str) -> Any:
    parameters = pika.URLParameters(url)
    parameters.heartbeat = HEARTBEAT_SECONDS
    parameters.blocked_connection_timeout = 30
    parameters.socket_timeout = 5
    parameters.client_properties = {"connection_name": name}
    return pika.BlockingConnection(parameters)


class RabbitTransport:
    """Publishes with confirms and ``mandatory``. One connection, used by the relay's thread alone."""

    def __init__(self, url: str, service: str) -> None:
        self._url = url
        self._service = service
        self._connection: Any = None
        self._channel: Any = None

    def send(self, envelopes: Sequence[Envelope]) -> None:
        """A message that cannot be sent, for a reason of its own, does not keep back those after it."""
        sent: list[UUID] = []
        refused: dict[UUID, str] = {}
        try:
            self._open()
            for envelope in envelopes:
                error = self._try_to_publish(envelope)
                if error is None:
                    sent.append(envelope.message_id)
                else:
                    refused[envelope.message_id] = type(error).__name__
        except _LOST as error:
            self.close()
            raise TransportError(type(error).__name__, sent=sent, refused=refused) from error
        if refused:
            self.close()  # nobody knows what state they left the connection in
            raise TransportError(", ".join(sorted(set(refused.values()))), sent=sent, refused=refused)

    def _try_to_publish(self, envelope: Envelope) -> Exception | None:
        """Why this message alone could not be sent. A connection that is lost is raised."""
        try:
            self._publish(envelope)
        except Exception as error:
            if isinstance(error, _LOST) and not isinstance(error, _REFUSED):
                raise
            return error
        return None

    def _publish(self, envelope: Envelope) -> None:
        self._channel.basic_publish(
            exchange=EXCHANGE,
            routing_key=envelope.topic,
            body=json.dumps(envelope.as_cloudevent(), ensure_ascii=False).encode(),
            properties=pika.BasicProperties(
                content_type="application/cloudevents+json",
                delivery_mode=pika.DeliveryMode.Persistent,
                message_id=str(envelope.message_id),
                type=envelope.topic,
                app_id=envelope.source,
            ),
            mandatory=True,
        )

    def _open(self) -> None:
        if self._connection is None or self._connection.is_closed:
            self._connection = connect(self._url, name=f"{self._service}-relay")
            self._channel = self._connection.channel()
            declare_topology(self._channel)
            self._channel.confirm_delivery()

    def keep_alive(self) -> None:
        """Answer the broker's heartbeats while there is nothing to send."""
        if self._connection is not None:
            try:
                self._connection.process_data_events(time_limit=0)
            except _LOST:
                self.close()

    def close(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None and connection.is_open:
            try:
                connection.close()
            except _LOST as error:
                log.info("broker_connection_lost", error=type(error).__name__)


class RabbitConsumer:
    """Takes messages from the service's queue, stores them in the inbox and then acknowledges them."""

    def __init__(self, url: str, service: str, store: Callable[[list[Envelope]], None]) -> None:
        self._url = url
        self._service = service
        self._store = store
        self._stopping = threading.Event()

    def run(self) -> None:
        """Consume until :meth:`stop`; a lost broker is met by connecting again."""
        while not self._stopping.is_set():
            try:
                self._consume()
            except _LOST as error:
                log.warning("broker_unreachable", error=type(error).__name__)
                self._stopping.wait(RECONNECT_SECONDS)
            except Exception as error:  # noqa: BLE001  # unacknowledged messages come again; the worker must live on
                log.error("consumer_failed", error=type(error).__name__)
                self._stopping.wait(RECONNECT_SECONDS)

    def stop(self) -> None:
        self._stopping.set()

    def _consume(self) -> None:
        connection = connect(self._url, name=f"{self._service}-consumer")
        try:
            channel = connection.channel()
            declare_topology(channel)
            channel.basic_qos(prefetch_count=PREFETCH)
            for method, properties, body in channel.consume(self._service, inactivity_timeout=0.5):
                if self._stopping.is_set():
                    return
                if method is not None:
                    self._take(channel, method.delivery_tag, properties, body)
        finally:
            if connection.is_open:
                connection.close()

    def _take(self, channel: Any, delivery_tag: int, properties: Any, body: bytes) -> None:
        try:
            envelope = decode(body)
        except InvalidMessageError:
            log.error("message_undecodable", message_id=str(properties.message_id))
            channel.basic_nack(delivery_tag, requeue=False)
            return
        self._store([envelope])
        channel.basic_ack(delivery_tag)


def decode(body: bytes) -> Envelope:
    """Raises :class:`InvalidMessageError` for anything that is not a CloudEvent of ours."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidMessageError("not JSON") from error
    if not isinstance(event, Mapping):
        raise InvalidMessageError("not an object")
    return Envelope.from_cloudevent(event)
