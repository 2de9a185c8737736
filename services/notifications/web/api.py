"""The JSON interface, ``/api/notifications/v1``."""

from typing import Any
from uuid import UUID

from flask import Flask, Response

from services.notifications import mail_search, mailing
from services.notifications.acts import note_mail_fetched
from services.notifications.mail_search import MailFilter
from services.notifications.models import AUDIT, Mail, Reply
from services.notifications.replies import deciding
from services.notifications.web import certificate_api, circular_api, reading, reminder_api, wording_api
from services.notifications.web.parts import settings
from services.notifications.web.schemas import MailAnswer, MailPage, MailQuery, ReplyAnswer, ReplyPage, ReplyQuery
from shared.paging import Page
from shared.web.api import Api, Blueprint
from shared.web.app import keep_private
from shared.web.audit_api import make_audit_api
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

mails = Blueprint("mails", __name__, url_prefix="/api/notifications/v1/mails", description="What was sent to whom")
mails.before_request(keep_private)


replies = Blueprint(
    "replies_api", __name__, url_prefix="/api/notifications/v1/replies", description="Calendar replies that need an eye"
)
replies.before_request(keep_private)


def register(app: Flask) -> None:
    api = Api(app, "notifications", "Reihe: notifications")
    api.register_blueprint(mails)
    api.register_blueprint(circular_api.bp)
    api.register_blueprint(reminder_api.bp)
    api.register_blueprint(wording_api.bp)
    api.register_blueprint(replies)
    api.register_blueprint(certificate_api.bp)
    api.register_blueprint(make_audit_api("notifications", AUDIT))


@mails.route("", methods=["GET"])
@mails.staff("organiser")
@mails.arguments(MailQuery, location="query")
@mails.response(200, MailPage)
def list_mails(query: dict[str, Any]) -> Page[Mail]:
    """Mails in the order in which they were written."""
    with this_service().database.read() as session:
        limit, cursor = query.pop("limit"), query.pop("cursor")
        return mail_search.list_mails(session, MailFilter(**query), limit=limit, cursor=cursor)


@mails.route("/<uuid:mail_id>.eml", methods=["GET"])
@mails.staff("organiser")
@mails.response(200, {"type": "string", "format": "binary"}, content_type="message/rfc822")
def get_mail(mail_id: UUID) -> Response:
    """The mail as it is stored: links of the person are placeholders."""
    with this_service().database.unit_of_work(now()) as uow:
        mail = mailing.whole_mail(uow.session, mail_id)
        note_mail_fetched(uow, mail, required_staff())
        uow.commit()
    return reading.as_file(mail, {})


@mails.route("/<uuid:mail_id>/resend", methods=["POST"])
@mails.staff("organiser")
@mails.response(202, MailAnswer)
def resend(mail_id: UUID) -> Mail:
    """Send a mail once more, with the same Message-ID."""
    with this_service().database.unit_of_work(now()) as uow:
        mail = mailing.resend(uow, mail_id, required_staff("organiser"))
        uow.commit()
    return mail


@mails.route("/<uuid:mail_id>/stop", methods=["POST"])
@mails.staff("organiser")
@mails.response(200, MailAnswer)
def stop(mail_id: UUID) -> Mail:
    """Do not send a mail that still waits."""
    with this_service().database.unit_of_work(now()) as uow:
        mail = mailing.stop(uow, mail_id, required_staff("organiser"))
        uow.commit()
    return mail


@replies.route("", methods=["GET"])
@replies.staff("organiser")
@replies.arguments(ReplyQuery, location="query")
@replies.response(200, ReplyPage)
def list_replies(query: dict[str, Any]) -> Page[Reply]:
    """Calendar replies that wait for an organiser, the newest first."""
    with this_service().database.read() as session:
        return deciding.list_waiting(session, **query)


@replies.route("/<uuid:reply_id>/release", methods=["POST"])
@replies.staff("organiser")
@replies.response(200, ReplyAnswer)
def release_reply(reply_id: UUID) -> Reply:
    """Let a reply count as the person's answer that was not believed by itself."""
    with this_service().database.unit_of_work(now()) as uow:
        reply = deciding.release(uow, settings(), reply_id, required_staff("organiser"))
        uow.commit()
    return reply


@replies.route("/<uuid:reply_id>/discard", methods=["POST"])
@replies.staff("organiser")
@replies.response(200, ReplyAnswer)
def discard_reply(reply_id: UUID) -> Reply:
    """Set a reply aside; what it said is deleted."""
    with this_service().database.unit_of_work(now()) as uow:
        reply = deciding.discard(uow, reply_id, required_staff("organiser"))
        uow.commit()
    return reply
