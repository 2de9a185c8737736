"""Webhooks: addresses that organisers let be told of registrations, and what is laid out for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from services.registration.models import Delivery, Webhook, table
from services.registration.webhook_signatures import new_secret, renewed
from shared.audit import Subject, added, by_account, differences
from shared.database import UnitOfWork, new_id
from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.languages import text as _
from shared.logs import request_id
from shared.messages.base import Envelope
from shared.messages.registration import MESSAGES, REPUBLISHED, RegistrationState
from shared.messaging.inbox import insert_for
from shared.vault import Vault

TOPICS = tuple(message.topic for message in MESSAGES if issubclass(message, RegistrationState))
TEST_TOPIC = "webhook.tested.v1"
"""Of a message that is sent to try a receiver out."""
MOST_WEBHOOKS = 20
LONGEST_URL = 500
KEPT = timedelta(days=7)
"""How long a delivery is kept that is no longer tried: it holds people's names and addresses."""

DELIVERIES = table(Delivery)


@dataclass(frozen=True, slots=True)
class Entered:
    """What organisers say of a webhook."""

    url: str
    topics: Sequence[str]
    active: bool = True


def add_webhook(
    uow: UnitOfWork, entered: Entered, account_id: UUID, vault: Vault, *, insecure: bool
) -> tuple[Webhook, str]:
    """The new webhook and its secret, which is not shown again. ``insecure`` allows http: for development alone.

    Raises :class:`InvalidError` by field, :class:`ConflictError` (``too_many_webhooks``).
    """
    _check(entered, insecure=insecure)
    if uow.session.execute(select(func.count()).select_from(Webhook)).scalar_one() >= MOST_WEBHOOKS:
        raise ConflictError("too_many_webhooks", _("There are so many webhooks already. Please delete one first."))
    secret = new_secret()
    webhook = Webhook(
        id=new_id(),
        url=entered.url,
        topics=sorted(set(entered.topics)),
        secret=vault.seal({"secret": secret}),
        active=entered.active,
        created_at=uow.now,
    )
    uow.session.add(webhook)
    uow.audit("webhook.added", by_account(account_id), _subject(webhook), changes=added(**_shown(webhook)))
    return webhook, secret


def change_webhook(uow: UnitOfWork, webhook_id: UUID, entered: Entered, account_id: UUID, *, insecure: bool) -> Webhook:
    """Change it; one that was paused begins again if it is to be active. Raises as :func:`add_webhook` does, and
    :class:`NotFoundError`."""
    _check(entered, insecure=insecure)
    webhook = webhook_of(uow.session, webhook_id)
    before = _shown(webhook)
    webhook.url, webhook.topics, webhook.active = entered.url, sorted(set(entered.topics)), entered.active
    webhook.failing_since = webhook.paused_at = None
    uow.audit(
        "webhook.changed", by_account(account_id), _subject(webhook), changes=differences(before, _shown(webhook))
    )
    uow.wake("webhooks")
    return webhook


def set_active(uow: UnitOfWork, webhook_id: UUID, active: bool, account_id: UUID) -> Webhook:
    """Pause it, or let it go on; what was laid out meanwhile is then delivered. Raises :class:`NotFoundError`."""
    webhook = webhook_of(uow.session, webhook_id)
    before = _shown(webhook)
    webhook.active = active
    webhook.failing_since = webhook.paused_at = None
    uow.audit(
        "webhook.changed", by_account(account_id), _subject(webhook), changes=differences(before, _shown(webhook))
    )
    uow.wake("webhooks")
    return webhook


def renew_secret(uow: UnitOfWork, webhook_id: UUID, account_id: UUID, vault: Vault) -> tuple[Webhook, str]:
    """A new secret, which is not shown again; the one before signs as well for a day. Raises :class:`NotFoundError`."""
    webhook = webhook_of(uow.session, webhook_id)
    kept = renewed(vault.opened(webhook.secret), uow.now)
    webhook.secret = vault.seal(kept)
    uow.audit("webhook.secret_renewed", by_account(account_id), _subject(webhook))
    return webhook, kept["secret"]


def send_test(uow: UnitOfWork, webhook_id: UUID, account_id: UUID) -> Delivery:
    """Lay out a message that tells of nobody. Raises :class:`NotFoundError`, and :class:`ConflictError`
    (``webhook_paused``) for a webhook that stands still."""
    webhook = webhook_of(uow.session, webhook_id)
    if not webhook.is_delivered_to:
        raise ConflictError("webhook_paused", _("This webhook is paused. Please let it go on first."))
    envelope = Envelope(
        message_id=new_id(),
        topic=TEST_TOPIC,
        source="registration",
        aggregate_id=webhook.id,
        version=0,
        time=uow.now,
        request_id=request_id.get(),
        body={"webhook_id": str(webhook.id)},
    )
    delivery = Delivery(**_queued(webhook, envelope, uow.now))
    uow.session.add(delivery)
    uow.audit("webhook.tested", by_account(account_id), _subject(webhook), changes=added(delivery_id=delivery.id))
    uow.wake("webhooks")
    return delivery


