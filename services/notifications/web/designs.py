"""The page on which organisers choose how the house's certificates look, with a sample to look at."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields

from services.notifications.certificates import designs
from services.notifications.certificates.designs import LARGEST_PICTURE, Look
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

bp = Blueprint("designs", __name__, url_prefix="/organise/certificates")


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


@bp.get("")
def edit() -> str:
    with this_service().database.read() as session:
        return _form(asdict(designs.look_of(session)), {})


@bp.post("")
@takes_files(len(PICTURES) * LARGEST_PICTURE)
def save() -> ResponseReturnValue:
    try:
        look = _checked()
    except InvalidError as error:
        return _refused(error)
    with this_service().database.unit_of_work(now()) as uow:
        designs.save(uow, look, required_staff("organiser"))
        uow.commit()
    return redirect(url_for(".edit", saved="yes"), 303)


@bp.post("/preview")
@takes_files(len(PICTURES) * LARGEST_PICTURE)
def preview() -> ResponseReturnValue:
    """A sample with what is in the form, which is not kept."""
    try:
        look = _checked()
    except InvalidError as error:
        return _refused(error)
    return pdf_answer(designs.sample(look, request.form.get("preview", ""), settings(), now()), "sample")


def _checked() -> Look:
    """What is in the form; pictures that were not sent stay as they are. Raises :class:`InvalidError`."""
    typed = load(DesignSchema, _typed())
    with this_service().database.read() as session:
        kept = designs.look_of(session)
    logo, signature = _picture("logo", kept.logo), _picture("signature", kept.signature)
    look = Look(**{**typed, "accent": typed["accent"].lower()}, logo=logo, signature=signature)
    designs.check(look, settings(), now())
    return look


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


def _refused(error: InvalidError) -> tuple[str, int]:
    with this_service().database.read() as session:
        kept = designs.look_of(session)
    return _form({**_typed(), **kept.pictures}, said(error.errors)), error.status


def _form(values: Mapping[str, Any], errors: dict[str, list[str]]) -> str:
    return render_template(
        "notifications/design.html",
        values=values,
        accent=values.get("accent") or settings().accent or ACCENT,
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
