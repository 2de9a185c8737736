"""The loops of messaging that every worker has: relay, inbox, and the consumer where there is a broker."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from shared.clock import Clock
from shared.config import Settings
from shared.database import Database
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import OnSent, Outbox, Relay, Transport, nothing_more
from shared.messaging.rabbitmq import RabbitConsumer, RabbitTransport
from shared.wakeup import Wakeup
from shared.worker import Background, Loop, Part

INBOX_IDS_KEPT = timedelta(days=90)
"""How long an id is remembered, so that a copy of the message is recognised."""
FORGET_EVERY_SECONDS = 3600.0


def messaging_parts(
    *,
    settings: Settings,
    database: Database,
    outbox: Outbox,
    inbox: Inbox,
    wakeup: Wakeup,
    clock: Clock,
    transport: Transport | None,
    on_sent: OnSent = nothing_more,
) -> list[Part]:
    """``transport`` is the in-process one; None means RabbitMQ at ``REIHE_AMQP_URL``."""
    carrier = transport or RabbitTransport(settings.amqp_url, outbox.service)
    relay = Relay(database, outbox, carrier, clock, on_sent=on_sent)
    relaying = Loop(f"{outbox.service}-relay", relay.step)
    handling = Loop(f"{outbox.service}-inbox", inbox.step)
    forgetting = Loop(
        f"{outbox.service}-forget", _forgetting(settings, database, outbox, inbox, clock), every=FORGET_EVERY_SECONDS
    )
    wakeup.subscribe("outbox", relaying.wake)
    wakeup.subscribe("inbox", handling.wake)
    parts: list[Part] = [relaying, handling, forgetting]
    if transport is None:
        consumer = RabbitConsumer(settings.amqp_url, outbox.service, inbox.store)
        parts.append(Background(f"{outbox.service}-consumer", consumer.run, consumer.stop))
    return parts


def _forgetting(
    settings: Settings, database: Database, outbox: Outbox, inbox: Inbox, clock: Clock
) -> Callable[[], bool]:
    def forget() -> bool:
        now = clock()
        outbox.forget(database, now - timedelta(hours=settings.outbox_keep_hours), now)
        inbox.forget(now - INBOX_IDS_KEPT)
        return False

    return forget


def waiting_messages(database: Database, outbox: Outbox, inbox: Inbox, clock: Clock) -> dict[str, Any]:
    """For ``/readyz``: the age of the oldest rows that wait, in seconds, null where none does, and what was parked."""

    def age(moment: datetime | None) -> float | None:
        return round((clock() - moment).total_seconds(), 1) if moment else None

    with database.read() as session:
        oldest_unsent = outbox.oldest_unsent(session)
        parked = outbox.count_parked(session)
    return {
        "oldest_outbox_seconds": age(oldest_unsent),
        "oldest_inbox_seconds": age(inbox.oldest_open()),
        "parked_outbox_messages": parked,
        "parked_inbox_messages": inbox.count_parked(),
    }
