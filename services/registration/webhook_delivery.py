"""Delivering to webhooks: claimed by a lease, at least once, tried again for a day, paused where nothing arrives."""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from services.registration.models import Delivery, Webhook, table
from services.registration.outward import CONNECT_SECONDS, LONGEST_SECONDS, MOST_ADDRESSES, Outward, UnreachedError
from services.registration.webhook_signatures import signed_headers, signing_secrets
from shared.clock import Clock
from shared.database import Database
from shared.logs import get_logger
from shared.messaging.lease import claim
from shared.retry import doubling
from shared.vault import Vault

log = get_logger(__name__)

BATCH = 20
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=2)
GIVE_UP_AFTER = timedelta(hours=24)
"""So long one message is tried."""
PAUSE_AFTER = timedelta(days=3)
"""So long a webhook may fail without a single success before it is paused."""
RESOLVING_SECONDS = 30.0
"""That the machine's resolver may take at worst."""
WINDOW = 30.0
"""Seconds after a claim in which deliveries of it are begun."""
LEASE = timedelta(seconds=WINDOW + RESOLVING_SECONDS + MOST_ADDRESSES * CONNECT_SECONDS + LONGEST_SECONDS + 10)

DELIVERIES = table(Delivery)

Claimed = tuple[Delivery, Webhook]


class Courier:
    """One worker's deliveries. Several may run at once: no delivery is claimed by two."""

    def __init__(self, database: Database, outward: Outward, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._outward = outward
        self._vault = vault
        self._clock = clock

    def step(self) -> bool:
        """Deliver one batch. True if there may be more at once."""
        last_start = time.monotonic() + WINDOW
        claimed = self._claim()
        for number, (delivery, webhook) in enumerate(claimed):
            if time.monotonic() > last_start:
                self._release([left for left, _webhook in claimed[number:]])
                break
            self._deliver(delivery, webhook)
        return len(claimed) == BATCH

    def _claim(self) -> Sequence[Claimed]:
        open_webhooks = select(Webhook.id).where(Webhook.active, Webhook.paused_at.is_(None))
        with self._database.unit_of_work(self._clock()) as uow:
            columns = DELIVERIES.c
            ready = (
                (columns.state == "queued") & (columns.available_at <= uow.now) & columns.webhook_id.in_(open_webhooks)
            )
            ids = claim(uow.session, DELIVERIES, ready, order_by=[columns.available_at], limit=BATCH, lease=LEASE)
            query = select(Delivery, Webhook).join(Webhook, Webhook.id == Delivery.webhook_id)
            rows = uow.session.execute(query.where(Delivery.id.in_(ids)).order_by(Delivery.id)).all() if ids else ()
            uow.commit()
        return [(row.Delivery, row.Webhook) for row in rows]

    def _deliver(self, delivery: Delivery, webhook: Webhook) -> None:
        try:
            status = self._post(delivery, webhook)
        except UnreachedError as error:
            self._note_failure(delivery, None, error.code)
        except Exception as error:  # noqa: BLE001  # one delivery must not hold up its neighbours
            log.error("webhook_failed_unexpectedly", delivery_id=str(delivery.id), error=type(error).__name__)
            self._note_failure(delivery, None, "unexpected")
        else:
            if 200 <= status < 300:
                self._note_success(delivery, status)
            else:
                self._note_failure(delivery, status, "refused")

    def _post(self, delivery: Delivery, webhook: Webhook) -> int:
        body = json.dumps(delivery.body, ensure_ascii=False).encode()
        now = self._clock()
        signed_by = signing_secrets(self._vault.opened(webhook.secret), now)
        headers = {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "user-agent": "Reihe",
            **signed_headers(signed_by, str(delivery.message_id), now, body),
        }
        return self._outward.post(webhook.url, body, headers)

    def _note_success(self, delivery: Delivery, status: int) -> None:
        now = self._clock()
        values = {"state": "delivered", "status": status, "error": None, "delivered_at": now}
        self._note(delivery, now, values, {"failing_since": None})

    def _note_failure(self, delivery: Delivery, status: int | None, error: str) -> None:
        now, attempts = self._clock(), delivery.attempts + 1
        given_up = now - delivery.queued_at >= GIVE_UP_AFTER
        log.warning("webhook_failed", delivery_id=str(delivery.id), error=error, status=status, given_up=given_up)
        values = {
            "state": "failed" if given_up else "queued",
            "status": status,
            "error": error,
            "available_at": now + doubling(FIRST_RETRY, attempts, LONGEST_RETRY),
        }
        with self._database.read() as session:
            failing_since = (
                session.scalar(select(Webhook.failing_since).where(Webhook.id == delivery.webhook_id)) or now
            )
        paused = {"paused_at": now} if now - failing_since >= PAUSE_AFTER else {}
        self._note(delivery, now, values, {"failing_since": failing_since, **paused})

    def _note(self, delivery: Delivery, now: datetime, values: dict[str, Any], of_webhook: dict[str, Any]) -> None:
        known = {"attempts": delivery.attempts + 1, "claimed_until": None, **values}
        # A delivery that was replayed meanwhile begins anew.
        same = (Delivery.id == delivery.id) & (Delivery.queued_at == delivery.queued_at)
        with self._database.unit_of_work(now) as uow:
            uow.session.execute(update(Delivery).where(same).values(known))
            uow.session.execute(update(Webhook).where(Webhook.id == delivery.webhook_id).values(of_webhook))
            uow.commit()

    def _release(self, deliveries: Sequence[Delivery]) -> None:
        ids = [delivery.id for delivery in deliveries]
        with self._database.unit_of_work(self._clock()) as uow:
            uow.session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(claimed_until=None))
            uow.commit()
