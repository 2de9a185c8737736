"""The organisers' pages about consents: what is asked for, in which words, and who consents now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from services.registration.models import Event
from services.registration.privacy import consent_purposes
from services.registration.privacy.consent_purposes import Consenting, Words
from services.registration.privacy.notices import keep_notices
from services.registration.web.organise_room import guard
from services.registration.web.settings import settings
from shared.database import UnitOfWork
from shared.errors import ConflictError, InvalidError, ReiheError
from shared.languages import text as _
from shared.spreadsheets import Cell, Table, csv_lines
from shared.web.app import keep_private
from shared.web.language import say
from shared.web.pages import localised_text
from shared.web.problems import said
from shared.web.schemas import Content, Schema, invalid, load, nested
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

bp = Blueprint("consents", __name__, url_prefix="/organise/privacy/consents")
bp.before_request(keep_private)
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))

ALL_EVENTS = "all"
MOST_EVENTS = 200
MOST_SHOWN = 200
"""People on the page; the file holds all of them."""


class WordsSchema(Schema):
    title = Content(required=True, longest=150)
    text = Content(required=True, longest=2_000, multiline=True)


@dataclass(frozen=True, slots=True)
class Scope:
    event_id: UUID | None = None
    series_id: UUID | None = None


@bp.get("")
def everything() -> str:
    with this_service().database.read() as session:
        return render_template("registration/consent_list.html", listed=consent_purposes.all_purposes(session))


@bp.get("/new")
def new() -> str:
    required_staff("organiser")
    return _new_form({"scope": ALL_EVENTS})


@bp.post("/new")
def add() -> ResponseReturnValue:
    try:
        words, scope = _words(), _scope()
        with this_service().database.unit_of_work(now()) as uow:
            made = consent_purposes.add_purpose(
                uow,
                words,
                _account(),
                event_id=scope.event_id,
                series_id=scope.series_id,
                keeps_address="keeps_address" in request.form,
            )
            _renew_notices(uow)
            uow.commit()
    except (InvalidError, ConflictError) as error:
        return _new_form(nested(request.form), error), error.status
    return redirect(url_for(".one", purpose_id=made.id), 303)


@bp.get("/<uuid:purpose_id>")
def one(purpose_id: UUID) -> str:
    return _page(purpose_id)


@bp.post("/<uuid:purpose_id>")
def reword(purpose_id: UUID) -> ResponseReturnValue:
    try:
        words = _words()
    except InvalidError as error:
        return _page(purpose_id, nested(request.form), error), error.status
    return _carry_out(purpose_id, lambda uow: consent_purposes.change_words(uow, purpose_id, words, _account()))


@bp.post("/<uuid:purpose_id>/retire")
def retire(purpose_id: UUID) -> ResponseReturnValue:
    return _carry_out(purpose_id, lambda uow: consent_purposes.retire(uow, purpose_id, _account()))


@bp.get("/<uuid:purpose_id>/people.csv")
def people(purpose_id: UUID) -> Response:
    with this_service().database.unit_of_work(now()) as uow:
        found = consent_purposes.consenting(uow.session, purpose_id)
        consent_purposes.note_export(uow, purpose_id, required_staff().account_id, len(found))
        uow.commit()
    header = [say(one) for one in (_("E-mail"), _("Since"), _("Version"), _("Language"), _("Address confirmed"))]
    table = Table(say(_("Who consents")), header, [_cells(one) for one in found])
    response = Response(csv_lines(table), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="consents.csv"'
    return response


def _cells(found: Consenting) -> list[Cell]:
    consent = found.consent
    proven = say(_("yes")) if found.proven else say(_("no"))
    return [found.email, consent.given_at, consent.version, consent.locale, proven]


def _carry_out(purpose_id: UUID, act: Callable[[UnitOfWork], Any]) -> ResponseReturnValue:
    with this_service().database.unit_of_work(now()) as uow:
        act(uow)
        _renew_notices(uow)
        uow.commit()
    return redirect(url_for(".one", purpose_id=purpose_id), 303)


def _renew_notices(uow: UnitOfWork) -> None:
    """What is asked for stands in the notices of the events that it concerns."""
    uow.session.flush()
    keep_notices(uow, settings())


def _page(purpose_id: UUID, values: Mapping[str, Any] | None = None, error: ReiheError | None = None) -> str:
    with this_service().database.read() as session:
        purpose = consent_purposes.purpose_of(session, purpose_id)
        words = consent_purposes.words_of(session, purpose)
        return render_template(
            "registration/consent.html",
            purpose=purpose,
            words=words,
            scope=consent_purposes.scope_of(session, purpose),
            people=consent_purposes.consenting(session, purpose_id, most=MOST_SHOWN),
            number=consent_purposes.how_many(session, purpose_id),
            values=values or {"title": words.title, "text": words.text},
            errors=_said(error),
        )


def _new_form(values: Mapping[str, Any], error: ReiheError | None = None) -> str:
    everywhere = (ALL_EVENTS, say(_("All events")))
    with this_service().database.read() as session:
        ahead = select(Event).where(Event.ends_at > now()).order_by(Event.starts_at).limit(MOST_EVENTS)
        scopes = consent_purposes.scopes(session, session.scalars(ahead).all())
    options = [everywhere, *((key, localised_text(title) or key) for key, title in scopes)]
    return render_template("registration/consent_new.html", values=values, scopes=options, errors=_said(error))


def _words() -> Words:
    sent = nested(request.form)
    return Words(**load(WordsSchema, {name: sent.get(name, {}) for name in ("title", "text")}))


def _scope() -> Scope:
    """Raises :class:`InvalidError` for what the form did not offer."""
    kind, _colon, key = request.form.get("scope", "").partition(":")
    if kind == ALL_EVENTS and not key:
        return Scope()
    with this_service().database.read() as session:
        known = {name for name, _title in consent_purposes.scopes(session, session.scalars(select(Event)).all())}
    if f"{kind}:{key}" not in known:
        raise invalid({"scope": [_("Please choose for what this is.")]})
    return Scope(event_id=UUID(key)) if kind == "event" else Scope(series_id=UUID(key))


def _said(error: ReiheError | None) -> dict[str, list[str]]:
    return said(error.errors or {"": [error.text]}) if error else {}


def _account() -> UUID:
    return required_staff("organiser").account_id
