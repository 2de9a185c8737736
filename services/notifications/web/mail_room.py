"""The tab "Mail" of an event's room: what was sent to whom, how it stands, and once more."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from services.notifications import mailing
from services.notifications.models import Event, Mail
from services.notifications.web import reading, words
from services.notifications.web.schemas import MailQuery
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
    state = request.args.get("state", "")
    registration_id = _registration_id()
    with this_service().database.read() as session:
        return render_template(
            "notifications/mail_room.html",
            room=mailing.known_event(session, event_id),
            mails=mailing.list_mails(
                session,
                event_id=event_id,
                registration_id=registration_id,
                state=state,
                cursor=request.args.get("cursor"),
                newest_first=True,
            ),
            counts=mailing.counts_by_state(session, event_id),
            state=state,
            registration_id=registration_id,
            kinds=words.KINDS,
            states=words.STATES,
        )


def _registration_id() -> UUID | None:
    """Whose mails alone are looked at; raises :class:`InvalidError` for what is no id."""
    sent = request.args.get("registration_id") or None
    found: UUID | None = load(MailQuery(only=("registration_id",)), {"registration_id": sent} if sent else {})[
        "registration_id"
    ]
    return found


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
    return reading.as_file(_mail_of_event(event_id, mail_id)[1], {})


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
        session.expunge_all()
    if mail.event_id != event.id:
        raise mailing.unknown_mail()
    return event, mail
