"""The document of a certificate as an HTTP answer."""

from flask import Response

from services.notifications.models import Certificate
from shared.errors import NotFoundError
from shared.languages import text as _

# A browser shows a PDF in a small page of its own making, which needs styles of its own and the document itself.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def as_pdf(certificate: Certificate, *, to_keep: bool = False) -> Response:
    """The PDF, to be shown, or, ``to_keep``, to be stored. Raises :class:`NotFoundError` once it was deleted."""
    if not certificate.pdf:
        raise NotFoundError("certificate_deleted", _("The document of this certificate has been deleted."))
    return pdf_answer(certificate.pdf, certificate.number, to_keep=to_keep)


def pdf_answer(pdf: bytes, name: str, *, to_keep: bool = False) -> Response:
    """The same for any PDF; ``name`` is without ending, in ASCII."""
    response = Response(pdf, content_type="application/pdf")
    disposition = "attachment" if to_keep else "inline"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}.pdf"'
    response.headers["Content-Security-Policy"] = _PDF_POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    return response
