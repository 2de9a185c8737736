"""QR codes as pictures of their own: nothing is drawn while a page is made, and only who looks at one asks for it."""

from io import BytesIO

import segno
from flask import Response

QUIET_ZONE = 4
"""Modules of white around it, as ISO/IEC 18004 wants; on a dark page too."""


def qr_picture(address: str) -> Response:
    """The address as SVG, black on white whatever the page looks like, with a quarter of it dispensable."""
    picture = BytesIO()
    segno.make_qr(address, error="q").save(picture, kind="svg", border=QUIET_ZONE, light="#fff", omitsize=True)
    return Response(picture.getvalue(), content_type="image/svg+xml; charset=utf-8")
