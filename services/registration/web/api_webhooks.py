"""The part of the JSON API about webhooks: who is told of registrations, and what became of each delivery."""

from typing import Any
from uuid import UUID

from marshmallow import fields
from sqlalchemy import select

from services.registration import webhooks
from services.registration.models import Delivery, Webhook
from services.registration.web.schemas import PageQuery
from services.registration.web.settings import vault
from services.registration.webhooks import TOPICS, Entered
from shared.paging import page
from shared.web.api import Blueprint
from shared.web.app import keep_private
from shared.web.schemas import Choice, Line, Schema
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

ROLE = "admin"
"""What is sent holds names and addresses of everybody who registers."""

bp = Blueprint("webhooks", __name__, url_prefix="/api/registration/v1/webhooks")


class WebhookSchema(Schema):
    url = Line(required=True, longest=2_000)
    topics = fields.List(Choice(TOPICS), required=True)
    active = fields.Boolean(load_default=True)


class WebhookAnswer(Schema):
    """``paused_at`` is when deliveries stopped because all had failed for days; a change begins them again."""

    id = fields.UUID()
    url = fields.String()
    topics = fields.List(fields.String())
    active = fields.Boolean()
    created_at = fields.AwareDateTime()
    failing_since = fields.AwareDateTime(allow_none=True)
    paused_at = fields.AwareDateTime(allow_none=True)


class NewWebhookAnswer(WebhookAnswer):
    """``secret`` signs the deliveries; it is answered this once."""

    secret = fields.String()


class WebhooksAnswer(Schema):
    items = fields.List(fields.Nested(WebhookAnswer))


class DeliveryAnswer(Schema):
    """``status`` is what the last attempt was answered with; ``error`` a code of why it failed."""

    id = fields.UUID()
    message_id = fields.UUID()
    topic = fields.String()
    state = fields.String(metadata={"enum": ["queued", "delivered", "failed"]})
    attempts = fields.Integer()
    status = fields.Integer(allow_none=True)
    error = fields.String(allow_none=True)
    queued_at = fields.AwareDateTime()
    delivered_at = fields.AwareDateTime(allow_none=True)


class DeliveriesAnswer(Schema):
    items = fields.List(fields.Nested(DeliveryAnswer))
    next_cursor = fields.String(allow_none=True)


@bp.route("")
@bp.staff(ROLE)
@bp.response(200, WebhooksAnswer)
def all_webhooks() -> Any:
    """All webhooks, the oldest first."""
    keep_private()
    with this_service().database.read() as session:
        return {"items": session.scalars(select(Webhook).order_by(Webhook.id)).all()}


@bp.route("", methods=["POST"])
@bp.staff(ROLE)
@bp.arguments(WebhookSchema)
@bp.response(201, NewWebhookAnswer)
def add(values: dict[str, Any]) -> Any:
    """Have a receiver told of registrations. The answer holds the secret that signs the deliveries, once."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        made, secret = webhooks.add_webhook(uow, Entered(**values), _account(), vault(), insecure=_insecure())
        uow.commit()
    return _with_secret(made, secret)


@bp.route("/<uuid:webhook_id>", methods=["PUT"])
@bp.staff(ROLE)
@bp.arguments(WebhookSchema)
@bp.response(200, WebhookAnswer)
def change(values: dict[str, Any], webhook_id: UUID) -> Any:
    """Change a webhook; one that was paused begins again."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        changed = webhooks.change_webhook(uow, webhook_id, Entered(**values), _account(), insecure=_insecure())
        uow.commit()
    return changed


@bp.route("/<uuid:webhook_id>", methods=["DELETE"])
@bp.staff(ROLE)
@bp.response(204)
def delete(webhook_id: UUID) -> None:
    """Delete a webhook and the log of its deliveries."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        webhooks.delete_webhook(uow, webhook_id, _account())
        uow.commit()


@bp.route("/<uuid:webhook_id>/secret", methods=["POST"])
@bp.staff(ROLE)
@bp.response(200, NewWebhookAnswer)
def renew_secret(webhook_id: UUID) -> Any:
    """A new secret, answered this once. For a day each delivery is signed with the one before as well."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        changed, secret = webhooks.renew_secret(uow, webhook_id, _account(), vault())
        uow.commit()
    return _with_secret(changed, secret)


@bp.route("/<uuid:webhook_id>/test", methods=["POST"])
@bp.staff(ROLE)
@bp.response(202, DeliveryAnswer)
def test(webhook_id: UUID) -> Any:
    """Send a message of the type ``webhook.tested.v1``, which tells of nobody."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        delivery = webhooks.send_test(uow, webhook_id, _account())
        uow.commit()
    return delivery


@bp.route("/<uuid:webhook_id>/deliveries")
@bp.staff(ROLE)
@bp.arguments(PageQuery, location="query")
@bp.response(200, DeliveriesAnswer)
def deliveries(query: dict[str, Any], webhook_id: UUID) -> Any:
    """What became of each delivery of the last days, in the order in which they were queued."""
    keep_private()
    with this_service().database.read() as session:
        webhooks.webhook_of(session, webhook_id)
        found = page(session, webhooks.deliveries_of(webhook_id), [Delivery.id], lambda one: [one.id], **query)
    return {"items": found.items, "next_cursor": found.next_cursor}


@bp.route("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay", methods=["POST"])
@bp.staff(ROLE)
@bp.response(200, DeliveryAnswer)
def replay(webhook_id: UUID, delivery_id: UUID) -> Any:
    """Send a message once more, whatever became of it."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        delivery = webhooks.replay(uow, webhook_id, delivery_id, _account())
        uow.commit()
    return delivery


def _with_secret(webhook: Webhook, secret: str) -> dict[str, Any]:
    return {**{name: getattr(webhook, name) for name in WebhookAnswer().fields}, "secret": secret}


def _account() -> UUID:
    return required_staff().account_id


def _insecure() -> bool:
    return this_service().settings.is_development
