"""Certificates of an event, in its room, or for a whole series: who has earned one, what was issued, what failed."""

from typing import Any, Literal

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.notifications.acts import note_certificate_fetched, note_certificates_fetched
from services.notifications.certificates import jobs, listing, revoking
from services.notifications.certificates.archive import archive_of
from services.notifications.certificates.occasions import Occasion, known
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

FRAMES = {"event": "room_layout.html", "series": "notifications/series_room.html"}
KINDS = {"event": "events", "series": "series"}
READERS = ("organiser", "auditor")
WRITERS = ("organiser",)

bp = Blueprint(
    "certificate_room", __name__, url_prefix="/organise/<any(events, series):kind>/<uuid:of_id>/certificates"
)


@bp.before_request
def _only_for_staff() -> None:
    keep_private()
    required_staff(*(READERS if request.method in ("GET", "HEAD") else WRITERS))


@bp.url_value_preprocessor
def _one_occasion(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values is not None:
        kind: Literal["event", "series"] = "event" if values.pop("kind") == "events" else "series"
        values["occasion"] = Occasion(kind, values.pop("of_id"))


def _url(occasion: Occasion, page: str = ".overview", **more: Any) -> str:
    return url_for(page, kind=KINDS[occasion.kind], of_id=occasion.id, **more)


@bp.errorhandler(NotFoundError)
def _not_here(error: NotFoundError) -> ResponseReturnValue:
    """Notifications hears of an event when it is published, so for a draft there is nothing to show yet."""
    if error.code != "event_unknown":
        return error_page(error.status, say(error.text))
    occasion = (request.view_args or {})["occasion"]
    back = f"/organise/{KINDS[occasion.kind]}/{occasion.id}"
    return render_template("notifications/certificate_room_empty.html", occasion=occasion, back=back), error.status


@bp.get("")
def overview(occasion: Occasion) -> str:
    return _room(occasion, {})


@bp.post("")
def order(occasion: Occasion) -> ResponseReturnValue:
    """Issue to all, or to those who are ticked."""
    ticked = {"registration_ids": request.form.getlist("registration_ids")}
    try:
        wanted = load(OrderSchema(), {} if request.form.get("to") == "all" else ticked)
        with this_service().database.unit_of_work(now()) as uow:
            job = jobs.order(uow, occasion, wanted["registration_ids"], required_staff(*WRITERS))
            uow.commit()
    except InvalidError as error:
        # Which tick is wrong says nothing to people who see names.
        messages = dict.fromkeys(message for messages in said(error.errors).values() for message in messages)
        return _room(occasion, {"": list(messages)}), error.status
    return redirect(_url(occasion, job=job.id), 303)


def _room(occasion: Occasion, errors: dict[str, list[str]]) -> str:
    state, cursor = request.args.get("state", ""), request.args.get("cursor")
    with this_service().database.read() as session:
        return render_template(
            "notifications/certificate_room.html",
            room=known(session, occasion),
            frame=FRAMES[occasion.kind],
            url=_url(occasion),
            occasion=occasion,
            holders=listing.holders_of(session, occasion, state=state, cursor=cursor),
            counts=listing.counts_by_state(session, occasion),
            progress=_progress(session, occasion),
            state=state,
            states=certificate_words.STATES,
            because=certificate_words.BECAUSE,
            may_act=_may_act(),
            errors=errors,
        )


def _progress(session: Session, occasion: Occasion) -> jobs.Progress | None:
    """The order that was just given, or one that is still under way."""
    newest = jobs.newest_progress(session, occasion)
    just_given = newest is not None and request.args.get("job") == str(newest.job.id)
    return newest if newest and (just_given or not newest.is_finished) else None


def _may_act() -> bool:
    staff = current_staff()
    return staff is not None and staff.may(*WRITERS)


@bp.get("/all.zip")
def archive(occasion: Occasion) -> Response:
    """All that are valid, in one file."""
    with this_service().database.unit_of_work(now()) as uow:
        told = known(uow.session, occasion)
        file = archive_of(uow.session, occasion, settings().time_zone)
        note_certificates_fetched(uow, occasion, required_staff())
        uow.commit()
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name=f"{told.slug}.zip")


@bp.get("/<number>.pdf")
def document(occasion: Occasion, number: str) -> Response:
    with this_service().database.unit_of_work(now()) as uow:
        certificate = _of(occasion, listing.document_numbered(uow.session, number))
        note_certificate_fetched(uow, certificate, required_staff())
        uow.commit()
    return as_pdf(certificate)


@bp.get("/<number>/revoke")
def ask_to_revoke(occasion: Occasion, number: str) -> str:
    required_staff(*WRITERS)
    return _revoke_page(occasion, number, {}, {})


@bp.post("/<number>/revoke")
def revoke(occasion: Occasion, number: str) -> ResponseReturnValue:
    values = {"reason": request.form.get("reason", "")}
    try:
        reason = load(RevokeSchema(), values)["reason"]
    except InvalidError as error:
        return _revoke_page(occasion, number, values, said(error.errors)), error.status
    with this_service().database.unit_of_work(now()) as uow:
        _of(occasion, listing.certificate_numbered(uow.session, number))
        revoking.revoke(uow, settings(), number, reason, required_staff(*WRITERS))
        uow.commit()
    return redirect(_url(occasion), 303)


def _revoke_page(occasion: Occasion, number: str, values: dict[str, Any], errors: dict[str, list[str]]) -> str:
    with this_service().database.read() as session:
        certificate = _of(occasion, listing.certificate_numbered(session, number))
        return render_template(
            "notifications/certificate_revoke.html",
            room=known(session, occasion),
            frame=FRAMES[occasion.kind],
            url=_url(occasion),
            certificate=certificate,
            holder=listing.name_on(session, certificate),
            values=values,
            errors=errors,
        )


def _of(occasion: Occasion, certificate: Certificate) -> Certificate:
    """Raises :class:`NotFoundError` also for a certificate of another event or series."""
    belongs_to_event = certificate.series_id is None and certificate.event_id == occasion.event_id
    if not (belongs_to_event or (certificate.series_id and certificate.series_id == occasion.series_id)):
        raise listing.unknown_certificate()
    return certificate
