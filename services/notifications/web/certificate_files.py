"""The document of a certificate as an HTTP answer."""

from flask import Response

from services.notifications.models import Certificate

# A browser shows a PDF in a small page of its own making, which needs styles of its own and the document itself.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def as_pdf(certificate: Certificate, *, to_keep: bool = False) -> Response:
    """The PDF, to be shown, or, ``to_keep``, to be stored."""
    response = Response(certificate.pdf, content_type="application/pdf")
    disposition = "attachment" if to_keep else "inline"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{certificate.number}.pdf"'
    response.headers["Content-Security-Policy"] = _PDF_POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    return response
