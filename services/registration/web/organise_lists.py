"""Attendance lists and all that proves an event or a series: chosen by funder's profile, and taken away."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from marshmallow import fields
from marshmallow.validate import OneOf
from sqlalchemy.orm import Session

from services.registration.acts import note_badges_printed, note_list_printed, note_pack_taken
from services.registration.events import event_with_sessions
from services.registration.lists.badges import SHEETS, Labels, compile_badges
from services.registration.lists.profiles import Profile, all_profiles, profile_with_id, told
from services.registration.lists.programme import compile_programme
from services.registration.lists.signing import Printed, Reading, compile_lists, lines_of, sheets_of
from services.registration.models import Event
from services.registration.pack.archive import Order, pack_of
from services.registration.pack.tables import proof_of
from services.registration.web.organise_room import guard, may, room_of
from shared.audit import Subject
from shared.errors import InvalidError, NotFoundError
from shared.languages import Content, babel_locale
from shared.languages import text as _
from shared.web.language import locale, say, translator
from shared.web.problems import said
from shared.web.schemas import Schema, load
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("lists", __name__, url_prefix="/attendance/lists")
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))


UNCHOSEN = {"profile_id": "none", "session_id": "all", "feedback": "no"}
"""What the form sends for a list as it looks by itself, for all sessions, and for a pack without feedback."""


class ListQuery(Schema):
    """Without ``profile_id`` the list looks as it does by itself; without ``session_id`` it is for all sessions.

    ``feedback`` puts into a pack what people said of the events.
    """

    profile_id = fields.UUID(load_default=None)
    session_id = fields.UUID(load_default=None)
    feedback = fields.Boolean(load_default=False, truthy={"yes"}, falsy={"no"})


@bp.get("")
def choice(event_id: UUID) -> ResponseReturnValue:
    return _page(event_id, _sent(), None)


@bp.get("/attendance.pdf")
def printed(event_id: UUID) -> ResponseReturnValue:
    sent = _sent()
    try:
        wanted = load(ListQuery, sent)
        with this_service().database.unit_of_work(now()) as uow:
            event = event_with_sessions(uow.session, event_id)
            profile = _profile(uow.session, wanted)
            pdf = lists_pdf(uow.session, [event], event.title, profile, wanted["session_id"])
            note_list_printed(uow, Subject("event", event_id), required_staff().account_id, profile.name)
            uow.commit()
        return _sent_pdf(pdf, event.slug)
    except InvalidError as error:
        return _page(event_id, sent, error), error.status


class BadgesQuery(Schema):
    """On which sheets of labels badges are printed."""

    labels = fields.String(load_default=next(iter(SHEETS)), validate=OneOf(SHEETS))


@bp.get("/badges.pdf")
def badges(event_id: UUID) -> ResponseReturnValue:
    sent = {name: request.args[name] for name in ("labels",) if name in request.args}
    try:
        labels = SHEETS[load(BadgesQuery, sent)["labels"]]
        with this_service().database.unit_of_work(now()) as uow:
            event = event_with_sessions(uow.session, event_id)
            lines = lines_of(uow.session, [event])
            pdf = compile_badges(Printed(event.title, Profile(), _reading(), now()), lines, labels)
            note_badges_printed(uow, event_id, required_staff().account_id, len(lines))
            uow.commit()
        return _sent_pdf(pdf, f"{event.slug}-badges")
    except InvalidError as error:
        return _page(event_id, sent, error), error.status


@bp.get("/programme.pdf")
def programme(event_id: UUID) -> ResponseReturnValue:
    sent = _sent()
    try:
        with this_service().database.read() as session:
            event = event_with_sessions(session, event_id)
            profile = _profile(session, load(ListQuery, sent))
        return _sent_pdf(compile_programme(event, profile.line, _reading(), now()), f"{event.slug}-programme")
    except InvalidError as error:
        return _page(event_id, sent, error), error.status


@bp.get("/pack.zip")
def pack(event_id: UUID) -> ResponseReturnValue:
    sent = _sent()
    try:
        load(ListQuery, sent)
    except InvalidError as error:
        return _page(event_id, sent, error), error.status
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
    return sent_pack([event], event.title, event.slug, Subject("event", event_id))


def lists_pdf(
    session: Session, events: Sequence[Event], title: Content, profile: Profile, session_id: UUID | None = None
) -> bytes:
    """The lists to sign. Raises :class:`NotFoundError` without a session, :class:`InvalidError` for foreign letters."""
    sheets = sheets_of(events, profile, this_service().settings.base_url, session_id)
    if not sheets:
        raise NotFoundError("session_not_found", _("This session does not exist, or does not take place."))
    return compile_lists(Printed(title, profile, _reading(), now()), sheets, lines_of(session, events))


def sent_lists(events: Sequence[Event], title: Content, slug: str, subject: Subject) -> Response:
    """The lists to sign of a series, for the funder that the request names; written down."""
    with this_service().database.unit_of_work(now()) as uow:
        profile = _profile(uow.session, load(ListQuery, _sent()))
        pdf = lists_pdf(uow.session, events, title, profile)
        note_list_printed(uow, subject, required_staff().account_id, profile.name)
        uow.commit()
    return _sent_pdf(pdf, slug)


def sent_pack(events: Sequence[Event], title: Content, slug: str, subject: Subject) -> Response:
    """All that proves these events, for the funder that the request names; written down."""
    with this_service().database.unit_of_work(now()) as uow:
        wanted = load(ListQuery, _sent())
        profile = _profile(uow.session, wanted)
        order = Order(title, profile, this_service().settings.base_url, _reading(), now())
        proof = proof_of(uow.session, events, feedback_at=now() if wanted["feedback"] else None)
        archive = pack_of(uow.session, proof, order)
        note_pack_taken(uow, subject, required_staff().account_id, profile.name)
        uow.commit()
    return send_file(archive, mimetype="application/zip", as_attachment=True, download_name=f"{slug}-{locale()}.zip")


def _sent() -> dict[str, str]:
    return {name: sent for name, unchosen in UNCHOSEN.items() if (sent := request.args.get(name, unchosen)) != unchosen}


def _profile(session: Session, wanted: dict[str, Any]) -> Profile:
    return told(profile_with_id(session, wanted["profile_id"])) if wanted["profile_id"] else Profile()


def _reading() -> Reading:
    return Reading(translator(), locale())


def _size(sheet: Labels) -> str:
    width, height = (format_decimal(length, locale=babel_locale(locale())) for length in (sheet.width, sheet.height))
    number = sheet.columns * sheet.rows
    return say(_("%(width)s × %(height)s mm, %(number)d on a sheet", width=width, height=height, number=number))


def _sent_pdf(pdf: bytes, slug: str) -> Response:
    return send_file(
        BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=f"{slug}-{locale()}.pdf"
    )


def _page(event_id: UUID, values: dict[str, str], error: InvalidError | None) -> str:
    with this_service().database.read() as session:
        event = event_with_sessions(session, event_id)
        return render_template(
            "registration/lists.html",
            room=room_of(event),
            event=event,
            sessions=[held for held in event.sessions if not held.cancelled],
            profiles=all_profiles(session),
            values={**UNCHOSEN, "labels": next(iter(SHEETS)), **values},
            unchosen=UNCHOSEN,
            label_sizes=[(key, _size(sheet)) for key, sheet in SHEETS.items()],
            errors=said(error.errors or {"": [error.text]}) if error else {},
            may_change_profiles=may("admin"),
        )
