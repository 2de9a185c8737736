"""Circulars in an event's room: written, looked at, tried out, sent, watched, stopped."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from services.notifications.circulars import drafts, orders, progress
from services.notifications.circulars.drafts import Draft
from services.notifications.circulars.preview import preview
from services.notifications.circulars.recipients import outlook
from services.notifications.mailing import known_event
from services.notifications.models import Circular, Event
from services.notifications.reader import Reader
from services.notifications.web import reading, words
from services.notifications.web.circular_schemas import CircularSchema, RecipientsQuery, SendSchema, draft_from
from services.notifications.web.parts import settings
from shared.database import UnitOfWork
from shared.errors import ConflictError, InvalidError
from shared.languages import Content
from shared.languages import text as _
from shared.web.app import keep_private
from shared.web.language import locale, say
from shared.web.problems import said
from shared.web.schemas import load, nested
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("circulars", __name__, url_prefix="/organise/events/<uuid:event_id>/mail/circulars")


@bp.before_request
def _only_for_organisers() -> None:
    keep_private()
    required_staff("organiser")


@bp.get("")
def overview(event_id: UUID) -> str:
    with this_service().database.read() as session:
        return render_template(
            "notifications/circulars.html",
            room=known_event(session, event_id),
            circulars=progress.circulars_of(session, event_id, cursor=request.args.get("cursor")),
            states=words.CIRCULAR_STATES,
        )


@bp.route("/new", methods=["GET", "POST"])
def new(event_id: UUID) -> str:
    """An empty form; posted to with those who were chosen elsewhere, it is for them."""
    return _form(event_id, None, {"registration_ids": request.form.get("registration_ids", "")})


@bp.post("")
def write(event_id: UUID) -> ResponseReturnValue:
    try:
        with this_service().database.unit_of_work(now()) as uow:
            circular = drafts.write(uow, event_id, _sent(), required_staff("organiser"))
            circular_id = circular.id
            uow.commit()
    except InvalidError as error:
        return _form(event_id, None, _typed(), error), error.status
    return _to(event_id, circular_id)


@bp.get("/<uuid:circular_id>")
def show(event_id: UUID, circular_id: UUID) -> Response:
    return _page(event_id, circular_id)


@bp.get("/<uuid:circular_id>/edit")
def edit(event_id: UUID, circular_id: UUID) -> str:
    with this_service().database.read() as session:
        circular = _circular(session, event_id, circular_id)
        chosen = drafts.chosen_ids(session, circular)
        values = {
            **Draft(circular.subject, circular.text, circular.session_id, circular.is_news, circular.states).fields,
            "registration_ids": " ".join(map(str, chosen)),
        }
    return _form(event_id, circular_id, values)


@bp.post("/<uuid:circular_id>/edit")
def change(event_id: UUID, circular_id: UUID) -> ResponseReturnValue:
    try:
        with _changing(event_id, circular_id) as uow:
            drafts.change(uow, circular_id, _sent(), required_staff("organiser"))
            uow.commit()
    except InvalidError as error:
        return _form(event_id, circular_id, _typed(), error), error.status
    return _to(event_id, circular_id)


@bp.get("/<uuid:circular_id>/preview/<language>/html")
def show_preview(event_id: UUID, circular_id: UUID, language: str) -> Response:
    with this_service().database.read() as session:
        circular = _circular(session, event_id, circular_id)
        return reading.framed(preview(session, settings(), circular, language).content.html)


@bp.post("/<uuid:circular_id>/test")
def try_out(event_id: UUID, circular_id: UUID) -> ResponseReturnValue:
    language = request.form.get("language", "")
    try:
        with _changing(event_id, circular_id) as uow:
            orders.try_out(uow, settings(), circular_id, language, required_staff("organiser"))
            uow.commit()
    except ConflictError as error:
        return _page(event_id, circular_id, error), error.status
    return _to(event_id, circular_id, language=language, tried="yes")


@bp.post("/<uuid:circular_id>/send")
def send(event_id: UUID, circular_id: UUID) -> ResponseReturnValue:
    version = load(SendSchema(), {"version": _number(request.form.get("version", ""))})["version"]
    try:
        with _changing(event_id, circular_id) as uow:
            orders.order(uow, circular_id, version, required_staff("organiser"))
            uow.commit()
    except ConflictError as error:
        return _page(event_id, circular_id, error), error.status
    return _to(event_id, circular_id)


@bp.post("/<uuid:circular_id>/stop")
def stop(event_id: UUID, circular_id: UUID) -> AnyResponse:
    with _changing(event_id, circular_id) as uow:
        orders.stop(uow, circular_id, required_staff("organiser"))
        uow.commit()
    return _to(event_id, circular_id)


@bp.post("/<uuid:circular_id>/discard")
def discard(event_id: UUID, circular_id: UUID) -> AnyResponse:
    with _changing(event_id, circular_id) as uow:
        drafts.discard(uow, circular_id, required_staff("organiser"))
        uow.commit()
    return redirect(url_for(".overview", event_id=event_id), 303)


def _changing(event_id: UUID, circular_id: UUID) -> UnitOfWork:
    """Raises :class:`NotFoundError` also for a circular of another event."""
    with this_service().database.read() as session:
        _circular(session, event_id, circular_id)
    return this_service().database.unit_of_work(now())


def _circular(session: Session, event_id: UUID, circular_id: UUID) -> Circular:
    circular = drafts.circular_with_id(session, circular_id)
    if circular.event_id != event_id:
        raise drafts.unknown_circular()
    return circular


def _to(event_id: UUID, circular_id: UUID, **more: Any) -> AnyResponse:
    return redirect(url_for(".show", event_id=event_id, circular_id=circular_id, **more), 303)


def _page(event_id: UUID, circular_id: UUID, error: ConflictError | None = None) -> Response:
    """A draft as it will look, or how far it is."""
    with this_service().database.read() as session:
        circular = _circular(session, event_id, circular_id)
        room, far = known_event(session, event_id), progress.overview_of(session, circular)
        common: dict[str, Any] = {
            "room": room,
            "circular": circular,
            "overview": far,
            "states": words.CIRCULAR_STATES,
            "errors": {"": [say(error.text)]} if error else {},
        }
        if circular.is_draft:
            shown = preview(session, settings(), circular, request.args.get("language", "") or _first(circular.text))
            return reading.page_with_frame(
                "notifications/circular_draft.html",
                **common,
                shown=shown,
                outlook=outlook(session, circular, settings()),
                tried="tried" in request.args,
            )
        wanted = load(
            RecipientsQuery(), {name: value for name, value in request.args.items() if name in ("state", "cursor")}
        )
        return reading.page_with_frame(
            "notifications/circular.html",
            **common,
            state=wanted["state"],
            recipients=progress.recipients_of(session, circular_id, **wanted),
            recipient_states=words.RECIPIENT_STATES,
        )


def _first(text: Content) -> str:
    """The language to begin with: the organiser's own, if it is written in it."""
    return locale() if locale() in text else next(iter(text))


