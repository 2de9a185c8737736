"""Reminders in an event's room: rules with when each is sent, added, changed, looked at, removed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from services.notifications.letters.reminders import AFTERWARDS
from services.notifications.letters.templates import PLACEHOLDERS, listed
from services.notifications.mailing import known_event
from services.notifications.reminders import rules
from services.notifications.reminders.preview import preview
from services.notifications.reminders.progress import overviews
from services.notifications.reminders.rules import THE_DAY_BEFORE, Rule
from services.notifications.web import reading, words
from services.notifications.web.parts import settings
from services.notifications.web.reminder_schemas import ReminderSchema
from shared.errors import ConflictError, InvalidError
from shared.web.app import keep_private
from shared.web.language import locale, say
from shared.web.problems import said
from shared.web.schemas import load, nested
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("reminders", __name__, url_prefix="/organise/events/<uuid:event_id>/mail/reminders")


@bp.before_request
def _only_for_organisers() -> None:
    keep_private()
    required_staff("organiser")


@bp.get("")
def overview(event_id: UUID) -> str:
    return _overview(event_id)


def _overview(event_id: UUID, error: ConflictError | None = None) -> str:
    with this_service().database.read() as session:
        room = known_event(session, event_id)
        return render_template(
            "notifications/reminders.html",
            room=room,
            overviews=overviews(session, room, rules.rules_of(session, event_id)),
            suggestion=THE_DAY_BEFORE,
            audiences=words.AUDIENCES,
            states=words.STATES,
            errors={"": [say(error.text)]} if error else {},
        )


@bp.get("/new")
def new(event_id: UUID) -> str:
    return _form(event_id, None, THE_DAY_BEFORE.fields)


@bp.post("")
def add(event_id: UUID) -> ResponseReturnValue:
    """A rule as it was entered, or the one that is suggested."""
    try:
        with this_service().database.unit_of_work(now()) as uow:
            rule = THE_DAY_BEFORE if "suggested" in request.form else _sent()
            reminder_id = rules.add(uow, event_id, rule, required_staff("organiser")).id
            uow.commit()
    except InvalidError as error:
        return _form(event_id, None, _typed(), error), error.status
    except ConflictError as error:
        return _overview(event_id, error), error.status
    return _to(event_id, reminder_id)


@bp.get("/<uuid:reminder_id>")
def show(event_id: UUID, reminder_id: UUID) -> Response:
    language = request.args.get("language", "") or locale()
    with this_service().database.read() as session:
        room = known_event(session, event_id)
        reminder = rules.rule_with_id(session, event_id, reminder_id)
        return reading.page_with_frame(
            "notifications/reminder.html",
            room=room,
            overview=overviews(session, room, [reminder])[0],
            shown=preview(session, settings(), room, reminder, language, now()),
            audiences=words.AUDIENCES,
            states=words.STATES,
        )


@bp.get("/<uuid:reminder_id>/preview/<language>/html")
def show_preview(event_id: UUID, reminder_id: UUID, language: str) -> Response:
    with this_service().database.read() as session:
        room = known_event(session, event_id)
        reminder = rules.rule_with_id(session, event_id, reminder_id)
        return reading.framed(preview(session, settings(), room, reminder, language, now()).content.html)


@bp.get("/<uuid:reminder_id>/edit")
def edit(event_id: UUID, reminder_id: UUID) -> str:
    with this_service().database.read() as session:
        values = rules.rule_of(rules.rule_with_id(session, event_id, reminder_id)).fields
    return _form(event_id, reminder_id, values)


@bp.post("/<uuid:reminder_id>/edit")
def change(event_id: UUID, reminder_id: UUID) -> ResponseReturnValue:
    try:
        with this_service().database.unit_of_work(now()) as uow:
            rules.change(uow, event_id, reminder_id, _sent(), required_staff("organiser"))
            uow.commit()
    except InvalidError as error:
        return _form(event_id, reminder_id, _typed(), error), error.status
    return _to(event_id, reminder_id)


@bp.post("/<uuid:reminder_id>/remove")
def remove(event_id: UUID, reminder_id: UUID) -> AnyResponse:
    with this_service().database.unit_of_work(now()) as uow:
        rules.remove(uow, event_id, reminder_id, required_staff("organiser"))
        uow.commit()
    return redirect(url_for(".overview", event_id=event_id), 303)


def _to(event_id: UUID, reminder_id: UUID) -> AnyResponse:
    return redirect(url_for(".show", event_id=event_id, reminder_id=reminder_id), 303)


def _form(
    event_id: UUID, reminder_id: UUID | None, values: Mapping[str, Any], error: InvalidError | None = None
) -> str:
    with this_service().database.read() as session:
        return render_template(
            "notifications/reminder_form.html",
            room=known_event(session, event_id),
            reminder_id=reminder_id,
            values=values,
            timings=[(code, say(label)) for code, label in words.TIMINGS.items()],
            units=[(code, say(label)) for code, label in words.UNITS.items()],
            audiences=[(code, say(label)) for code, label in words.AUDIENCES.items()],
            placeholders=[(listed([name]), say(PLACEHOLDERS[name])) for name in AFTERWARDS.placeholders],
            errors=said(error.errors) if error else {},
        )


def _typed() -> dict[str, Any]:
    form = request.form
    sent = nested(form)
    return {
        "timing": form.get("timing", ""),
        "amount": form.get("amount", ""),
        "unit": form.get("unit", ""),
        "each_session": form.get("each_session") == "yes",
        "audience": form.get("audience", ""),
        "subject": sent.get("subject", {}),
        "text": sent.get("text", {}),
    }


def _sent() -> Rule:
    """Raises :class:`InvalidError`."""
    typed = _typed()
    amount = typed["amount"]
    return Rule(**load(ReminderSchema, {**typed, "amount": int(amount) if _is_number(amount) else amount}))


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER


_LONGEST_NUMBER = 9
