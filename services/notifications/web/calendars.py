"""The personal calendar over HTTP: conditional, compressed, and told to nobody; and how to subscribe to it."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.notifications import personal_links, subscribing
from services.notifications.personal_calendar import owner_of, personal_calendar
from services.notifications.web.parts import settings
from shared.web import language
from shared.web.app import keep_private
from shared.web.private_feeds import private_feed
from shared.web.qr import qr_picture
from shared.web.service import now, this_service

bp = Blueprint("calendars", __name__)


@bp.get("/calendars/<token>.ics")
def show(token: str) -> Response:
    keep_private()
    with this_service().database.read() as session:
        calendar = personal_calendar(session, token, settings(), now(), request.args.get("lang"))
        return private_feed(calendar.revision, calendar.changed_at, calendar.content)


@bp.get("/calendars/<token>")
def ways(token: str) -> str:
    """For people, in their language: where the QR code on their page leads."""
    keep_private()
    with this_service().database.read() as session:
        person = owner_of(session, token, settings())
    if "lang" not in request.args:
        language.use(person.locale)
    return render_template(
        "notifications/subscribe.html",
        token=token,
        address=personal_links.calendar_feed(settings().base_url, token),
        picture=f"/calendars/{token}.svg",
        subscribed=person.subscribed_at is not None,
    )


@bp.post("/calendars/<token>")
def choose(token: str) -> ResponseReturnValue:
    """Whether mails bring invitations beside the feed."""
    keep_private()
    with this_service().database.unit_of_work(now()) as uow:
        if request.form.get("again"):
            subscribing.resume_invitations(uow, token, settings())
        else:
            subscribing.stop_invitations(uow, token, settings())
        uow.commit()
    return redirect(url_for("calendars.ways", token=token, lang=request.args.get("lang")), 303)


@bp.get("/calendars/<token>.svg")
def picture(token: str) -> Response:
    """A QR code that opens the page above on a phone."""
    keep_private()
    with this_service().database.read() as session:
        owner_of(session, token, settings())
    return qr_picture(f"{settings().base_url}/calendars/{token}")
