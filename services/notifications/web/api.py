"""The JSON interface, ``/api/notifications/v1``."""

from typing import Any
from uuid import UUID

from flask import Flask, Response

from services.notifications import mailing
from services.notifications.models import AUDIT, Mail
from services.notifications.web import certificate_api, reading
from services.notifications.web.schemas import MailAnswer, MailPage, MailQuery
from shared.paging import Page
from shared.web.api import Api, Blueprint
from shared.web.app import keep_private
from shared.web.audit_api import make_audit_api
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

mails = Blueprint("mails", __name__, url_prefix="/api/notifications/v1/mails", description="What was sent to whom")
mails.before_request(keep_private)


def register(app: Flask) -> None:
    api = Api(app, "notifications", "Reihe: notifications")
    api.register_blueprint(mails)
    api.register_blueprint(certificate_api.bp)
    api.register_blueprint(make_audit_api("notifications", AUDIT))


@mails.route("", methods=["GET"])
@mails.staff("organiser")
@mails.arguments(MailQuery, location="query")
@mails.response(200, MailPage)
def list_mails(query: dict[str, Any]) -> Page[Mail]:
    """Mails in the order in which they were written."""
    with this_service().database.read() as session:
        return mailing.list_mails(session, **query)


@mails.route("/<uuid:mail_id>.eml", methods=["GET"])
@mails.staff("organiser")
@mails.response(200, {"type": "string", "format": "binary"}, content_type="message/rfc822")
def get_mail(mail_id: UUID) -> Response:
    """The mail as it is stored: links of the person are placeholders."""
    with this_service().database.read() as session:
        return reading.as_file(mailing.whole_mail(session, mail_id), {})


@mails.route("/<uuid:mail_id>/resend", methods=["POST"])
@mails.staff("organiser")
@mails.response(202, MailAnswer)
def resend(mail_id: UUID) -> Mail:
    """Send a mail once more, with the same Message-ID."""
    with this_service().database.unit_of_work(now()) as uow:
        mail = mailing.resend(uow, mail_id, required_staff("organiser"))
        uow.commit()
    return mail
