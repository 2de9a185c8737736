"""The tab "Mail" of an event's room: what was sent to whom, how it stands, and once more."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from services.notifications import mailing, undeliverable
from services.notifications.acts import note_mail_fetched
from services.notifications.mail_search import MailFilter, counts_by_state, list_mails
from services.notifications.models import Event, Mail
from services.notifications.replies import deciding
from services.notifications.web import reading, words
from services.notifications.web.schemas import RoomQuery
from shared.web.app import keep_private
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("mail_room", __name__, url_prefix="/organise/events/<uuid:event_id>/mail")


@bp.before_request
def _only_for_organisers() -> None:
    keep_private()
    required_staff("organiser")


@bp.get("")
def overview(event_id: UUID) -> str:
    chosen = {name: value for name, value in request.args.items() if name != "lang" and value}
    query = load(RoomQuery(), chosen)
    with this_service().database.read() as session:
        return render_template(
            "notifications/mail_room.html",
            room=mailing.known_event(session, event_id),
            mails=list_mails(session, _wanted(event_id, query), cursor=query["cursor"], newest_first=True),
            counts=counts_by_state(session, event_id),
            chosen={name: value for name, value in chosen.items() if name != "cursor"},
            kinds=words.KINDS,
            states=words.STATES,
            marked=undeliverable.marked_at(session, event_id),
            replies_waiting=deciding.count_waiting(session, event_id),
        )


def _wanted(event_id: UUID, query: Mapping[str, Any]) -> MailFilter:
    return MailFilter(
        event_id=event_id,
        registration_id=query["registration_id"],
        state=query["state"],
        kind=query["kind"],
        address=query["address"],
        since=_midnight(query["since"]),
        until=_midnight(query["until"], days=1),
    )


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    """The beginning of a day, or of one after it, by the clocks of the installation."""
    zone = ZoneInfo(this_service().settings.time_zone)
    return datetime.combine(day + timedelta(days), time(), zone) if day else None


@bp.post("/addresses/<uuid:registration_id>/works")
def address_works(event_id: UUID, registration_id: UUID) -> AnyResponse:
    """Somebody has found out that the address of this person works again."""
    with this_service().database.unit_of_work(now()) as uow:
        event = mailing.known_event(uow.session, event_id)
        registration = mailing.known_registration(uow.session, event, registration_id)
        undeliverable.clear(uow, registration.email, event.id, required_staff("organiser"))
        uow.commit()
    return redirect(f"/organise/events/{event_id}/mail", 303)


@bp.get("/<uuid:mail_id>")
def show(event_id: UUID, mail_id: UUID) -> Response:
    room, mail = _mail_of_event(event_id, mail_id)
    return reading.page_with_frame(
        "notifications/mail_room_mail.html",
        room=room,
        mail=mail,
        parts=reading.parts_of(mail),
        kinds=words.KINDS,
        states=words.STATES,
    )


@bp.get("/<uuid:mail_id>/html")
def show_html(event_id: UUID, mail_id: UUID) -> Response:
    return reading.framed(_mail_of_event(event_id, mail_id)[1].html)


@bp.get("/<uuid:mail_id>.eml")
def download(event_id: UUID, mail_id: UUID) -> Response:
    _room, mail = _mail_of_event(event_id, mail_id)
    with this_service().database.unit_of_work(now()) as uow:
        note_mail_fetched(uow, mail, required_staff())
        uow.commit()
    return reading.as_file(mail, {})


@bp.post("/<uuid:mail_id>/resend")
def resend(event_id: UUID, mail_id: UUID) -> AnyResponse:
    _mail_of_event(event_id, mail_id)
    with this_service().database.unit_of_work(now()) as uow:
        mailing.resend(uow, mail_id, required_staff("organiser"))
        uow.commit()
    return redirect(f"/organise/events/{event_id}/mail/{mail_id}", 303)


def _mail_of_event(event_id: UUID, mail_id: UUID) -> tuple[Event, Mail]:
    """Raises :class:`NotFoundError` also for a mail of another event."""
    with this_service().database.read() as session:
        event, mail = mailing.known_event(session, event_id), mailing.whole_mail(session, mail_id)
        if not mailing.is_about(session, mail, event.id):
            raise mailing.unknown_mail()
        session.expunge_all()
    return event, mail
