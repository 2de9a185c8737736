"""All mails as a mailbox, for trying the system out where no mail server is set; nowhere else does it exist."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from services.notifications import mailing
from services.notifications.mail_search import MailFilter, list_mails
from services.notifications.models import Mail, Person
from services.notifications.personal_links import filled, links_for
from services.notifications.web import reading, words
from services.notifications.web.parts import settings
from shared.errors import NotFoundError
from shared.languages import text as _
from shared.web.app import keep_private
from shared.web.service import this_service

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")


@bp.before_request
def _only_while_trying_out() -> None:
    keep_private()
    if not settings().has_mailbox:
        raise NotFoundError("no_mailbox", _("This installation sends its mails and does not show them."))


@bp.get("")
def overview() -> str:
    to = request.args.get("to", "")
    with this_service().database.read() as session:
        mails = list_mails(session, MailFilter(to=to), cursor=request.args.get("cursor"), newest_first=True)
        return render_template("notifications/mailbox.html", mails=mails, to=to, kinds=words.KINDS, states=words.STATES)


@bp.get("/<uuid:mail_id>")
def show(mail_id: UUID) -> Response:
    with this_service().database.read() as session:
        mail = mailing.whole_mail(session, mail_id)
        return reading.page_with_frame(
            "notifications/mailbox_mail.html",
            mail=mail,
            text=filled(mail.text, _links(session, mail)),
            parts=reading.parts_of(mail),
            kinds=words.KINDS,
            states=words.STATES,
        )


@bp.get("/<uuid:mail_id>/html")
def show_html(mail_id: UUID) -> Response:
    with this_service().database.read() as session:
        mail = mailing.whole_mail(session, mail_id)
        return reading.framed(filled(mail.html, _links(session, mail)))


@bp.get("/<uuid:mail_id>.eml")
def download(mail_id: UUID) -> Response:
    with this_service().database.read() as session:
        mail = mailing.whole_mail(session, mail_id)
        return reading.as_file(mail, _links(session, mail))


@bp.get("/<uuid:mail_id>/<int:number>.ics")
def download_calendar(mail_id: UUID, number: int) -> Response:
    with this_service().database.read() as session:
        return reading.calendar_file(mailing.whole_mail(session, mail_id), number)


def _links(session: Session, mail: Mail) -> dict[str, str]:
    return links_for(mail, session.get(Person, mail.person_id), settings())
