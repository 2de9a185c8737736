"""What mails say, in organisers' own words: for the whole house, and for one event."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from services.notifications import wordings
from services.notifications.letters.templates import PARTS, PLACEHOLDERS, listed
from services.notifications.mailing import known_event
from services.notifications.samples import Preview, preview
from services.notifications.web import reading
from services.notifications.web.parts import settings
from services.notifications.web.wording_schemas import WordsSchema
from services.notifications.wordings import Parts, Place
from shared.errors import InvalidError, NotFoundError
from shared.web.app import keep_private
from shared.web.language import locale, say
from shared.web.problems import said
from shared.web.schemas import load, nested
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

HOUSE = "/organise/mails/texts"
ROOM = "/organise/events/<uuid:event_id>/mail/texts"

bp = Blueprint("wordings", __name__)


@bp.before_request
def _only_for_organisers() -> None:
    keep_private()
    required_staff("organiser")


@bp.get(HOUSE)
@bp.get(ROOM)
def overview(event_id: UUID | None = None) -> str:
    with this_service().database.read() as session:
        return render_template(
            "notifications/wordings.html",
            **_surroundings(session, event_id),
            templates=wordings.templates_at(event_id),
            worded=wordings.worded_places(session, event_id),
            worded_in_house=wordings.worded_places(session, None),
        )


@bp.get(f"{HOUSE}/<key>")
@bp.get(f"{ROOM}/<key>")
def edit(key: str, event_id: UUID | None = None) -> Response:
    return _form(key, event_id)


@bp.post(f"{HOUSE}/<key>")
@bp.post(f"{ROOM}/<key>")
def save(key: str, event_id: UUID | None = None) -> ResponseReturnValue:
    try:
        words = load(WordsSchema, _typed())
        with this_service().database.unit_of_work(now()) as uow:
            place = wordings.place_of(uow.session, key, event_id)
            wordings.save(uow, place, words, settings(), required_staff("organiser"))
            uow.commit()
    except InvalidError as error:
        return _form(key, event_id, _typed(), error), error.status
    return _back_to(key, event_id, saved="yes")


@bp.post(f"{HOUSE}/<key>/reset")
@bp.post(f"{ROOM}/<key>/reset")
def reset(key: str, event_id: UUID | None = None) -> AnyResponse:
    with this_service().database.unit_of_work(now()) as uow:
        wordings.reset(uow, wordings.place_of(uow.session, key, event_id), required_staff("organiser"))
        uow.commit()
    return _back_to(key, event_id)


@bp.get(f"{HOUSE}/<key>/preview/<language>/html")
@bp.get(f"{ROOM}/<key>/preview/<language>/html")
def show_preview(key: str, language: str, event_id: UUID | None = None) -> Response:
    """What people get now."""
    with this_service().database.read() as session:
        place = wordings.place_of(session, key, event_id)
        return reading.framed(_preview(session, place, language).content.html)


@bp.post(f"{HOUSE}/<key>/preview")
@bp.post(f"{ROOM}/<key>/preview")
def try_out(key: str, event_id: UUID | None = None) -> ResponseReturnValue:
    """What they would get by the words that are in the form, which are not kept."""
    language = request.form.get("preview", "")
    try:
        words = load(WordsSchema, _typed())
        with this_service().database.read() as session:
            place = wordings.place_of(session, key, event_id)
            wordings.check(place.template, words)
            shown = _preview(session, place, language, words)
    except InvalidError as error:
        return reading.framed(
            render_template("notifications/letters/wording_faults.html", errors=said(error.errors))
        ), error.status
    return reading.framed(render_template("notifications/letters/wording_preview.html", shown=shown))


def _preview(session: Session, place: Place, language: str, words: Parts | None = None) -> Preview:
    return preview(session, settings(), place, language, now(), words)


def _form(
    key: str, event_id: UUID | None, values: Mapping[str, Any] | None = None, error: InvalidError | None = None
) -> Response:
    with this_service().database.read() as session:
        place = wordings.place_of(session, key, event_id)
        below = wordings.words_below(session, place, settings())
        return reading.page_with_frame(
            "notifications/wording.html",
            **_surroundings(session, event_id),
            kind=place.template,
            values=values or wordings.words_at(session, place, settings()),
            below=below,
            is_own=bool(wordings.own_words(session, place)),
            placeholders=[(listed([name]), say(PLACEHOLDERS[name])) for name in place.template.placeholders],
            needed=listed(place.template.needed),
            shown=_preview_if_any(session, place),
            saved="saved" in request.args,
            errors=said(error.errors) if error else {},
        )


def _preview_if_any(session: Session, place: Place) -> Preview | None:
    """None as long as there is no event that mails could be about."""
    try:
        return _preview(session, place, locale())
    except NotFoundError:
        return None


def _surroundings(session: Session, event_id: UUID | None) -> dict[str, Any]:
    """The event's room, or the house's page; their address."""
    if event_id is None:
        return {"room": None, "url": HOUSE, "frame": "organise_layout.html"}
    room = known_event(session, event_id)
    return {"room": room, "url": ROOM.replace("<uuid:event_id>", str(event_id)), "frame": "room_layout.html"}


def _typed() -> dict[str, Any]:
    sent = nested(request.form)
    return {part: sent.get(part, {}) for part in PARTS}


def _back_to(key: str, event_id: UUID | None, **more: Any) -> AnyResponse:
    return redirect(url_for(".edit", key=key, event_id=event_id, **more), 303)
