"""The tab "Mail" of an event's room: what was sent to whom, and addresses that mail cannot reach."""

from uuid import UUID

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from services.notifications import mailing, undeliverable
from services.notifications.mail_search import counts_by_state, list_mails
from services.notifications.replies import deciding
from services.notifications.web import words
from services.notifications.web.mail_filters import Chosen
from shared.web.app import keep_private
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("mail_room", __name__, url_prefix="/organise/events/<uuid:event_id>/mail")


@bp.before_request
def _only_for_organisers() -> None:
    keep_private()
    required_staff("organiser")


@bp.get("")
def overview(event_id: UUID) -> str:
    chosen = Chosen.in_room(event_id)
    with this_service().database.read() as session:
        return render_template(
            "notifications/mail_room.html",
            room=mailing.known_event(session, event_id),
            mails=list_mails(session, chosen.mails, cursor=chosen.cursor, newest_first=True),
            counts=counts_by_state(session, event_id),
            chosen=chosen.fields,
            kinds=words.KINDS,
            states=words.STATES,
            marked=undeliverable.marked_at(session, event_id),
            replies_waiting=deciding.count_waiting(session, event_id),
        )


@bp.post("/addresses/<uuid:registration_id>/works")
def address_works(event_id: UUID, registration_id: UUID) -> Response:
    """Somebody has found out that the address of this person works again."""
    with this_service().database.unit_of_work(now()) as uow:
        event = mailing.known_event(uow.session, event_id)
        registration = mailing.known_registration(uow.session, event, registration_id)
        undeliverable.clear(uow, registration.email, event.id, required_staff("organiser"))
        uow.commit()
    return redirect(f"/organise/events/{event_id}/mail", 303)
