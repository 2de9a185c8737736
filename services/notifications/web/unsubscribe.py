"""The page behind List-Unsubscribe: mail programs post to it (RFC 8058), people find a button."""

from flask import Blueprint, render_template, request

from services.notifications import unsubscribing
from services.notifications.web.parts import settings
from shared.audit import masked_email
from shared.web import csrf
from shared.web.app import keep_private
from shared.web.service import now, this_service

bp = Blueprint("unsubscribe", __name__, url_prefix="/unsubscribe/<token>")
bp.before_request(keep_private)


@bp.get("")
def show(token: str) -> str:
    """Changes nothing: scanners of links open it too."""
    with this_service().database.read() as session:
        person = unsubscribing.owner_of(session, token, settings())
        return render_template(
            "notifications/unsubscribe.html",
            token=token,
            address=masked_email(person.email),
            refused=person.refused_news_at is not None,
        )


@bp.post("")
@csrf.needs_none
def change(token: str) -> str:
    with this_service().database.unit_of_work(now()) as uow:
        if request.form.get("again"):
            unsubscribing.allow_news(uow, token, settings())
        else:
            unsubscribing.refuse_news(uow, token, settings())
        uow.commit()
    return show(token)
