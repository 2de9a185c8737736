"""Pages on which organisers choose how certificates look, in the house and in a series, with a sample to look at."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields

from services.notifications.certificates import designs
from services.notifications.certificates.designs import Look
from services.notifications.certificates.occasions import Occasion, known
from services.notifications.certificates.pictures import LARGEST_PICTURE
from services.notifications.documents.certificate import ACCENT
from services.notifications.web.certificate_files import pdf_answer
from services.notifications.web.parts import settings
from shared.errors import InvalidError
from shared.languages import text as _
from shared.web.app import keep_private, takes_files
from shared.web.problems import said
from shared.web.schemas import Content, Line, Schema, load, nested
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

NAME_LENGTH = 120
TEXT_LENGTH = 600
PICTURES = ("logo", "signature")

OF_SERIES = "/series/<uuid:series_id>/certificates/design"

bp = Blueprint("designs", __name__, url_prefix="/organise")


class DesignSchema(Schema):
    accent = fields.String(load_default="")
    signatory = Line(longest=NAME_LENGTH, blank=True, load_default="")
    signatory_role = Line(longest=NAME_LENGTH, blank=True, load_default="")
    logo_line = Line(blank=True, load_default="")
    text = Content(blank=True, longest=TEXT_LENGTH, load_default=dict)


@bp.before_request
def _only_for_organisers() -> None:
    keep_private()
    required_staff("organiser")


@bp.get("/certificates")
@bp.get(f"{OF_SERIES}")
def edit(series_id: UUID | None = None) -> str:
    with this_service().database.read() as session:
        values = asdict(designs.look_of(session, series_id))
    return _form(series_id, values, {})


@bp.post("/certificates")
@bp.post(f"{OF_SERIES}")
@takes_files(len(PICTURES) * LARGEST_PICTURE)
def save(series_id: UUID | None = None) -> ResponseReturnValue:
    try:
        look, _house = _checked(series_id)
    except InvalidError as error:
        return _refused(series_id, error)
    with this_service().database.unit_of_work(now()) as uow:
        designs.save(uow, look, required_staff("organiser"), series_id)
        uow.commit()
    return redirect(url_for(".edit", series_id=series_id, saved="yes"), 303)


@bp.post("/certificates/preview")
@bp.post(f"{OF_SERIES}/preview")
@takes_files(len(PICTURES) * LARGEST_PICTURE)
def preview(series_id: UUID | None = None) -> ResponseReturnValue:
    """A sample with what is in the form, which is not kept."""
    try:
        look, house = _checked(series_id)
    except InvalidError as error:
        return _refused(series_id, error)
    shown = look.over(house)
    return pdf_answer(designs.sample(shown, request.form.get("preview", ""), settings(), now()), "sample")


def _checked(series_id: UUID | None) -> tuple[Look, Look]:
    """What is in the form, and what stands behind it; pictures that were not sent stay as they are.

    Raises :class:`InvalidError`.
    """
    typed = load(DesignSchema, _typed())
    with this_service().database.read() as session:
        kept = designs.look_of(session, series_id)
        house = designs.look_of(session) if series_id else Look()
    # A colour is always sent; a series that has the house's keeps following it.
    accent = typed["accent"].lower()
    typed["accent"] = "" if series_id and accent == _accent_of_house(house) else accent
    look = Look(
        **typed,
        template=kept.template,
        logo=_picture("logo", kept.logo),
        signature=_picture("signature", kept.signature),
    )
    designs.check(look, settings(), now(), house)
    return look, house


def _accent_of_house(house: Look) -> str:
    return house.accent or settings().accent or ACCENT


def _picture(name: str, kept: bytes | None) -> bytes | None:
    file = request.files.get(name)
    # One byte too many is enough to see that it is too large.
    content = file.read(LARGEST_PICTURE + 1) if file else b""
    if content:
        return content
    return None if f"without_{name}" in request.form else kept


def _typed() -> dict[str, Any]:
    sent = nested(request.form)
    return {name: sent[name] for name in DesignSchema().fields if name in sent}


def _refused(series_id: UUID | None, error: InvalidError) -> tuple[str, int]:
    with this_service().database.read() as session:
        kept = designs.look_of(session, series_id)
    return _form(series_id, {**_typed(), **kept.pictures}, said(error.errors)), error.status


def _form(series_id: UUID | None, values: Mapping[str, Any], errors: dict[str, list[str]]) -> str:
    with this_service().database.read() as session:
        house = designs.look_of(session)
        series = known(session, Occasion("series", series_id)) if series_id else None
    return render_template(
        "notifications/design.html",
        series=series,
        url=url_for(".edit", series_id=series_id),
        values=values,
        accent=values.get("accent") or _accent_of_house(house),
        labels=LABELS,
        saved="saved" in request.args,
        errors=errors,
    )


LABELS = {
    "accent": _("Colour"),
    "signatory": _("Signatory"),
    "signatory_role": _("Role of the signatory"),
    "logo_line": _("Funder’s line"),
    "text": _("Text"),
    "logo": _("Logo"),
    "signature": _("Picture of the signature"),
}
