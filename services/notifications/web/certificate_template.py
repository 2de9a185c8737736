"""The page on which an administrator replaces the layout of certificates by a typst template, with a sample."""

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.notifications.certificates import designs
from services.notifications.certificates.designs import Look
from services.notifications.documents.certificate import TEMPLATE
from services.notifications.web.certificate_files import pdf_answer
from services.notifications.web.parts import settings
from shared.errors import InvalidError
from shared.languages import text as _
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.service import now, this_service
from shared.web.sign_in import required_staff

TEMPLATE_LENGTH = 60_000

bp = Blueprint("certificate_template", __name__, url_prefix="/organise/certificates/template")


@bp.before_request
def _only_for_administrators() -> None:
    keep_private()
    required_staff("admin")


@bp.get("")
def edit() -> str:
    return _form(_kept().template, {})


@bp.post("")
def save() -> ResponseReturnValue:
    try:
        look = _checked()
    except InvalidError as error:
        return _refused(error)
    return _saved(look)


@bp.post("/reset")
def reset() -> ResponseReturnValue:
    """Ours again."""
    return _saved(replace(_kept(), template=""))


@bp.post("/preview")
def preview() -> ResponseReturnValue:
    """A sample by what is in the form, which is not kept."""
    try:
        sample = designs.sample(_typed(), request.form.get("preview", ""), settings(), now())
    except InvalidError as error:
        return _refused(error)
    return pdf_answer(sample, "sample")


def _kept() -> Look:
    with this_service().database.read() as session:
        return designs.look_of(session)


def _typed() -> Look:
    """The house's design with the template in the form; ours, unchanged, is none. Raises :class:`InvalidError`."""
    template = request.form.get("template", "").replace("\r\n", "\n")
    if len(template) > TEMPLATE_LENGTH:
        too_long = _("At most %(most)d characters, please.", most=TEMPLATE_LENGTH)
        raise InvalidError("too_long", too_long, errors={"template": [too_long]})
    return replace(_kept(), template="" if template.strip() in ("", TEMPLATE.read_text().strip()) else template)


def _checked() -> Look:
    look = _typed()
    designs.check(look, settings(), now())
    return look


def _saved(look: Look) -> ResponseReturnValue:
    with this_service().database.unit_of_work(now()) as uow:
        designs.save(uow, look, required_staff("admin"))
        uow.commit()
    return redirect(url_for(".edit", saved="yes"), 303)


def _refused(error: InvalidError) -> tuple[str, int]:
    return _form(request.form.get("template", ""), said(error.errors)), error.status


def _form(template: str, errors: dict[str, list[str]]) -> str:
    return render_template(
        "notifications/certificate_template.html",
        template=template or TEMPLATE.read_text(),
        is_ours=not _kept().template,
        saved="saved" in request.args,
        errors=errors,
        length=TEMPLATE_LENGTH,
    )
