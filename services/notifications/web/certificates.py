"""Certificates for people and for the public: the person's PDF, and the pages that verify a code or a file."""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.notifications.certificates import verifying
from services.notifications.certificates.codes import canonical
from services.notifications.models import Certificate
from services.notifications.web import certificate_words
from services.notifications.web.certificate_files import as_pdf
from services.notifications.web.parts import settings
from shared.errors import FieldErrors, InvalidError, NotFoundError
from shared.languages import text as _
from shared.web.app import keep_private
from shared.web.problems import said
from shared.web.service import this_service

bp = Blueprint("certificates_public", __name__, url_prefix="/certificates")
bp.before_request(keep_private)


@bp.get("/<token>.pdf")
def document(token: str) -> Response:
    """The person's own certificate, behind the link in their mail."""
    with this_service().database.read() as session:
        return as_pdf(verifying.document_behind(session, token, settings()))


@bp.get("/verify")
def ask() -> ResponseReturnValue:
    """The form for a code; a code that could be one has a page of its own."""
    typed = request.args.get("code")
    if typed is None:
        return _form("", {})
    code = canonical(typed)
    if code is None:
        wrong = _("A code has twelve letters and digits, such as 7K3M-Q9XP-24TD. It stands beside the QR code.")
        return _form(typed, {"code": [wrong]}), InvalidError.status
    return redirect(f"/certificates/verify/{code}", 303)


@bp.post("/verify")
def find() -> ResponseReturnValue:
    """Whether an uploaded file is a document that was issued, and which. The file is not kept."""
    content = _uploaded()
    if not content:
        return _form("", {"file": [_("Please choose the PDF file.")]}), InvalidError.status
    with this_service().database.read() as session:
        certificate = verifying.certificate_of_document(session, content)
    if certificate is None:
        unknown = _("We have issued no such file. Something in it was changed, or it is another document.")
        return _form("", {"file": [unknown]}), NotFoundError.status
    return _verified(certificate.code, certificate, is_same=True)


def _uploaded() -> bytes:
    file = request.files.get("file")
    return file.read() if file else b""


def _form(typed: str, errors: FieldErrors) -> str:
    return render_template("notifications/certificate_ask.html", typed=typed[:40], errors=said(errors))


@bp.get("/verify/<code>")
def verify(code: str) -> ResponseReturnValue:
    certificate = _certificate(code)
    return _verified(code, certificate), 200 if certificate else NotFoundError.status


@bp.post("/verify/<code>")
def compare(code: str) -> ResponseReturnValue:
    """Whether an uploaded file is the document that was issued. The file is not kept."""
    certificate = _certificate(code)
    if certificate is None:
        return _verified(code, None), NotFoundError.status
    content = _uploaded()
    if not content:
        return _verified(code, certificate, {"file": [_("Please choose the PDF file.")]}), InvalidError.status
    return _verified(code, certificate, is_same=verifying.is_document_of(certificate, content))


def _certificate(code: str) -> Certificate | None:
    with this_service().database.read() as session:
        return verifying.certificate_with_code(session, code)


def _verified(
    code: str, certificate: Certificate | None, errors: FieldErrors | None = None, *, is_same: bool | None = None
) -> Response:
    page = render_template(
        "notifications/certificate_verified.html",
        code=canonical(code) or code[:40],
        certificate=certificate,
        status=verifying.status_of(certificate),
        days=certificate_words.days,
        hours=certificate_words.hours,
        is_same=is_same,
        errors=said(errors or {}),
    )
    return make_response(page)
