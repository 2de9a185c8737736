"""The code by which a door knows a registration: its id in capital letters and digits, as a QR code.

It opens nothing. Whoever reads it at the door still sees the name that it stands for.
"""

from uuid import UUID

import segno

QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004)."""


def door_code(registration_id: UUID) -> str:
    """32 of the characters for which QR codes have a short form, none of which moves on foreign keyboards."""
    return registration_id.hex.upper()


def door_picture(registration_id: UUID) -> str:
    """The code as an SVG image, black on white in dark surroundings too, as a ``data:`` address."""
    code = segno.make_qr(door_code(registration_id), error="m")
    return str(code.svg_data_uri(border=QUIET_ZONE, dark="#000", light="#fff", scale=4))
