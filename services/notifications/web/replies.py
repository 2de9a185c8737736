"""Calendar replies that were not believed by themselves, or ask for something: organisers look and decide."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.notifications.models import Event, Invitation, Registration, Reply
from services.notifications.replies import deciding
from services.notifications.snapshot import SessionFacts
from services.notifications.web.parts import settings
from services.notifications.web.schemas import ReplyQuery
from services.notifications.web.words import CALENDAR_ANSWERS, REASONS
from shared.paging import Page
from shared.web.app import keep_private
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("replies", __name__, url_prefix="/organise/replies")


@dataclass(frozen=True, slots=True)
class Shown:
    """One reply, and what is known of whom and what it is about; nothing if its invitation is not known."""

    reply: Reply
    event: Event | None
    registration: Registration | None
    facts: SessionFacts | None
    may_count: bool

    @classmethod
    def of(cls, session: Session, reply: Reply) -> Self:
        invitation = session.get(Invitation, reply.invitation_id) if reply.invitation_id else None
        if invitation is None:
            return cls(reply, None, None, None, may_count=False)
        return cls(
            reply,
            session.get(Event, invitation.event_id),
            session.get(Registration, invitation.registration_id),
            invitation.told,
            may_count=deciding.may_count(session, reply),
        )


@bp.before_request
def _only_for_organisers() -> None:
    keep_private()
    required_staff("organiser")


@bp.get("")
def overview() -> str:
    sent = {name: request.args[name] for name in ("event_id", "asks", "cursor") if request.args.get(name)}
    query = load(ReplyQuery(only=("event_id", "asks", "cursor")), sent)
    with this_service().database.read() as session:
        found = deciding.list_waiting(session, **query)
        shown = Page([Shown.of(session, reply) for reply in found.items], found.next_cursor)
        event = session.get(Event, query["event_id"]) if query["event_id"] else None
        return render_template(
            "notifications/replies.html",
            replies=shown,
            event=event,
            answers=CALENDAR_ANSWERS,
            reasons=REASONS,
            is_read=settings().imap is not None,
            asks=query["asks"],
            next_url=_url(query["event_id"], query["asks"], found.next_cursor) if found.next_cursor else "",
        )


@bp.post("/<uuid:reply_id>/release")
def release(reply_id: UUID) -> Response:
    with this_service().database.unit_of_work(now()) as uow:
        deciding.release(uow, settings(), reply_id, required_staff("organiser"))
        uow.commit()
    return _back()


@bp.post("/<uuid:reply_id>/discard")
def discard(reply_id: UUID) -> Response:
    with this_service().database.unit_of_work(now()) as uow:
        deciding.discard(uow, reply_id, required_staff("organiser"))
        uow.commit()
    return _back()


def _back() -> Response:
    names = ("event_id", "asks")
    sent = {name: request.form[name] for name in names if request.form.get(name)}
    return redirect(_url(**load(ReplyQuery(only=names), sent)), 303)


def _url(event_id: UUID | None, asks: bool | None, cursor: str | None = None) -> str:  # a parameter of the address
    said = None if asks is None else str(asks).lower()
    return url_for(".overview", event_id=event_id, asks=said, cursor=cursor)
