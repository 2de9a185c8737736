"""All mails, and one of them: among all, or in the room of an event that it is about."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from services.notifications import mailing
from services.notifications.acts import note_mail_fetched
from services.notifications.mail_search import list_mails
from services.notifications.models import Event, Mail
from services.notifications.web import reading, words
from services.notifications.web.mail_filters import Chosen
from shared.web.app import keep_private
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

HOUSE = "/organise/mails"
ROOM = "/organise/events/<uuid:event_id>/mail"
ONE = "/<uuid:mail_id>"

bp = Blueprint("mails_pages", __name__)


@bp.before_request
def _only_for_organisers() -> None:
    keep_private()
    required_staff("organiser")


@bp.get(HOUSE)
def overview() -> str:
    chosen = Chosen.in_house()
    with this_service().database.read() as session:
        return render_template(
            "notifications/mails.html",
            mails=list_mails(session, chosen.mails, cursor=chosen.cursor, newest_first=True),
            events=mailing.titles_of_events(session),
            chosen=chosen.fields,
            kinds=words.KINDS,
            states=words.STATES,
        )


@bp.get(HOUSE + ONE)
@bp.get(ROOM + ONE)
def show(mail_id: UUID, event_id: UUID | None = None) -> Response:
    with this_service().database.read() as session:
        mail = _mail(session, mail_id, event_id)
        return reading.page_with_frame(
            "notifications/mail.html",
            **_surroundings(session, event_id),
            mail=mail,
            event=session.get(Event, mail.event_id) if mail.event_id else None,
            parts=reading.parts_of(mail),
            kinds=words.KINDS,
            states=words.STATES,
        )


@bp.get(f"{HOUSE}{ONE}/html")
@bp.get(f"{ROOM}{ONE}/html")
def show_html(mail_id: UUID, event_id: UUID | None = None) -> Response:
    with this_service().database.read() as session:
        return reading.framed(_mail(session, mail_id, event_id).html)


@bp.get(f"{HOUSE}{ONE}.eml")
@bp.get(f"{ROOM}{ONE}.eml")
def download(mail_id: UUID, event_id: UUID | None = None) -> Response:
    with this_service().database.unit_of_work(now()) as uow:
        mail = _mail(uow.session, mail_id, event_id)
        note_mail_fetched(uow, mail, required_staff())
        uow.commit()
    return reading.as_file(mail, {})


@bp.post(f"{HOUSE}{ONE}/resend")
@bp.post(f"{ROOM}{ONE}/resend")
def resend(mail_id: UUID, event_id: UUID | None = None) -> AnyResponse:
    with this_service().database.unit_of_work(now()) as uow:
        mailing.resend(uow, _mail(uow.session, mail_id, event_id).id, required_staff("organiser"))
        uow.commit()
    return _back_to(mail_id, event_id)


@bp.post(f"{HOUSE}{ONE}/stop")
@bp.post(f"{ROOM}{ONE}/stop")
def stop(mail_id: UUID, event_id: UUID | None = None) -> AnyResponse:
    with this_service().database.unit_of_work(now()) as uow:
        mailing.stop(uow, _mail(uow.session, mail_id, event_id).id, required_staff("organiser"))
        uow.commit()
    return _back_to(mail_id, event_id)


def _mail(session: Session, mail_id: UUID, event_id: UUID | None) -> Mail:
    """Raises :class:`NotFoundError` also for a mail of another event than that of the room."""
    if event_id is not None:
        mailing.known_event(session, event_id)
    mail = mailing.whole_mail(session, mail_id)
    if event_id is not None and not mailing.is_about(session, mail, event_id):
        raise mailing.unknown_mail()
    return mail


def _surroundings(session: Session, event_id: UUID | None) -> dict[str, Any]:
    """The event's room, or the page of all mails; their address."""
    if event_id is None:
        return {"room": None, "url": HOUSE, "frame": "organise_layout.html"}
    room = mailing.known_event(session, event_id)
    return {"room": room, "url": _url(event_id), "frame": "room_layout.html"}


def _url(event_id: UUID | None) -> str:
    return ROOM.replace("<uuid:event_id>", str(event_id)) if event_id else HOUSE


def _back_to(mail_id: UUID, event_id: UUID | None) -> AnyResponse:
    return redirect(f"{_url(event_id)}/{mail_id}", 303)