def delete_webhook(uow: UnitOfWork, webhook_id: UUID, account_id: UUID) -> None:
    """Delete it with its deliveries; raises :class:`NotFoundError`."""
    webhook = webhook_of(uow.session, webhook_id)
    uow.session.execute(delete(Delivery).where(Delivery.webhook_id == webhook_id))
    uow.session.delete(webhook)
    uow.audit("webhook.deleted", by_account(account_id), _subject(webhook))


def replay(uow: UnitOfWork, webhook_id: UUID, delivery_id: UUID, account_id: UUID) -> Delivery:
    """Try a delivery anew, for as long as a new one; raises :class:`NotFoundError`."""
    webhook = webhook_of(uow.session, webhook_id)
    delivery = uow.session.get(Delivery, delivery_id)
    if delivery is None or delivery.webhook_id != webhook_id:
        raise NotFoundError("delivery_not_found", _("This delivery does not exist."))
    delivery.state, delivery.attempts = "queued", 0
    delivery.queued_at = delivery.available_at = uow.now
    delivery.delivered_at = None
    uow.audit("webhook.replayed", by_account(account_id), _subject(webhook), changes=added(delivery_id=delivery_id))
    uow.wake("webhooks")
    return delivery


def webhook_of(session: Session, webhook_id: UUID) -> Webhook:
    """Raises :class:`NotFoundError`."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is None:
        raise NotFoundError("webhook_not_found", _("This webhook does not exist."))
    return webhook


def deliveries_of(webhook_id: UUID) -> Select[Any]:
    return select(Delivery).where(Delivery.webhook_id == webhook_id)


def lay_out(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Queue the messages for the webhooks that want them, in the transaction that marks them as sent.

    A message that is sent once more is not queued again, and what is only told once more is not queued at all.
    """
    told = [one for one in envelopes if one.topic in TOPICS and one.body["reason"] != REPUBLISHED]
    webhooks = uow.session.scalars(select(Webhook).where(Webhook.active)).all() if told else ()
    rows = [
        _queued(webhook, envelope, uow.now)
        for webhook in webhooks
        for envelope in told
        if envelope.topic in webhook.topics
    ]
    if rows:
        insert = insert_for(uow.session.get_bind().dialect.name, DELIVERIES)
        uow.session.execute(insert.on_conflict_do_nothing(index_elements=["webhook_id", "message_id"]), rows)
        uow.wake("webhooks")


def _queued(webhook: Webhook, envelope: Envelope, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "webhook_id": webhook.id,
        "message_id": envelope.message_id,
        "topic": envelope.topic,
        "body": envelope.as_cloudevent(),
        "state": "queued",
        "attempts": 0,
        "queued_at": now,
        "available_at": now,
    }


def forget_deliveries(uow: UnitOfWork) -> None:
    """Delete what was queued longer than :data:`KEPT` ago, also for a webhook that stood still all the while."""
    uow.session.execute(delete(Delivery).where(Delivery.queued_at < uow.now - KEPT))


def renew_secrets(uow: UnitOfWork, vault: Vault) -> int:
    """Seal all secrets with the newest key; how many."""
    webhooks = uow.session.scalars(select(Webhook)).all()
    for webhook in webhooks:
        webhook.secret = vault.renewed(webhook.secret)
    return len(webhooks)


def _check(entered: Entered, *, insecure: bool) -> None:
    errors = {}
    if not _is_usable(entered.url, insecure=insecure):
        errors["url"] = [_("Please enter an address that begins with https://, without a user name.")]
    if not entered.topics or not set(entered.topics) <= set(TOPICS):
        errors["topics"] = [_("Please choose at least one kind of message.")]
    if errors:
        raise InvalidError("invalid", _("Please check the fields that are marked."), errors=errors)


def _is_usable(url: str, *, insecure: bool) -> bool:
    schemes = ("https", "http") if insecure else ("https",)
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc and port != 0


def _shown(webhook: Webhook) -> dict[str, Any]:
    """For the audit log."""
    return {"host": webhook.host, "topics": webhook.topics, "active": webhook.active}


def _subject(webhook: Webhook) -> Subject:
    return Subject("webhook", webhook.id)
