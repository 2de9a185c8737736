"""The tab "Certificates" of an event's room: who has earned one, what was issued, and what could not be made."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.notifications.acts import note_certificate_fetched, note_certificates_fetched
from services.notifications.certificates import jobs, listing, revoking
from services.notifications.certificates.archive import archive_of
from services.notifications.models import Certificate
from services.notifications.web import certificate_words
from services.notifications.web.certificate_files import as_pdf
from services.notifications.web.certificate_schemas import OrderSchema, RevokeSchema
from services.notifications.web.parts import settings
from shared.errors import InvalidError, NotFoundError
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.problems import error_page, said
from shared.web.schemas import load
from shared.web.service import now, this_service
from shared.web.sign_in import current_staff, required_staff

READERS = ("organiser", "auditor")
WRITERS = ("organiser",)

bp = Blueprint("certificate_room", __name__, url_prefix="/organise/events/<uuid:event_id>/certificates")


@bp.before_request
def _only_for_staff() -> None:
    keep_private()
    required_staff(*(READERS if request.method in ("GET", "HEAD") else WRITERS))


@bp.errorhandler(NotFoundError)
def _not_here(error: NotFoundError) -> ResponseReturnValue:
    """Notifications hears of an event when it is published, so for a draft there is nothing to show yet."""
    if error.code != "event_unknown":
        return error_page(error.status, say(error.text))
    event_id = (request.view_args or {})["event_id"]
    return render_template("notifications/certificate_room_empty.html", event_id=event_id), error.status


@bp.get("")
def overview(event_id: UUID) -> str:
    return _room(event_id, {})


@bp.post("")
def order(event_id: UUID) -> ResponseReturnValue:
    """Issue to all, or to those who are ticked."""
    ticked = {"registration_ids": request.form.getlist("registration_ids")}
    try:
        wanted = load(OrderSchema(), {} if request.form.get("to") == "all" else ticked)
        with this_service().database.unit_of_work(now()) as uow:
            job = jobs.order(uow, event_id, wanted["registration_ids"], required_staff(*WRITERS))
            uow.commit()
    except InvalidError as error:
        # Which tick is wrong says nothing to people who see names.
        messages = dict.fromkeys(message for messages in said(error.errors).values() for message in messages)
        return _room(event_id, {"": list(messages)}), error.status
    return redirect(url_for(".overview", event_id=event_id, job=job.id), 303)


def _room(event_id: UUID, errors: dict[str, list[str]]) -> str:
    state, cursor = request.args.get("state", ""), request.args.get("cursor")
    with this_service().database.read() as session:
        room = jobs.known_event(session, event_id)
        return render_template(
            "notifications/certificate_room.html",
            room=room,
            holders=listing.holders_of(session, event_id, state=state, cursor=cursor),
            counts=listing.counts_by_state(session, event_id),
            progress=_progress(session, event_id),
            state=state,
            states=certificate_words.STATES,
            because=certificate_words.BECAUSE,
            may_act=_may_act(),
            errors=errors,
        )


def _progress(session: Session, event_id: UUID) -> jobs.Progress | None:
    """The order that was just given, or one that is still under way."""
    newest = jobs.newest_progress(session, event_id)
    just_given = newest is not None and request.args.get("job") == str(newest.job.id)
    return newest if newest and (just_given or not newest.is_finished) else None


def _may_act() -> bool:
    staff = current_staff()
    return staff is not None and staff.may(*WRITERS)


@bp.get("/all.zip")
def archive(event_id: UUID) -> Response:
    """All that are valid, in one file."""
    with this_service().database.unit_of_work(now()) as uow:
        event = jobs.known_event(uow.session, event_id)
        file = archive_of(uow.session, event_id, settings().time_zone)
        note_certificates_fetched(uow, event_id, required_staff())
        uow.commit()
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name=f"{event.slug}.zip")


@bp.get("/<number>.pdf")
def document(event_id: UUID, number: str) -> Response:
    with this_service().database.unit_of_work(now()) as uow:
        certificate = _of_event(event_id, listing.document_numbered(uow.session, number))
        note_certificate_fetched(uow, certificate, required_staff())
        uow.commit()
    return as_pdf(certificate)


@bp.get("/<number>/revoke")
def ask_to_revoke(event_id: UUID, number: str) -> str:
    required_staff(*WRITERS)
    return _revoke_page(event_id, number, {}, {})


@bp.post("/<number>/revoke")
def revoke(event_id: UUID, number: str) -> ResponseReturnValue:
    values = {"reason": request.form.get("reason", "")}
    try:
        reason = load(RevokeSchema(), values)["reason"]
    except InvalidError as error:
        return _revoke_page(event_id, number, values, said(error.errors)), error.status
    with this_service().database.unit_of_work(now()) as uow:
        _of_event(event_id, listing.certificate_numbered(uow.session, number))
        revoking.revoke(uow, settings(), number, reason, required_staff(*WRITERS))
        uow.commit()
    return redirect(url_for(".overview", event_id=event_id), 303)


def _revoke_page(event_id: UUID, number: str, values: dict[str, Any], errors: dict[str, list[str]]) -> str:
    with this_service().database.read() as session:
        certificate = _of_event(event_id, listing.certificate_numbered(session, number))
        return render_template(
            "notifications/certificate_revoke.html",
            room=jobs.known_event(session, event_id),
            certificate=certificate,
            holder=listing.name_on(session, certificate),
            values=values,
            errors=errors,
        )


def _of_event(event_id: UUID, certificate: Certificate) -> Certificate:
    """Raises :class:`NotFoundError` also for a certificate of another event, or of a series."""
    if certificate.event_id != event_id or certificate.series_id is not None:
        raise listing.unknown_certificate()
    return certificate
