"""The administrators' pages about webhooks: who is told of registrations, and what became of each message."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from services.registration import webhooks
from services.registration.models import Delivery, Webhook
from services.registration.web import webhook_words
from services.registration.web.schemas import PageQuery
from services.registration.web.settings import vault
from services.registration.webhooks import TOPICS, Entered
from shared.database import UnitOfWork
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.paging import page
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.problems import said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("webhook_pages", __name__, url_prefix="/organise/webhooks")


@bp.before_request
def _only_for_admins() -> None:
    """What is sent holds names and addresses of everybody who registers."""
    keep_private()
    required_staff("admin")


@bp.get("")
def all_webhooks() -> str:
    with this_service().database.read() as session:
        found = session.scalars(select(Webhook).order_by(Webhook.id)).all()
    return render_template("registration/webhooks.html", webhooks=found, topic_words=webhook_words.TOPICS)


@bp.get("/new")
def new() -> str:
    return _new_page({"url": "", "topics": TOPICS})


@bp.post("/new")
def add() -> ResponseReturnValue:
    """Answers with the webhook's page itself, for the secret is shown this once and stands in no address."""
    entered = _entered()
    try:
        with this_service().database.unit_of_work(now()) as uow:
            made, secret = webhooks.add_webhook(uow, entered, _account(), vault(), insecure=_insecure())
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _new_page({"url": entered.url, "topics": entered.topics}, error), error.status
    return _page(made.id, secret=secret)


@bp.get("/<uuid:webhook_id>")
def webhook(webhook_id: UUID) -> str:
    return _page(webhook_id)


@bp.post("/<uuid:webhook_id>")
def change(webhook_id: UUID) -> ResponseReturnValue:
    entered = _entered()
    try:
        with this_service().database.unit_of_work(now()) as uow:
            active = webhooks.webhook_of(uow.session, webhook_id).active
            kept = Entered(entered.url, entered.topics, active)
            webhooks.change_webhook(uow, webhook_id, kept, _account(), insecure=_insecure())
            uow.commit()
    except InvalidError as error:
        return _page(webhook_id, entered, error), error.status
    return _back(webhook_id)


@bp.post("/<uuid:webhook_id>/secret")
def renew_secret(webhook_id: UUID) -> str:
    """Answers with the page itself, as :func:`add` does."""
    with this_service().database.unit_of_work(now()) as uow:
        _webhook, secret = webhooks.renew_secret(uow, webhook_id, _account(), vault())
        uow.commit()
    return _page(webhook_id, secret=secret)


@bp.post("/<uuid:webhook_id>/pause")
def pause(webhook_id: UUID) -> ResponseReturnValue:
    return _done(webhook_id, lambda uow: webhooks.set_active(uow, webhook_id, False, _account()))


@bp.post("/<uuid:webhook_id>/resume")
def resume(webhook_id: UUID) -> ResponseReturnValue:
    return _done(webhook_id, lambda uow: webhooks.set_active(uow, webhook_id, True, _account()))


@bp.post("/<uuid:webhook_id>/test")
def test(webhook_id: UUID) -> ResponseReturnValue:
    return _done(webhook_id, lambda uow: webhooks.send_test(uow, webhook_id, _account()))


@bp.post("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay")
def replay(webhook_id: UUID, delivery_id: UUID) -> ResponseReturnValue:
    return _done(webhook_id, lambda uow: webhooks.replay(uow, webhook_id, delivery_id, _account()))


@bp.post("/<uuid:webhook_id>/delete")
def delete(webhook_id: UUID) -> ResponseReturnValue:
    with this_service().database.unit_of_work(now()) as uow:
        webhooks.delete_webhook(uow, webhook_id, _account())
        uow.commit()
    return redirect(url_for(".all_webhooks"), 303)


def _done(webhook_id: UUID, act: Callable[[UnitOfWork], Any]) -> ResponseReturnValue:
    try:
        with this_service().database.unit_of_work(now()) as uow:
            act(uow)
            uow.commit()
    except ConflictError as error:
        return _page(webhook_id, error=error), error.status
    return _back(webhook_id)


def _back(webhook_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".webhook", webhook_id=webhook_id), 303)


def _entered() -> Entered:
    return Entered(request.form.get("url", "").strip(), request.form.getlist("topics"))


def _new_page(values: dict[str, Any], error: ReiheError | None = None) -> str:
    return render_template("registration/webhook_new.html", values=values, topics=_topic_options(), errors=_said(error))


def _page(
    webhook_id: UUID, entered: Entered | None = None, error: ReiheError | None = None, *, secret: str = ""
) -> str:
    query = load(PageQuery(only=("cursor",)), {"cursor": request.args["cursor"]} if request.args.get("cursor") else {})
    with this_service().database.read() as session:
        found = webhooks.webhook_of(session, webhook_id)
        deliveries = page(
            session,
            webhooks.deliveries_of(webhook_id),
            [Delivery.id],
            lambda one: [one.id],
            cursor=query["cursor"],
            descending=True,
        )
    url = url_for(".webhook", webhook_id=webhook_id)
    return render_template(
        "registration/webhook.html",
        webhook=found,
        values=entered or found,
        secret=secret,
        deliveries=deliveries.items,
        is_under_way=any(one.state == "queued" and not one.attempts for one in deliveries.items),
        first_url=url if query["cursor"] else "",
        next_url=url_for(".webhook", webhook_id=webhook_id, cursor=deliveries.next_cursor)
        if deliveries.next_cursor
        else "",
        topics=_topic_options(),
        words=webhook_words,
        kept_days=webhooks.KEPT.days,
        errors=_said(error),
    )


def _topic_options() -> list[tuple[str, str]]:
    return [(topic, say(webhook_words.TOPICS[topic])) for topic in TOPICS]


def _said(error: ReiheError | None) -> dict[str, list[str]]:
    return said(error.errors or {"": [error.text]}) if error else {}


def _account() -> UUID:
    return required_staff().account_id


def _insecure() -> bool:
    return this_service().settings.is_development
