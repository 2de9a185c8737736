"""Writing an event: the form for a new one and for one that is there."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.catalogue import programme
from services.catalogue.entries import KINDS
from services.catalogue.listing import all_series, find_event, known_venues
from services.catalogue.models import Event
from services.catalogue.models.base import Facts
from services.catalogue.web import organise_labels
from services.catalogue.web.answer_choices import answer_choices
from services.catalogue.web.organise import actor, guard, settings
from services.catalogue.web.organise_events import sent_version
from services.catalogue.web.organise_input import Errors, in_form, loaded
from services.catalogue.web.organise_once import form_key, once
from services.catalogue.web.organise_rows import changed_rows
from services.catalogue.web.organise_seats import NO_WAITLIST
from services.catalogue.web.organise_times import choices
from services.catalogue.web.organise_typed import Values
from services.catalogue.web.organise_values import (
    blank,
    in_order,
    sent,
    with_a_session,
    without_blank_rows,
    written,
    zone_of,
)
from services.catalogue.web.words import DECLINE_RULES, FORMATS, INVITES, NEEDS, PROGRAMME_KINDS, language_name
from shared.errors import InvalidError, StaleError
from shared.languages import Text, localised
from shared.languages import text as _
from shared.web import language
from shared.web.problems import said
from shared.web.service import now, this_service
from shared.web.sign_in import requires

bp = Blueprint("organise_writing", __name__)
bp.before_request(guard)


@bp.get("/organise/events/new")
@requires("organiser")
def new() -> str:
    return _form(blank(request.args.get("series", "")))


@bp.post("/organise/events/new")
def create() -> Response | str | tuple[str, int]:
    values = sent(request.form)
    if (changed := _with_changed_rows(values)) is not None:
        return _form(changed)
    values = in_order(without_blank_rows(values))
    try:
        event_id = _create(values)
    except InvalidError as error:
        return _form(values, in_form(error)), 422
    return redirect(url_for("organise_events.room", event_id=event_id), 303)


def _create(values: Values) -> UUID:
    fields = loaded(values, settings().time_zone)
    with this_service().database.unit_of_work(now()) as uow:
        event_id = once(uow, values, lambda: programme.create_event(uow, fields, actor()).id)
        uow.commit()
    return event_id


@bp.get("/organise/events/<uuid:event_id>/edit")
@requires("organiser")
def edit(event_id: UUID) -> str:
    event = _find(event_id)
    event.refuse_if_cancelled()
    content: Facts = event.pending or event.content
    return _form(written(event.slug, content, event.time_zone or settings().time_zone), event=event)


@bp.post("/organise/events/<uuid:event_id>/edit")
def change(event_id: UUID) -> Response | str | tuple[str, int]:
    values = sent(request.form)
    version = sent_version()
    if (changed := _with_changed_rows(values)) is not None:
        return _form(changed, event=_find(event_id), version=version)
    values = in_order(without_blank_rows(values))
    try:
        _change(event_id, values, version)
    except InvalidError as error:
        return _form(values, in_form(error), event=_find(event_id), version=version), 422
    except StaleError as error:
        # The form now builds on what the other one saved: sending it again is a decision, not an accident.
        return _form(values, event=_find(event_id), overtaken=True), error.status
    return redirect(url_for("organise_events.room", event_id=event_id), 303)


def _change(event_id: UUID, values: Values, version: int) -> None:
    fields = loaded(values, settings().time_zone)
    del fields["questions"]  # which have a form of their own
    with this_service().database.unit_of_work(now()) as uow:
        programme.change_event(uow, event_id, fields, actor(), if_version=version)
        uow.commit()


def _find(event_id: UUID) -> Event:
    with this_service().database.read() as session:
        return find_event(session, event_id)


def _with_changed_rows(values: Values) -> Values | None:
    with this_service().database.read() as session:
        venues = known_venues(session) if "take_venue" in request.form else []
    return changed_rows(values, request.form, venues, settings().time_zone)


def _form(
    values: Values,
    errors: Errors | None = None,
    *,
    event: Event | None = None,
    version: int | None = None,
    overtaken: bool = False,
) -> str:
    zone = zone_of(values, settings().time_zone)
    values = with_a_session(values, zone)
    return render_template(
        "catalogue/organise/edit_event.html",
        **_options(values),
        answer_options=_answer_options(event),
        event=event,
        version=version if version is not None else (event.version if event else 0),
        key=form_key(),
        values=values,
        errors=said(errors or {}),
        labels=organise_labels.of_event(values),
        choices=choices,
        zone=zone,
        overtaken=overtaken,
    )


Options = list[tuple[str, str]]


def _options(values: Values) -> dict[str, Options]:
    """What the form's choices offer."""
    with this_service().database.read() as session:
        series, venues = all_series(session), known_venues(session)
    return {
        "kinds": _named(KINDS),
        "formats": _named(FORMATS),
        "needs_options": _named(NEEDS),
        "programme_kinds": _named(PROGRAMME_KINDS),
        "waitlists": _named(_POLICIES),
        "groups_by": _named(_GROUPS_BY),
        "party_rules": _named(_PARTY_RULES),
        "invites": _named(INVITES),
        "transfer_rules": _named(_TRANSFER_RULES),
        "decline_rules": _named(DECLINE_RULES),
        "language_options": [(code, language_name(code)) for code in dict.fromkeys((*LANGUAGES, *values["languages"]))],
        "series_options": [(str(one.id), localised(one.title, language.locale())) for one in series],
        "venue_options": [(str(number), _venue_name(venue)) for number, venue in enumerate(venues)],
    }


def _answer_options(event: Event | None) -> Options:
    """The answers by which a group of people can be told: of the questions that the event has by now."""
    content: Facts = (event.pending or event.content) if event else {"questions": ()}
    return [
        choice for question in content["questions"] if not question["retired"] for choice in answer_choices(question)
    ]


LANGUAGES = ("de", "en", "tr", "ar", "uk", "ru", "fr", "es", "fa", "ku", "pl", "ro", "sq", "it")
"""In which events are held most; others can be written through the API and are kept."""

_POLICIES = {
    "promote": _("People wait, and a free seat goes to the next in line at once"),
    "offer": _("People wait, and a free seat is offered to the next in line, who must accept it"),
    NO_WAITLIST: _("Nobody can wait"),
}
_GROUPS_BY = {
    "membership": _("People of member organisations"),
    "question": _("Whoever gives one of these answers"),
    "code": _("Whoever enters a code"),
}
_PARTY_RULES = {
    "wait": _("The seats wait until the party fits in"),
    "skip": _("Those behind it get the seats; the party keeps its place"),
}
_TRANSFER_RULES = {
    "allowed": _("Whoever has a seat may pass it on to somebody else"),
    "queue": _("While somebody waits, a seat that is given up goes to the waitlist"),
}


def _named(names: Mapping[str, Text]) -> Options:
    return [(value, language.say(name)) for value, name in names.items()]


def _venue_name(venue: Facts) -> str:
    return ", ".join(part for part in (venue["name"], venue["room"], venue["city"]) if part)