def _form(
    event_id: UUID, circular_id: UUID | None, values: Mapping[str, Any], error: InvalidError | None = None
) -> str:
    with this_service().database.read() as session:
        room = known_event(session, event_id)
        return render_template(
            "notifications/circular_form.html",
            room=room,
            circular_id=circular_id,
            values=values,
            chosen=len(str(values.get("registration_ids", "")).split()),
            session_options=_session_options(room),
            state_options=[(state, say(label)) for state, label in words.REGISTRATION_STATES.items()],
            errors=said(error.errors) if error else {},
        )


def _session_options(event: Event) -> list[tuple[str, str]]:
    reader = Reader.of(locale(), settings())
    sessions = [(str(one.id), reader.span(one.facts)) for one in drafts.sessions_of(event)]
    return [("", say(_("The event as a whole"))), *sessions]


def _typed() -> dict[str, Any]:
    form = request.form
    return {
        **nested(form),
        "states": form.getlist("states"),
        "is_news": "is_news" in form,
        "registration_ids": form.get("registration_ids", ""),
    }


def _sent() -> Draft:
    """Raises :class:`InvalidError`."""
    typed = _typed()
    return draft_from(
        load(
            CircularSchema(),
            {
                **{name: typed.get(name, {}) for name in ("subject", "text")},
                "session_id": typed.get("session_id") or None,
                "is_news": typed["is_news"],
                "states": typed["states"],
                "registration_ids": typed["registration_ids"].split(),
            },
        )
    )


def _number(typed: str) -> int | str:
    return int(typed) if typed.isascii() and typed.isdigit() else typed
